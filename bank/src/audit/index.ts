/** The audit chain, the log of settled payments, and checkpoints (spec/log.md). */
export type { Checkpoint, CheckpointOptions } from './checkpoints.ts';
export { checkpoint, checkpointOver, checkpointsFrom, latestCheckpoint } from './checkpoints.ts';
export type { AuditErrorCode } from './errors.ts';
export { AUDIT_ERROR_CODES, AuditError } from './errors.ts';
export { limits as auditLimits } from './limits.ts';
export type { PathAnswer } from './paths.ts';
export { consistencyPath, inclusionPath, positionOf, rootAt } from './paths.ts';
export type { AuditEvent } from './record.ts';
export { auditDetails, record } from './record.ts';
export type { Sequenced } from './sequence.ts';
export { sequence, sequenceAudit, sequenceLog } from './sequence.ts';
export type { KeptCheckpoint } from './store/index.ts';
export type { ChainFinding, ChainReport } from './verify-chain.ts';
export { CHAIN_FINDING_CODES, verifyAuditChain } from './verify-chain.ts';
export type { LogFinding, LogReport } from './verify-log.ts';
export { LOG_FINDING_CODES, verifyLog } from './verify-log.ts';
