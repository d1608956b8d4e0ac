import { backupVectors } from './backup.ts';
import type { VectorCase } from './case.ts';
import { chunkVectors } from './chunks.ts';
import { deviceBundleVectors } from './device-bundle.ts';
import { documentVectors } from './documents.ts';
import { encodingVectors } from './encoding.ts';
import { frameVectors } from './frames.ts';
import { identifierVectors } from './identifiers.ts';
import { judgeVectors } from './judge.ts';
import { logVectors } from './log.ts';
import { packetVectors, qrVectors } from './packets.ts';
import { proofVectors } from './proofs.ts';
import { runVectors } from './runs.ts';
import { sealingVectors } from './sealing.ts';
import { sealedLedgerVectors } from './sealed-ledger.ts';
import { suiteVectors } from './suites.ts';
import { targetVectors } from './targets.ts';
import { walletKeyVectors } from './wallet-key.ts';

/** Every case of spec/vectors.md, made of fixed keys: the same on every machine. */
export async function allVectors(): Promise<readonly VectorCase[]> {
  return [
    ...encodingVectors,
    ...(await suiteVectors()),
    ...(await documentVectors()),
    ...(await packetVectors()),
    ...(await qrVectors()),
    ...frameVectors(),
    ...chunkVectors(),
    ...(await sealingVectors()),
    ...(await judgeVectors()),
    ...(await targetVectors()),
    ...(await proofVectors()),
    ...(await runVectors()),
    ...(await logVectors()),
    ...identifierVectors(),
    ...(await walletKeyVectors()),
    ...(await sealedLedgerVectors()),
    ...(await deviceBundleVectors()),
    ...(await backupVectors()),
  ];
}

export type { VectorCase } from './case.ts';
