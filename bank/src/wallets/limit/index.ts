/** Limits of senders of sealed ledgers: money put aside when a limit is approved. */
export type { LimitWallet } from './limit-wallets.ts';
export {
  canFundLimitWallet,
  fundLimitWallet,
  limitWalletById,
  limitWalletOf,
  lockLimitWallet,
  rejectLimitWallet,
  requestLimitWallet,
  usedOf,
} from './limit-wallets.ts';
