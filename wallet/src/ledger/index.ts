/** Sealed ledgers: the sender's and the receiver's part (spec/sealed-ledger.md). */
export { WalletError } from '../errors.ts';
export { createFileReader, framesOf } from './carried.ts';
export type { FileProgress } from './carried.ts';
export { generateLedgerKeys } from './keys.ts';
export type { LedgerKeys, LedgerPublicKeys } from './keys.ts';
export { openLedgerReceiver } from './receiver.ts';
export type { LedgerReceiver, LedgerReceiverOptions, ReceivedEntry } from './receiver.ts';
export { openLedgerSender } from './sender.ts';
export type { LedgerSender, LedgerSenderOptions, SealedFile } from './sender.ts';
export type { LedgerStorage } from './storage.ts';
