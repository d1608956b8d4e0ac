import { decodePacketOfKind, hex } from '@sikka/protocol';
import type { BankView, RefundView } from '../bank/port.ts';
import { refundRefusal } from '../reference/refund-model.ts';
import type { BankAnswer, SignedRefund, Truth } from '../truth.ts';
import { PKR } from '../world.ts';
import { ABOUT_BYTES } from './finality.ts';
import type { Look } from './seen.ts';

/** Of the credential that signed, by what the bank knows of it that moment. */
const OF_THE_CREDENTIAL: ReadonlySet<string> = new Set([
  ...['credential_unknown', 'credential_revoked', 'device_revoked', 'expired'],
]);

/**
 * A refund is answered as the reference model does, on any of the states that were between the last
 * look and this one: a batch may have done several.
 */
export function refundAnswers({ truth, view, seen }: Look): readonly string[] {
  const found: string[] = [];
  for (const answer of truth.answers.slice(seen.refundAnswersRead)) {
    const { documentId, result, code = '' } = answer;
    const refund = truth.refunds.get(documentId);
    const isOther = ABOUT_BYTES.has(code) || OF_THE_CREDENTIAL.has(code);
    if (refund === undefined || result === 'pending' || isOther) continue;
    const isNew = seen.refundsDone.every(({ id }) => id !== documentId);
    if (result === 'recorded' && isNew && isByLostTill(answer, truth)) {
      found.push(`refund ${documentId} was done for a till that is lost`);
    }
    // What was answered for good is idempotence's.
    if (seen.refundsAnswered.has(documentId)) continue;
    const wallet = truth.parties.get(refund.by)?.wallet ?? 0;
    const may = refusalsOf({ ...refund, wallet }, view, seen.refundsDone);
    if (!fits(answer, may)) {
      const expected = [...may].map((each) => each ?? 'done').join(' or ');
      found.push(`refund ${documentId} was answered ${result} ${code} instead of ${expected}`);
    }
    if (!PASSING.has(code)) seen.refundsAnswered.add(documentId);
  }
  seen.refundAnswersRead = truth.answers.length;
  seen.refundsDone = view.refunds;
  return found;
}

/** Nothing reserves money for a refund: who reports a till as lost is not to pay for it. */
function isByLostTill({ packet, at }: BankAnswer, { lostTills, refunds }: Truth): boolean {
  const decoded = decodePacketOfKind('refund', packet);
  if (!decoded.ok) return false;
  const { credential, refundId } = decoded.value;
  const name = `${refunds.get(hex(refundId))?.by ?? ''} ${credential.fields.till}`;
  return (lostTills.get(name) ?? Infinity) < at;
}

const PASSING: ReadonlySet<string> = new Set([
  ...['refund_unknown_payment', 'refund_out_of_order', 'insufficient_funds'],
]);

function fits({ result, code }: BankAnswer, may: ReadonlySet<string | undefined>): boolean {
  if (result !== 'rejected') return may.has(undefined);
  return may.has(code === 'insufficient_funds' ? undefined : code);
}

function refusalsOf(
  refund: SignedRefund & { readonly wallet: number },
  view: BankView,
  before: readonly RefundView[],
): ReadonlySet<string | undefined> {
  const { paymentId, id } = refund;
  // Where it is done, what came after it says nothing.
  const isDone = view.refunds.some((row) => row.id === id);
  const of = (rows: readonly RefundView[]) =>
    rows
      .filter((row) => row.paymentId === paymentId && row.id !== id)
      .filter(({ number }) => !isDone || number < refund.number)
      .sort((one, other) => one.number - other.number);
  const now = of(view.refunds);
  const payment = view.settled.find((row) => row.id === paymentId);
  const may = new Set<string | undefined>();
  for (let count = of(before).length; count <= now.length; count += 1) {
    const done = now.slice(0, count);
    may.add(refundRefusal(refund, { payment, currency: PKR, done }));
    may.add(refundRefusal(refund, { payment: undefined, currency: PKR, done }));
  }
  // A payment that stood settled at the last look cannot be unknown.
  if (payment !== undefined && payment.settledAt < view.now) may.delete('refund_unknown_payment');
  return may;
}
