/** Device keys: challenges, enrolment, credentials, revocation. */
export type { ChallengeAnswer } from './challenges.ts';
export { consumeChallenge, createChallenge } from './challenges.ts';
export type { CredentialDeps, CredentialRecord, PayeeWallet } from './credentials.ts';
export type { DeviceRecord, DeviceRole, DeviceWithCredentials } from './devices.ts';
export { deviceByTill, devicesOf, provingDevice, revokedDevices, revokeDevice } from './devices.ts';
export type { EnrolmentAnswer, EnrolmentDeps, EnrolmentOrder } from './enrolment.ts';
export { enrol } from './enrolment.ts';
export { limits as deviceLimits } from './limits.ts';
export type { PrintedCodeAnswer, PrintedCodeOrder } from './printed-codes.ts';
export { printCode } from './printed-codes.ts';
export { deviceRoutes, wireDevice } from './routes.ts';
export type { Purpose } from './store.ts';
export type { NewTill, Tenant, TenantType, Till, TillStatus } from './tills/index.ts';
export {
  changeTillStatus,
  ensureFloat,
  floatsOf,
  lockTill,
  markSeen,
  openTenant,
  registerTill,
  tenantByAlias,
  tillOf,
} from './tills/index.ts';
