import type { Refund } from '@sikka/protocol';
import { equalBytes } from '@sikka/protocol';
import { doneRefund, rejectedRefund } from '../answers.ts';
import type { RefusalCode } from '../codes.ts';
import { PASSING_CODES } from '../codes.ts';
import type { DoneRefund, SettledPayment } from '../facts.ts';
import { keyOf } from '../keys.ts';
import type { ProvedRefund } from '../prove.ts';
import type { Answer, Docket } from './docket.ts';
import { addFunds, earlierAnswer, plainAnswer } from './docket.ts';

/**
 * Decides about a refund (spec/documents.md §3, spec/settlement.md §5): from the payee's current
 * wallet to the payer's, in order of number, never more than the payment. Done once: the same
 * document again is compared and answered as before.
 */
export function decideRefund(docket: Docket, proved: ProvedRefund): Answer {
  const { packet, wallet } = proved;
  const { refundId } = packet;
  const refund = packet.refund.fields;
  const earlier = earlierAnswer(docket, refundId, (rejection) => rejectedRefund(packet, rejection));
  if (earlier !== undefined) return earlier;
  const done = docket.facts.refunds.get(keyOf(refundId));
  if (done !== undefined) return plainAnswer(doneRefund(done, refund.currency));

  const payment = paymentOf(docket, refund.paymentId);
  if (payment === undefined) return refuse(docket, proved, { code: 'refund_unknown_payment' });
  const code = refusal(docket, { payment, wallet, refund });
  if (code !== undefined) return refuse(docket, proved, { code, payment });
  return giveBack(docket, proved, payment);
}

function paymentOf(docket: Docket, paymentId: Uint8Array): SettledPayment | undefined {
  const key = keyOf(paymentId);
  return docket.settledNow.get(key)?.payment ?? docket.facts.refunded.get(key)?.payment;
}

interface Case {
  readonly payment: SettledPayment;
  /** That the signer's credential names. */
  readonly wallet: number;
  readonly refund: Refund;
}

/** The first rule that speaks. */
function refusal(docket: Docket, { payment, wallet, refund }: Case): RefusalCode | undefined {
  if (wallet !== payment.payeeWallet) return 'refund_wrong_payee';
  if (refund.currency !== payment.currency) return 'wrong_currency';
  if (refund.amountMinor === 0n) return 'amount_zero';
  if (refund.cumulativeMinor > payment.amountMinor) return 'refund_over_amount';
  const done = docket.refunds.get(keyOf(payment.id)) ?? [];
  if (refund.number > done.length + 1) return 'refund_out_of_order';
  if (refund.number <= done.length) return 'refund_conflict';
  const last = done.at(-1);
  if (!equalBytes(refund.previous, last?.id ?? payment.id)) return 'refund_conflict';
  if (refund.cumulativeMinor !== (last?.cumulativeMinor ?? 0n) + refund.amountMinor) {
    return 'totals_inconsistent';
  }
  const account = docket.facts.wallets.get(wallet)?.account;
  const funds = account === undefined ? undefined : docket.funds.get(account);
  return funds === undefined || funds < refund.amountMinor ? 'insufficient_funds' : undefined;
}

function giveBack(docket: Docket, proved: ProvedRefund, payment: SettledPayment): Answer {
  const { item, sha256, packet } = proved;
  const { refundId: id } = packet;
  const { number, amountMinor, cumulativeMinor, currency } = packet.refund.fields;
  const payee = docket.facts.wallets.get(payment.payeeWallet);
  const payer = docket.facts.payers.get(payment.allowanceNo);
  if (payee === undefined || payer === undefined) {
    throw new Error('No wallets were read for a refund that was asked about.');
  }
  const at = docket.hearing.decidedAt;
  const refund: DoneRefund = {
    id,
    paymentId: payment.id,
    number,
    amountMinor,
    cumulativeMinor,
    at,
  };
  const key = keyOf(payment.id);
  docket.refunds.set(key, [...(docket.refunds.get(key) ?? []), refund]);
  docket.refunded.push({ handed: { item, sha256 }, refund });
  // Who pays himself, and is refunded by himself, moves nothing.
  if (payee.account !== payer) {
    const [debit, credit] = [payee.account, payer];
    docket.moves.push({ kind: 'refund', debit, credit, amountMinor, currency, reference: id });
    addFunds(docket, debit, -amountMinor);
    addFunds(docket, credit, amountMinor);
  }
  return plainAnswer(doneRefund(refund, currency));
}

interface Refusal {
  readonly code: RefusalCode;
  readonly payment?: SettledPayment;
}

function refuse(
  docket: Docket,
  { item, sha256, packet }: ProvedRefund,
  { code, payment }: Refusal,
): Answer {
  docket.rejected.push({
    handed: { item, sha256 },
    kind: 'refund',
    code,
    documentId: PASSING_CODES.includes(code) ? undefined : packet.refundId,
    allowanceNo: payment?.allowanceNo,
    sequence: payment?.sequence,
    accusation: undefined,
  });
  return plainAnswer(rejectedRefund(packet, { code }));
}
