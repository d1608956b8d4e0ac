/** What the intake of ledgers refuses beyond spec/sealed-ledger.md §6, in its order. */
export const LEDGER_INTAKE_CODES = [
  /** Nobody approved is registered with the key that signed, or under the id that is named. */
  'ledger/receiver_unknown',
  /** An entry is somebody else's. */
  'ledger/receiver_mismatch',
  /** Nobody is registered under the sender's id. */
  'ledger/sender_unknown',
] as const;

export type LedgerIntakeCode = (typeof LEDGER_INTAKE_CODES)[number];
