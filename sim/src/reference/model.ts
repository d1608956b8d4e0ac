import type { Spent } from './contradiction.ts';
import { paymentsContradict } from './contradiction.ts';

/** An allowance's terms, of which alone the model judges. */
export interface Terms {
  readonly id: string;
  readonly currency: number;
  readonly limitMinor: bigint;
  readonly perPaymentMinor: bigint;
  readonly count: number;
  readonly firstSequence: number;
  readonly claimUntil: number;
}

export interface Paid extends Spent {
  readonly currency: number;
  readonly payeeWallet: number;
}

/**
 * What a bank may answer about a payment that its payer's key truly signed (spec/judge.md §2 and
 * spec/settlement.md §1–2), from integers and sets alone: which documents there are, when they were
 * received first, and which of them stand settled.
 */
export interface Expected {
  /** It has to stand settled once everything received is decided. */
  readonly settles: boolean;
  /** Refusals that may be its answer, where it does not. */
  readonly codes: readonly string[];
  /** It contradicts what stands: there has to be a proof that names it. */
  readonly proof: boolean;
}

export interface Case {
  readonly terms: Terms;
  /** Every payment that stands settled under this allowance. */
  readonly settled: readonly Paid[];
  /** When the bank first stored these bytes. */
  readonly receivedAt: number;
  readonly isWallet: (wallet: number) => boolean;
}

export function expectedOf(
  payment: Paid,
  { terms, settled, receivedAt, isWallet }: Case,
): Expected {
  const against = settled.filter((other) => paymentsContradict(payment, other));
  const same = against.some(({ sequence }) => sequence === payment.sequence);
  const other = against.some(({ sequence }) => sequence !== payment.sequence);
  const late = receivedAt > terms.claimUntil;
  // Rules 7 to 9 say the same whatever else is known; 5 and 6 speak before them.
  const alone = refusalOf(payment, terms, isWallet) ?? (late ? 'claim_window_closed' : undefined);
  const codes = [
    ...(same ? ['double_spend'] : []),
    ...(other ? ['contradiction'] : []),
    ...(alone === undefined ? [] : [alone]),
  ];
  return { settles: codes.length === 0, codes, proof: alone === undefined && against.length > 0 };
}

/** Rules 7 and 8 in the bank's context. Every wallet of a world is of one currency. */
function refusalOf(
  { payeeWallet, currency, amountMinor, spentMinor, sequence, previous }: Paid,
  { id, limitMinor, perPaymentMinor, firstSequence, count, ...terms }: Terms,
  isWallet: Case['isWallet'],
): string | undefined {
  if (!isWallet(payeeWallet)) return 'wrong_payee';
  if (currency !== terms.currency) return 'wrong_currency';
  if (amountMinor === 0n) return 'amount_zero';
  if (amountMinor > perPaymentMinor) return 'over_per_payment';
  if (spentMinor > limitMinor) return 'over_limit';
  if (sequence < firstSequence || sequence >= firstSequence + count) return 'over_count';
  const isFirst = sequence === firstSequence;
  const agrees = isFirst ? spentMinor === amountMinor && previous === id : spentMinor > amountMinor;
  return agrees ? undefined : 'totals_inconsistent';
}
