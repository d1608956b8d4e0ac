/**
 * What a bank may answer about an order (spec/settlement.md §7), from what is signed and what
 * stands: no code of the product's.
 */
export interface OrderCase {
  readonly kind: 'ledger_entry' | 'device_transaction';
  /** Its signer is registered, and his registered key signed it and is the one it names. */
  readonly known: boolean;
  readonly genuine: boolean;
  /** It stands settled, with this content. */
  readonly stands: boolean;
  /** The code by which it was refused for ever. */
  readonly refused: string | undefined;
  /** Whose its number is: nobody else's, another content's, or either's who is under way. */
  readonly number: 'free' | 'contested' | 'taken';
  /** These very bytes were rejected by review. */
  readonly reviewed: boolean;
  /** A till's: whether its bundle brought it and was let in. */
  readonly cleared: boolean;
  /** A till's. */
  readonly status: string | undefined;
  /** A till's: whether it debits its own tenant. */
  readonly own: boolean;
  /** A ledger's: sender and limit are approved, and the limit it names is his. */
  readonly approved: boolean;
  readonly namesHisLimit: boolean;
  /** There is somebody to pay, whom the bank has approved. */
  readonly payeeKnown: boolean;
  readonly toItself: boolean;
  /** Undefined where it is no amount of the currency. */
  readonly amountMinor: bigint | undefined;
  readonly fundsMinor: bigint;
  /** Of the same money, in the same batch. */
  readonly besideMinor: bigint;
  /** Whether something else waits at the bank that may be decided first. */
  readonly others: boolean;
}

/** `settled`, or the codes by which it may be refused. */
export function answersOfOrder(one: OrderCase): ReadonlySet<string> {
  const isTill = one.kind === 'device_transaction';
  const may = new Set<string>();
  // Of this upload everything; what had settled by another way stays so.
  if (one.reviewed) return new Set(['review_rejected', ...(one.stands ? ['settled'] : [])]);
  if (!one.known) return may.add('order_key_unknown');
  if (!one.genuine) {
    return may.add(isTill ? 'device_signature_invalid' : 'payer_signature_invalid');
  }
  const first = one.stands ? 'settled' : one.refused;
  // A till's id is only a name: its number is compared before the answer that stands under it.
  if (isTill || first === undefined) {
    if (one.number === 'taken') return may.add('order_conflict');
    if (one.number === 'contested') may.add('order_conflict');
  }
  if (first !== undefined) return may.add(first);
  const against = isTill ? againstTill(one) : againstEntry(one);
  if (against !== undefined) return may.add(against);
  const amount = one.amountMinor ?? 0n;
  const isShort = one.fundsMinor < amount;
  if (isShort || one.others || one.fundsMinor < amount + one.besideMinor) {
    may.add('insufficient_funds');
  }
  if (!isShort || one.others) may.add('settled');
  return may;
}

function againstEntry(one: OrderCase): string | undefined {
  if (!one.approved) return 'limit_wallet_inactive';
  if (!one.namesHisLimit) return 'payer_mismatch';
  if (!one.payeeKnown) return 'payee_unknown';
  if (one.toItself) return 'self_payment';
  return one.amountMinor === undefined ? 'amount_invalid' : undefined;
}

function againstTill(one: OrderCase): string | undefined {
  if (!one.cleared) return 'bundle_not_cleared';
  if (one.status === 'revoked') return 'device_revoked';
  if (one.status !== 'active') return 'device_not_active';
  if (!one.own) return 'payment_missing';
  if (!one.payeeKnown) return 'payee_unknown';
  return one.amountMinor === undefined || one.amountMinor <= 0n ? 'amount_invalid' : undefined;
}

/** What may be wrong with a ledger or a bundle as a whole, in the order in which it is said. */
const LEDGER_CODES = [
  ...['ledger/open_failed', 'ledger/receiver_unknown', 'ledger/receiver_signature_invalid'],
  ...['ledger/chain_broken', 'ledger/transaction_hash_mismatch', 'ledger/duplicate_transaction'],
  ...['ledger/receiver_mismatch', 'ledger/sender_unknown', 'ledger/sender_key_mismatch'],
  'ledger/sender_signature_invalid',
];

/** Of these flaws the one that speaks; undefined where there is none. */
export function firstOf(flaws: ReadonlySet<string>): string | undefined {
  return LEDGER_CODES.find((code) => flaws.has(code));
}
