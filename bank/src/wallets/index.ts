/** Wallets, transfers between them, and bulletins. */
export type {
  AllowanceAnswer,
  AllowanceOptions,
  AllowanceOrder,
  AllowanceRecord,
  AllowanceRefusal,
  AllowanceStatus,
  ConsumeChallenge,
  Policy,
  Standing,
} from './allowances/index.ts';
export {
  ALLOWANCE_REFUSAL_CODES,
  allowancesOf,
  issueAllowance,
  refuseStanding,
  termsOf,
} from './allowances/index.ts';
export type {
  BulletinRecord,
  Bulletins,
  KeyAnnouncement,
  ReadRevokedDevices,
  Revocations,
} from './bulletin.ts';
export { createBulletins } from './bulletin.ts';
export { limits as walletLimits } from './limits.ts';
export { readBankAccount } from './bank-account.ts';
export type { KeyRouteDeps } from './key-routes.ts';
export { keyRoutes } from './key-routes.ts';
export type { ReceiverQrDeps } from './receiver-qr.ts';
export type { WalletRouteDeps } from './routes.ts';
export { answerWallet, walletRoutes, wireWallets } from './routes.ts';
export type { TopUpRouteDeps } from './top-up-routes.ts';
export { topUpRoutes } from './top-up-routes.ts';
export { settleTopUp } from './top-ups.ts';
export type { TransactionRouteDeps } from './transaction-routes.ts';
export { transactionRoutes } from './transaction-routes.ts';
export { minorLimitOf } from './minor-limit.ts';
export type {
  ConsumeKeyChallenge,
  Ensured,
  EscrowDeps,
  KeyOrder,
  WalletKeyRecord,
} from './keys/index.ts';
export {
  ensureWalletKey,
  keysOf,
  retireUnprovedKeys,
  sealedWalletKeys,
  walletByKey,
  walletsByKey,
} from './keys/index.ts';
export type { LimitWallet } from './limit/index.ts';
export {
  canFundLimitWallet,
  fundLimitWallet,
  limitWalletById,
  limitWalletOf,
  lockLimitWallet,
  rejectLimitWallet,
  requestLimitWallet,
  usedOf,
} from './limit/index.ts';
export type { TransferDesk } from './transfer-desk.ts';
export { createTransferDesk } from './transfer-desk.ts';
export type { CompletedTransfer, TransferAnswer, TransferOrder } from './transfers.ts';
export { transfer, transfersOf } from './transfers.ts';
export type { WithdrawalRouteDeps } from './withdrawal-routes.ts';
export { withdrawalRoutes } from './withdrawal-routes.ts';
export { endWithdrawal } from './withdrawals.ts';
export type { DrawNumber, WalletKind, WalletRecord, WalletWithMoney } from './wallets.ts';
export { openHouseAccount, openWallet, walletByNumber, walletOf, walletsOf } from './wallets.ts';
