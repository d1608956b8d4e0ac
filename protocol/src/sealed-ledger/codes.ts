/** Every code about a sealed ledger, in the order of spec/sealed-ledger.md §6. */
export const LEDGER_CODES = [
  'ledger/too_large',
  'ledger/malformed',
  'ledger/key_invalid',
  'ledger/open_failed',
  'ledger/empty',
  'ledger/transaction_malformed',
  'ledger/hash_mismatch',
  'ledger/receiver_key_mismatch',
  'ledger/receiver_signature_invalid',
  'ledger/chain_broken',
  'ledger/duplicate_transaction',
  'ledger/transaction_hash_mismatch',
  'ledger/sender_key_mismatch',
  'ledger/sender_signature_invalid',
  'ledger/amount_invalid',
] as const;

export type LedgerCode = (typeof LEDGER_CODES)[number];
