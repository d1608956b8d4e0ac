/** Keys of wallets: escrowed by the bank, or held by a device (spec/wallet-key.md). */
export type { Ensured, EscrowDeps, KeyOrder, SlowLane, TellOwner } from './escrow.ts';
export { ensureWalletKey, liveKeyOf, releaseKey } from './escrow.ts';
export type { WalletKeyRecord } from './records.ts';
export { keysOf, walletByKey, walletsByKey } from './records.ts';
export type { ConsumeKeyChallenge } from './register.ts';
export { noteKeysProved, registerKey } from './register.ts';
