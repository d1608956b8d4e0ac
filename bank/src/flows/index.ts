/** Acts that cross domains. */
export type { HandInDeps } from './hand-in.ts';
export { handInRoutes } from './hand-in.ts';
export type { IssuerKeyDeps } from './issuer-keys.ts';
export { ensureIssuerKey, rotateIssuerKeyRoute, wireIssuerKey } from './issuer-keys.ts';
export { ledgerSumRoute } from './ledger-sum.ts';
export { revokeDeviceRoute } from './lost-device.ts';
export type { MeDeps } from './me.ts';
export { meRoutes } from './me.ts';
export type { OfflineDeps } from './offline/index.ts';
export { offlineRoutes } from './offline/index.ts';
export { printedCodeOf } from './printed-code.ts';
export type { PrivacyDeps } from './privacy/index.ts';
export { privacyRoutes } from './privacy/index.ts';
export type { SignUpDeps } from './sign-up.ts';
export { makeFirstKey, signUpRoute } from './sign-up.ts';
export type { UserDeps } from './users.ts';
export { userRoutes } from './users.ts';
