import { equalBytes } from '../bytes.ts';
import type { KnownDocument, KnownReturn } from './known.ts';

export type Equivocation = 'double_spend' | 'contradiction';

/**
 * Whether two documents under one allowance cannot both be true (spec/judge.md §3), and how.
 * Undefined for one document twice: ids are compared, never signatures. The caller has to know
 * that both are under the same allowance; a device and a sequence alone prove nothing.
 */
export function contradicts(
  a: KnownDocument | KnownReturn,
  b: KnownDocument | KnownReturn,
): Equivocation | undefined {
  if (equalBytes(a.id, b.id)) return undefined;
  if ('lastSequence' in a) {
    return ('lastSequence' in b ? returnsDiffer(a, b) : exceedsReturn(b, a))
      ? 'contradiction'
      : undefined;
  }
  if ('lastSequence' in b) return exceedsReturn(a, b) ? 'contradiction' : undefined;
  if (a.sequence === b.sequence) return 'double_spend';
  const disagree = a.sequence < b.sequence ? totalsDisagree(a, b) : totalsDisagree(b, a);
  return disagree ? 'contradiction' : undefined;
}

/** Of two payments, the lower sequence first. */
function totalsDisagree(lower: KnownDocument, higher: KnownDocument): boolean {
  const least = lower.spentMinor + higher.amountMinor;
  if (higher.sequence === lower.sequence + 1) {
    return least !== higher.spentMinor || !equalBytes(higher.previous, lower.id);
  }
  return least > higher.spentMinor;
}

/** A Return says that nothing follows it, and what was spent up to it. */
function exceedsReturn(payment: KnownDocument, returned: KnownReturn): boolean {
  const { lastSequence, totalMinor, head } = returned;
  if (payment.sequence > lastSequence) return true;
  if (payment.sequence < lastSequence) return payment.spentMinor > totalMinor;
  return payment.spentMinor !== totalMinor || !equalBytes(payment.id, head);
}

function returnsDiffer(a: KnownReturn, b: KnownReturn): boolean {
  return (
    a.lastSequence !== b.lastSequence ||
    a.totalMinor !== b.totalMinor ||
    !equalBytes(a.head, b.head)
  );
}
