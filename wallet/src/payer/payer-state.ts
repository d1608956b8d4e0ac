import { hex, twoWords } from '@sikka/protocol';
import { pendingDocuments } from '../core/pending.ts';
import { viewOf } from '../core/view.ts';
import type { View } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { ExchangeState } from '../exchange/exchange.ts';
import type { GivenPayment, HeldAllowance } from '../journal/state.ts';
import { payeeOf } from './shown-payment.ts';
import type { VerifiedPayee } from './shown-payment.ts';

/** Times in seconds, amounts in minor units. */
export interface AllowanceView {
  readonly allowanceId: string;
  readonly currency: number;
  readonly limitMinor: bigint;
  readonly leftMinor: bigint;
  readonly perPaymentMinor: bigint;
  readonly paymentsLeft: number;
  /** How many the allowance had at its beginning. */
  readonly paymentsMost: number;
  readonly until: number;
  readonly claimUntil: number;
  readonly status: 'usable' | 'returned' | 'expired' | 'exhausted' | 'stopped';
}

export interface GivenView {
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payee: VerifiedPayee;
  /** By the phone's clock. */
  readonly at: number;
  readonly state: ExchangeState;
  readonly hasReceipt: boolean;
  /** Not handed in by this wallet: the payee did not take it. */
  readonly withheld: boolean;
  readonly twoWords: readonly [string, string];
  /** The bank's code where it rejected, and its proof where the rule has one. */
  readonly code: string | undefined;
  readonly proofId: string | undefined;
  /** A second payment of one request: a refund is due. */
  readonly extra: boolean;
}

export interface PayerState {
  readonly enrolled: boolean;
  /** True for good once the bank knew more than this journal: start a new wallet. */
  readonly stopped: boolean;
  readonly allowances: readonly AllowanceView[];
  /** What can still be spent offline. */
  readonly leftMinor: bigint;
  /** Documents to be handed in. */
  readonly pending: number;
  /** Newest first. */
  readonly payments: readonly GivenView[];
  /** The best bank time known, a lower bound. */
  readonly bankTime: number;
  readonly bulletinVersion: number | undefined;
  /** True where the bulletin says that a newer one should exist by now. */
  readonly bulletinOverdue: boolean;
}

/** What the payer's screens show. Refuses `wallet/store_…` only. */
export async function payerState(wallet: Wallet): Promise<Outcome<PayerState>> {
  return answering(async () => {
    const view = await viewOf(wallet, await wallet.journal.read());
    const { state, bulletin, bankTime } = view;
    const allowances = [...state.allowances.values()].map((held) => allowanceView(held, view));
    return {
      ok: true,
      enrolled: state.enrolment?.answer !== undefined,
      stopped: state.rolledBack !== undefined,
      allowances,
      leftMinor: allowances
        .filter(({ status }) => status === 'usable')
        .reduce((sum, { leftMinor }) => sum + leftMinor, 0n),
      pending: pendingDocuments(state).length,
      payments: [...state.given.values()].map(givenView).reverse(),
      bankTime,
      bulletinVersion: bulletin?.version,
      bulletinOverdue: bulletin !== undefined && bankTime > bulletin.nextDue,
    };
  });
}

function allowanceView(held: HeldAllowance, view: View): AllowanceView {
  const { fields } = held.allowance;
  const used = held.lastSequence - fields.firstSequence + 1;
  return {
    allowanceId: hex(held.allowanceId),
    currency: fields.currency,
    limitMinor: fields.limitMinor,
    leftMinor: fields.limitMinor - held.spentMinor,
    perPaymentMinor: fields.perPaymentMinor,
    paymentsLeft: fields.count - used,
    paymentsMost: fields.count,
    until: fields.until,
    claimUntil: fields.claimUntil,
    status: statusOf(held, view),
  };
}

function statusOf(held: HeldAllowance, { state, bankTime }: View): AllowanceView['status'] {
  const { count, firstSequence, limitMinor, until } = held.allowance.fields;
  if (state.rolledBack !== undefined) return 'stopped';
  if (held.returned !== undefined) return 'returned';
  if (held.lastSequence + 1 >= firstSequence + count || held.spentMinor >= limitMinor) {
    return 'exhausted';
  }
  return bankTime > until ? 'expired' : 'usable';
}

function givenView(given: GivenPayment): GivenView {
  const { packet, at, state, receipt, answer } = given;
  const { amountMinor, currency } = packet.payment.fields;
  return {
    paymentId: hex(packet.paymentId),
    amountMinor,
    currency,
    payee: payeeOf(given),
    at,
    state,
    hasReceipt: receipt !== undefined,
    withheld: given.withheld,
    twoWords: twoWords(packet.paymentId),
    code: answer?.code,
    proofId: answer?.proofId && hex(answer.proofId),
    extra: answer?.extra === true,
  };
}
