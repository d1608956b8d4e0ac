/** Ledgers of signed transactions, sealed to their receiver or the bank (spec/sealed-ledger.md). */
export {
  encodeLedgerCarrier,
  isLedgerCarrier,
  openLedgerCarrier,
  readLedgerCarrier,
} from './carrier.ts';
export { checkLedger } from './check.ts';
export type { LedgerFinding } from './check.ts';
export { LEDGER_CODES } from './codes.ts';
export type { LedgerCode } from './codes.ts';
export type { EnvelopeSecrets } from './envelope.ts';
export { encodeLedgerItem, isLedgerItem, readLedgerItem } from './item.ts';
export { ledgerPaymentId, proveLedger, proveLedgerEntry } from './prove.ts';
export { openTransaction } from './receive.ts';
export type { ReceiveCode, ReceivedTransaction } from './receive.ts';
export { ledgerEntryText, sealLedger, sealTransaction, signLedgerTransaction } from './sign.ts';
export type { LedgerHead } from './sign.ts';
export { transactionHash } from './transaction.ts';
export type { LedgerEntry, LedgerFields, LedgerTransaction } from './transaction.ts';
export { openLedgerUpload } from './upload.ts';
export type { LedgerFailure, LedgerUpload, SignedLedger } from './upload.ts';
export type { LedgerKeyAuthority, VerifiedLedger, VerifiedLedgerPayment } from './verified.ts';
