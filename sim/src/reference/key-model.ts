/**
 * What a bank may answer about a payment by a wallet's key (spec/wallet-key.md §6), from integers
 * and sets alone: no code of the product's.
 */
export interface KeyCase {
  /**
   * Which key signed this text: one that the bank always asks (the live one, the two replaced
   * last), one before these, which it asks where the nonce was taken by it, or none of the payer's.
   */
  readonly signed: 'asked' | 'older' | 'no';
  /** It stands settled already. */
  readonly stands: boolean;
  /** Another payment under its nonce: stands settled, or was signed and may hold the nonce. */
  readonly nonce: 'free' | 'contested' | 'taken';
  /** When the key that signed was replaced: never, after it had signed this, or before. */
  readonly replaced: 'never' | 'after' | 'before';
  /** Whether its payer was ever accused: his account may be under review. */
  readonly accused: boolean;
  readonly payeeKnown: boolean;
  readonly amountMinor: bigint;
  /** In the payer's offline wallet before this batch, and what else of his is in the batch. */
  readonly fundsMinor: bigint;
  readonly besideMinor: bigint;
  /** Whether something else waits at the bank that may be decided first. */
  readonly others: boolean;
}

/** `settled`, or the codes by which it may be refused. */
export function answersOfKey(one: KeyCase): ReadonlySet<string> {
  if (one.stands) return new Set(['settled']);
  const may = new Set<string>();
  if (one.signed !== 'asked') may.add('payer_key_unknown');
  if (one.signed === 'no') return may;
  if (one.nonce === 'taken') return may.add('nonce_conflict');
  if (one.nonce === 'contested') may.add('nonce_conflict');
  if (one.replaced !== 'never') may.add('payer_key_retired');
  if (one.replaced === 'before') return may;
  if (one.accused) may.add('payer_under_review');
  if (!one.payeeKnown) return may.add('payee_unknown');
  const isShort = one.fundsMinor < one.amountMinor;
  if (isShort || one.others || one.fundsMinor < one.amountMinor + one.besideMinor) {
    may.add('insufficient_funds');
  }
  if (!isShort || one.others) may.add('settled');
  return may;
}
