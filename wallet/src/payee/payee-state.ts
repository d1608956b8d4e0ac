import { hex, twoWords } from '@sikka/protocol';
import { pendingDocuments } from '../core/pending.ts';
import { viewOf } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { isOpen } from '../exchange/exchange.ts';
import type { ExchangeState } from '../exchange/exchange.ts';
import type { AcceptedPayment } from '../journal/state.ts';

/** Times in seconds, amounts in minor units. */
export interface AcceptedView {
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly mode: 'dynamic' | 'static';
  /** What it answers: the id of the request, or of the printed code. */
  readonly bind: string;
  /** By this device's clock. */
  readonly at: number;
  readonly state: ExchangeState;
  readonly twoWords: readonly [string, string];
  /** When it must have been handed in at the latest, by the bank's time. */
  readonly handInBy: number;
  readonly refundedMinor: bigint;
  readonly code: string | undefined;
  readonly proofId: string | undefined;
  /** A second payment of one request: give it back. */
  readonly extra: boolean;
}

export interface PayeeState {
  readonly enrolled: boolean;
  readonly seller:
    | {
        readonly name: string;
        readonly town: string;
        readonly wallet: number;
        readonly till: number;
        readonly currency: number;
      }
    | undefined;
  readonly openRequests: number;
  readonly printedCodes: number;
  /** Newest first. */
  readonly payments: readonly AcceptedView[];
  readonly bankTime: number;
  readonly bulletinVersion: number | undefined;
  readonly bulletinOverdue: boolean;
}

/** "12 payments, Rs 8,450, oldest 5 h, upload by …": what is accepted and not settled. */
export interface PendingView {
  readonly payments: readonly AcceptedView[];
  readonly totalMinor: bigint;
  readonly oldestAt: number | undefined;
  readonly handInBy: number | undefined;
  /** All that the bank has not answered for good: refunds and contradictions are among them. */
  readonly documents: number;
}

/** What the till's screens show. Refuses `wallet/store_…` only. */
export async function payeeState(wallet: Wallet): Promise<Outcome<PayeeState>> {
  return answering(async () => {
    const view = await viewOf(wallet, await wallet.journal.read());
    const { state, bulletin, bankTime } = view;
    const answer = state.enrolment?.answer;
    const credential = answer?.credential?.credential.fields;
    return {
      ok: true,
      enrolled: answer !== undefined,
      seller: credential && {
        name: credential.name,
        town: credential.town,
        wallet: credential.wallet,
        till: answer?.till ?? credential.till,
        currency: credential.currency,
      },
      openRequests: state.openRequests.size,
      printedCodes: state.printedCodes.size,
      payments: [...state.accepted.values()].map(acceptedView).reverse(),
      bankTime,
      bulletinVersion: bulletin?.version,
      bulletinOverdue: bulletin !== undefined && bankTime > bulletin.nextDue,
    };
  });
}

/** What is accepted and not settled yet. Refuses `wallet/store_…` only. */
export async function pending(wallet: Wallet): Promise<Outcome<PendingView>> {
  return answering(async () => {
    const state = await wallet.journal.read();
    const sold = [...state.accepted.values()];
    const payments = sold.filter((payment) => isOpen(payment.state)).map(acceptedView);
    const earliest = (times: readonly number[]): number | undefined =>
      times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
    return {
      ok: true,
      payments,
      totalMinor: payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
      oldestAt: earliest(payments.map(({ at }) => at)),
      handInBy: earliest(payments.map(({ handInBy }) => handInBy)),
      documents: pendingDocuments(state).length,
    };
  });
}

function acceptedView({ packet, at, state, refunds, answer }: AcceptedPayment): AcceptedView {
  const { amountMinor, currency, mode, bind } = packet.payment.fields;
  const counted = refunds.findLast((refund) => refund.answer?.result !== 'rejected');
  return {
    paymentId: hex(packet.paymentId),
    amountMinor,
    currency,
    mode,
    bind: hex(bind),
    at,
    state,
    twoWords: twoWords(packet.paymentId),
    handInBy: packet.allowance.fields.claimUntil,
    refundedMinor: counted?.packet.refund.fields.cumulativeMinor ?? 0n,
    code: answer?.code,
    proofId: answer?.proofId && hex(answer.proofId),
    extra: answer?.extra === true,
  };
}
