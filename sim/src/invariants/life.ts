import type { AllowanceView, BankView, SettledView } from '../bank/port.ts';
import { documentsIn } from '../recorder.ts';
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
  { truth, lastSettled, proved }: Look,
  { id, releasedMinor, limitMinor }: AllowanceView,
): readonly string[] {
  const last = lastSettled.get(id);
  const spentMinor = last && truth.signed.get(last.id)?.spentMinor;
  if (spentMinor === undefined || proved.has(id)) return [];
  if (releasedMinor === limitMinor - spentMinor) return [];
  return [`${id}: its last sequence settled, and ${releasedMinor} went back`];
}

/**
 * Of what came at once: whether what accuses was in the very upload that settled the last sequence.
 * What another upload accuses of once the rest went back is nobody's fault, though both were
 * between two looks, and though the second says again that the first one's payment is settled.
 */
function isAccusedWith(view: BankView, id: string, last: SettledView | undefined): boolean {
  const upload = view.uploads.find((each) => each.id === last?.uploadId);
  if (upload === undefined) return false;
  const proofs = view.proofs.filter(({ allowanceId }) => allowanceId === id);
  const own = new Set(proofs.map((proof) => proof.id));
  const named = new Set(proofs.flatMap(({ documents }) => documents));
  const accusing = new Set([
    ...view.rejected.flatMap((row) => (own.has(row.proofId ?? '') ? [row.id] : [])),
    ...view.returns.flatMap((row) => (named.has(row.id) ? [row.id] : [])),
  ]);
  return documentsIn(upload.bytes).some((document) => accusing.has(document?.id ?? ''));
}

function whyReleased(
  { truth, view, seen, lastSettled }: Look,
  { id, releasedMinor, limitMinor, claimUntil, status }: AllowanceView,
  accused: ReadonlySet<string>,
): readonly string[] {
  const last = lastSettled.get(id);
  const isOpen = accused.has(id) && (seen.accused.has(id) || isAccusedWith(view, id, last));
  if (isOpen) return [`${id}: money went back while its case is open`];
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
