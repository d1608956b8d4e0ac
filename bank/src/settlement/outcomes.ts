import type { RefusalCode } from './codes.ts';

export type ItemKind =
  | 'payment'
  | 'refund'
  | 'return'
  | 'key_payment'
  | 'ledger_entry'
  | 'device_transaction'
  | 'carrier'
  | 'other';

/**
 * The answer to one packet (spec/settlement.md §1). It is made of what the tables hold, so it can
 * be given again at any time, to anybody.
 */
export interface Outcome {
  readonly kind: ItemKind;
  /** `pending` is given only where nothing is decided yet. */
  readonly result: 'settled' | 'recorded' | 'rejected' | 'pending';
  /** Why it was rejected; `acceptable` for a settled payment. */
  readonly code: RefusalCode | 'acceptable' | undefined;
  /** Id of the payment, refund or Return; absent where no signature of its signer was found. */
  readonly documentId: Uint8Array | undefined;
  /** The payment itself, or the one a refund gives back. */
  readonly paymentId: Uint8Array | undefined;
  readonly amountMinor: bigint | undefined;
  /** ISO 4217 numeric. */
  readonly currency: number | undefined;
  readonly payeeWallet: number | undefined;
  /** Seconds; when money moved or the Return was recorded. */
  readonly settledAt: number | undefined;
  /** A second payment of one dynamic request, which is due back. */
  readonly extra: boolean | undefined;
  /** The proof of equivocation that this item led to. */
  readonly proofId: Uint8Array | undefined;
}

const EMPTY: Outcome = {
  kind: 'other',
  result: 'pending',
  code: undefined,
  documentId: undefined,
  paymentId: undefined,
  amountMinor: undefined,
  currency: undefined,
  payeeWallet: undefined,
  settledAt: undefined,
  extra: undefined,
  proofId: undefined,
};

/** An outcome with every field there, so that all are of one shape. */
export function outcome(fields: Partial<Outcome> & Pick<Outcome, 'kind' | 'result'>): Outcome {
  return { ...EMPTY, ...fields };
}

/** What is rejected without looking further: nothing of what it claims is repeated. */
export function refusedBytes(kind: ItemKind, code: RefusalCode): Outcome {
  return outcome({ kind, result: 'rejected', code });
}
