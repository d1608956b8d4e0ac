/** Wallets, transfers between them, and bulletins. */
export type {
  AllowanceAnswer,
  AllowanceOptions,
  AllowanceOrder,
  AllowanceRecord,
  AllowanceRefusal,
  AllowanceStatus,
  ConsumeChallenge,
} from './allowances/index.ts';
export { ALLOWANCE_REFUSAL_CODES, allowancesOf, issueAllowance } from './allowances/index.ts';
export type {
  BulletinRecord,
  Bulletins,
  KeyAnnouncement,
  ReadRevokedDevices,
  Revocations,
} from './bulletin.ts';
export { createBulletins } from './bulletin.ts';
export { limits as walletLimits } from './limits.ts';
export type { WalletRouteDeps } from './routes.ts';
export { walletRoutes } from './routes.ts';
export type {
  ConsumeKeyChallenge,
  Ensured,
  EscrowDeps,
  KeyOrder,
  SlowLane,
  TellOwner,
  WalletKeyRecord,
} from './keys/index.ts';
export {
  ensureWalletKey,
  keysOf,
  noteKeysProved,
  registerKey,
  releaseKey,
  walletByKey,
  walletsByKey,
} from './keys/index.ts';
export type { CompletedTransfer, TransferAnswer, TransferOrder } from './transfers.ts';
export { transfer, transfersOf } from './transfers.ts';
export type { DrawNumber, WalletKind, WalletRecord, WalletWithMoney } from './wallets.ts';
export { openHouseAccount, openWallet, walletByNumber, walletOf, walletsOf } from './wallets.ts';
