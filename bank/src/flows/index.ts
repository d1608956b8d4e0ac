/** Acts that cross domains. */
export type { HandInDeps } from './hand-in.ts';
export { handInRoutes } from './hand-in.ts';
export type { IssuerKeyDeps } from './issuer-keys.ts';
export { ensureIssuerKey, rotateIssuerKeyRoute, wireIssuerKey } from './issuer-keys.ts';
export { ledgerSumRoute } from './ledger-sum.ts';
export { revokeDeviceRoute } from './lost-device.ts';
export { meRoute } from './me.ts';
