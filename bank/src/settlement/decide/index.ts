import { compareBytes } from '@sikka/protocol';
import type { Handed } from '../claims.ts';
import type { RefusalCode } from '../codes.ts';
import type { Facts } from '../facts.ts';
import { keyOf } from '../keys.ts';
import { refusedBytes } from '../outcomes.ts';
import type { ItemKind } from '../outcomes.ts';
import type { Proved, ProvedRefund } from '../prove.ts';
import type { Answer, Claiming, Docket, Hearing, OpenAllowance, Ordering } from './docket.ts';
import { openDocket, plainAnswer } from './docket.ts';
import { decideKeyPayment } from './key-payment.ts';
import { decideOrder, rejectReviewed } from './order.ts';
import { decidePayment } from './payment.ts';
import { decideRefund } from './refund.ts';
import { release } from './release.ts';
import { decideReturn } from './return.ts';

export type {
  Accusation,
  Answer,
  Claiming,
  DecidedEntry,
  Hearing,
  Move,
  OpenAllowance,
  OrderConflict,
  Ordering,
  Refunding,
  Rejecting,
  Returning,
  Settling,
  SettlingKey,
  SettlingOrder,
} from './docket.ts';

/** What posting writes, and the answers that it completes. */
export interface Decision extends Pick<
  Docket,
  | 'accusations'
  | 'conflicts'
  | 'entries'
  | 'hearing'
  | 'moves'
  | 'refunded'
  | 'rejected'
  | 'returned'
  | 'settled'
  | 'settledKeys'
  | 'settledOrders'
> {
  /** One for each item, in their order; items may share one. */
  readonly answers: readonly Answer[];
  /** Allowances whose state changes, by number. */
  readonly changed: readonly OpenAllowance[];
  /** Payments by wallet keys that are the first under their nonce. */
  readonly claimed: readonly Claiming[];
  /** Orders that are the first under their number. */
  readonly ordered: readonly Ordering[];
}

/**
 * Decides a whole batch: payments and orders as received, then Returns, then refunds
 * by payment and number, each seeing the ones before it (spec/settlement.md §2). Pure: the same
 * facts give the same decision.
 */
export function decide(proved: readonly Proved[], facts: Facts, hearing: Hearing): Decision {
  const docket = openDocket(facts, hearing);
  const answered = new Map<Proved, Answer>();
  for (const item of inOrder(proved)) answered.set(item, decideOne(docket, item));
  const answers = proved.map((item) => answerOf(answered, item));
  for (const allowance of docket.allowances.values()) release(docket, allowance);
  const { accusations, conflicts, entries, moves, refunded, rejected, returned } = docket;
  const { settled, settledKeys, settledOrders } = docket;
  const changed = [...docket.allowances.values()].filter((allowance) => allowance.changed);
  const claimed = [...docket.claimedNow.values()];
  const ordered = [...docket.orderedNow.values()];
  const written = { accusations, conflicts, entries, moves, refunded, rejected, returned };
  const moved = { settled, settledKeys, settledOrders };
  return { answers, changed, claimed, ordered, hearing, ...written, ...moved };
}

function answerOf(answered: ReadonlyMap<Proved, Answer>, item: Proved): Answer {
  const answer = answered.get(item);
  if (answer === undefined) throw new Error('An item was not decided.');
  return answer;
}

/** Payments and orders as received, then Returns, then refunds by payment and number. */
export function inOrder(proved: readonly Proved[]): readonly Proved[] {
  const refunds = proved.filter((item) => item.kind === 'refund');
  const returns = proved.filter((item) => item.kind === 'return');
  const others = proved.filter(({ kind }) => kind !== 'refund' && kind !== 'return');
  return [...others, ...returns, ...refunds.sort(byPaymentAndNumber)];
}

function byPaymentAndNumber(one: ProvedRefund, other: ProvedRefund): number {
  const [a, b] = [one.packet.refund.fields, other.packet.refund.fields];
  return compareBytes(a.paymentId, b.paymentId) || a.number - b.number;
}

function decideOne(docket: Docket, proved: Proved): Answer {
  if (docket.facts.orders.review === 'rejected') return decideReviewed(docket, proved);
  switch (proved.kind) {
    case 'payment':
      return keep(docket, proved.verified.paymentId, decidePayment(docket, proved));
    case 'return':
      return keep(docket, proved.verified.returnId, decideReturn(docket, proved));
    case 'refund':
      return keep(docket, proved.packet.refundId, decideRefund(docket, proved));
    case 'key_payment':
      return decideKeyPayment(docket, proved);
    case 'ledger_entry':
    case 'device_transaction':
      return decideOrder(docket, proved);
    case 'answered':
    case 'carried':
      return plainAnswer(proved.outcome);
    case 'refused':
      return refuseBytes(docket, proved, { kind: proved.claimed, code: proved.code });
  }
}

/**
 * A batch that review rejected: nothing in it is answered for more than these bytes, since its
 * payments are still their payers' and may come another way; but a till's own orders are.
 */
function decideReviewed(docket: Docket, proved: Proved): Answer {
  const code = 'review_rejected';
  switch (proved.kind) {
    case 'ledger_entry':
    case 'device_transaction':
      return rejectReviewed(docket, proved);
    case 'answered':
    case 'carried':
      return plainAnswer(proved.outcome);
    case 'refused':
      return refuseBytes(docket, proved, { kind: proved.claimed, code });
    default:
      return refuseBytes(docket, proved, { kind: proved.kind, code });
  }
}

/** What comes again in this batch gets this answer. */
function keep(docket: Docket, documentId: Uint8Array, answer: Answer): Answer {
  docket.answers.set(keyOf(documentId), answer);
  return answer;
}

/** Rules 1 to 3: kept under the bytes' hash, without any document's id. */
function refuseBytes(
  docket: Docket,
  { item, sha256 }: Handed,
  { kind, code }: { readonly kind: ItemKind; readonly code: RefusalCode },
): Answer {
  docket.rejected.push({
    handed: { item, sha256 },
    kind,
    code,
    documentId: undefined,
    allowanceNo: undefined,
    sequence: undefined,
    accusation: undefined,
  });
  return plainAnswer(refusedBytes(kind, code));
}
