import type { AllowanceView, BankView } from '../bank/port.ts';
import type { Truth } from '../truth.ts';
import type { Look } from './seen.ts';

/**
 * Money goes back only by spec/settlement.md §4: (a) what the last allowed sequence says is left,
 * or (b) after the claim window with everything received in time decided; and nothing while the
 * case of a proof is open.
 */
export function releases(look: Look): readonly string[] {
  const { view, seen, atEnd } = look;
  const found: string[] = [];
  const accused = new Set(
    view.proofs.filter(({ decided }) => !decided).map(({ allowanceId }) => allowanceId),
  );
  for (const row of view.allowances) {
    const { id, releasedMinor, limitMinor, settledMinor, status, claimUntil } = row;
    const before = seen.released.get(id) ?? 0n;
    if (releasedMinor < before) found.push(`${id}: what was released is less than before`);
    if (releasedMinor > before) found.push(...whyReleased(look, row, accused));
    seen.released.set(id, releasedMinor);
    const left = limitMinor - settledMinor - releasedMinor;
    if (status === 'closed' && left !== 0n) found.push(`${id} is closed with ${left} in it`);
    if (status !== 'closed') found.push(...whyNotReleased(look, row));
    const isOver = atEnd && view.now > claimUntil && !accused.has(id);
    if (isOver && left !== 0n) found.push(`${id} is over, and ${left} never went back`);
  }
  seen.accused = accused;
  return found;
}

/** §4 (a): where nobody was ever accused, the rest goes back when the last sequence settles. */
function whyNotReleased(
  { truth, view, seen }: Look,
  { id, releasedMinor, limitMinor }: AllowanceView,
): readonly string[] {
  const terms = seen.terms.get(id);
  const lastSequence = (terms?.firstSequence ?? 0) + (terms?.count ?? 0) - 1;
  const last = view.settled.find((row) => row.allowanceId === id && row.sequence === lastSequence);
  const spentMinor = last && truth.signed.get(last.id)?.spentMinor;
  const isProved = view.proofs.some(({ allowanceId }) => allowanceId === id);
  if (spentMinor === undefined || isProved || releasedMinor === limitMinor - spentMinor) return [];
  return [`${id}: its last sequence settled, and ${releasedMinor} went back`];
}

/**
 * Of what came at once: whether something settled in the very batch that accused. What accuses only
 * after the rest went back is nobody's fault.
 */
function isAccusedWith({ answers }: Truth, { proofs }: BankView, id: string): boolean {
  const own = new Set(proofs.filter(({ allowanceId }) => allowanceId === id).map((row) => row.id));
  const accusing = answers.filter(({ proofId }) => proofId !== undefined && own.has(proofId));
  const batches = new Set(accusing.map(({ batch }) => batch));
  return answers.some(({ batch, result }) => batches.has(batch) && result === 'settled');
}

function whyReleased(
  { truth, view, seen }: Look,
  { id, releasedMinor, limitMinor, claimUntil, status }: AllowanceView,
  accused: ReadonlySet<string>,
): readonly string[] {
  const isOpen = accused.has(id) && (seen.accused.has(id) || isAccusedWith(truth, view, id));
  if (isOpen) return [`${id}: money went back while its case is open`];
  const terms = seen.terms.get(id);
  const lastSequence = (terms?.firstSequence ?? 0) + (terms?.count ?? 0) - 1;
  const last = view.settled.find((row) => row.allowanceId === id && row.sequence === lastSequence);
  const spentMinor = last && truth.signed.get(last.id)?.spentMinor;
  if (spentMinor !== undefined && releasedMinor === limitMinor - spentMinor) return [];
  if (status === 'closed' && view.now > claimUntil) return [];
  return [`${id}: ${releasedMinor} went back before its claim window was over`];
}

/** `extra` says that another payment for one dynamic request settled earlier, and only that. */
export function extras({ truth, view }: Look): readonly string[] {
  const groups = new Map<string, boolean[]>();
  const found: string[] = [];
  for (const { id, payeeWallet, extra } of view.settled) {
    const payment = truth.signed.get(id);
    if (payment === undefined) continue;
    if (payment.mode !== 'dynamic') {
      if (extra) found.push(`${id} is extra, and was for a printed code`);
      continue;
    }
    const key = `${payeeWallet} ${payment.bind}`;
    groups.set(key, [...(groups.get(key) ?? []), extra]);
  }
  for (const [key, marks] of groups) {
    const first = marks.filter((extra) => !extra).length;
    if (first !== 1) found.push(`request ${key}: ${first} of ${marks.length} are not extra`);
  }
  return found;
}

/** Refunds count from 1 without a gap, are signed by who was paid, and give back no more. */
export function refunds({ truth, view }: Look): readonly string[] {
  const found: string[] = [];
  const payments = new Map(view.settled.map((row) => [row.id, row]));
  const groups = new Map<string, { readonly numbers: number[]; sumMinor: bigint }>();
  for (const { id, paymentId, number, amountMinor } of view.refunds) {
    const made = truth.refunds.get(id);
    const payment = payments.get(paymentId);
    if (made === undefined || payment === undefined) {
      found.push(`refund ${id} was done, and nobody signed it for a settled payment`);
      continue;
    }
    const owner = truth.parties.get(made.by)?.wallet;
    const same = made.amountMinor === amountMinor && made.paymentId === paymentId;
    if (!same || owner !== payment.payeeWallet) {
      found.push(`refund ${id} was done otherwise than ${made.by} signed it`);
    }
    const group = groups.get(paymentId) ?? { numbers: [], sumMinor: 0n };
    group.numbers.push(number);
    group.sumMinor += amountMinor;
    groups.set(paymentId, group);
  }
  for (const [paymentId, { numbers, sumMinor }] of groups) {
    const gaps = numbers.sort((a, b) => a - b).some((number, at) => number !== at + 1);
    if (gaps) found.push(`refunds of ${paymentId} are numbered ${numbers.join(', ')}`);
    const paidMinor = payments.get(paymentId)?.amountMinor ?? 0n;
    if (sumMinor > paidMinor) found.push(`${sumMinor} of ${paidMinor} was given back`);
  }
  return found;
}
