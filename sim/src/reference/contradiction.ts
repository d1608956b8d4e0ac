/**
 * The relation of spec/judge.md §3, written from the page alone: no code of the product's. Ids are
 * lower-case hex.
 */
export interface Spent {
  readonly id: string;
  readonly sequence: number;
  readonly amountMinor: bigint;
  readonly spentMinor: bigint;
  readonly previous: string;
}

export interface Ended {
  readonly id: string;
  readonly lastSequence: number;
  readonly totalMinor: bigint;
  readonly head: string;
}

/** Whether two payments of one allowance cannot both be true; never one and itself. */
export function paymentsContradict(one: Spent, other: Spent): boolean {
  if (one.id === other.id) return false;
  if (one.sequence === other.sequence) return true;
  const [early, late] = one.sequence < other.sequence ? [one, other] : [other, one];
  if (early.spentMinor + late.amountMinor > late.spentMinor) return true;
  if (late.sequence !== early.sequence + 1) return false;
  return early.spentMinor + late.amountMinor !== late.spentMinor || late.previous !== early.id;
}

/** Whether a Return says that this payment was never made. */
export function returnContradicts(ended: Ended, payment: Spent): boolean {
  if (payment.sequence > ended.lastSequence) return true;
  if (payment.sequence < ended.lastSequence) return payment.spentMinor > ended.totalMinor;
  return payment.spentMinor !== ended.totalMinor || payment.id !== ended.head;
}

export function returnsContradict(one: Ended, other: Ended): boolean {
  return (
    one.lastSequence !== other.lastSequence ||
    one.totalMinor !== other.totalMinor ||
    one.head !== other.head
  );
}
