/** Keys of wallets: escrowed by the bank, or held by a device (spec/wallet-key.md). */
export type { Ensured, EscrowDeps, KeyOrder } from './escrow.ts';
export { ensureWalletKey, releaseKey } from './escrow.ts';
export type { WalletKeyRecord } from './records.ts';
export { keysOf, walletByKey, walletsByKey } from './records.ts';
export type { ConsumeKeyChallenge, RegisterDeps, RegisterRefusal } from './register.ts';
export { KeyRefused, registerKey, registerKeyIn, retireUnprovedKeys } from './register.ts';
export { sealedWalletKeys } from './sealed-rows.ts';
