import type { Refund } from '@sikka/protocol';
import { equalBytes } from '@sikka/protocol';
import type { AccountId } from '../../ledger/index.ts';
import { doneRefund, rejectedRefund } from '../answers.ts';
import type { RefusalCode } from '../codes.ts';
import { mayPass } from '../codes.ts';
import type { DoneRefund, KnownCredential, SettledPayment } from '../facts.ts';
import { keyOf } from '../keys.ts';
import type { ProvedRefund } from '../prove.ts';
import type { Answer, Docket } from './docket.ts';
import { addFunds, earlierAnswer, plainAnswer } from './docket.ts';

/**
 * Decides about a refund by spec/settlement.md §6, in its order: from the payee's current wallet
 * to the payer's, by number, never more than the payment. Short of money it refuses itself only.
 */
export function decideRefund(docket: Docket, proved: ProvedRefund): Answer {
  const { packet, credential } = proved;
  const { refundId } = packet;
  const refund = packet.refund.fields;
  const barred = refuseCredential(docket, credential);
  if (barred !== undefined) return refuse(docket, proved, { code: barred });

  const earlier = earlierAnswer(docket, refundId, (rejection) => rejectedRefund(packet, rejection));
  if (earlier !== undefined) return earlier;
  const done = docket.facts.refunds.get(keyOf(refundId));
  if (done !== undefined) return plainAnswer(doneRefund(done, refund.currency));

  const payment = paymentOf(docket, refund.paymentId);
  if (payment === undefined) return refuse(docket, proved, { code: 'refund_unknown_payment' });
  const code = refusal(docket, { payment, wallet: credential.wallet, refund });
  if (code !== undefined) return refuse(docket, proved, { code, payment });
  return giveBack(docket, proved, payment);
}

/** No reservation covers a refund, so revocations and dates count when it is received. */
function refuseCredential(
  { hearing }: Docket,
  { revoked, deviceRevoked, from, until }: KnownCredential,
): RefusalCode | undefined {
  if (revoked) return 'credential_revoked';
  if (deviceRevoked) return 'device_revoked';
  return hearing.receivedAt < from || hearing.receivedAt > until ? 'expired' : undefined;
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
  const { number, amountMinor, cumulativeMinor } = refund;
  if (wallet !== payment.payeeWallet) return 'refund_wrong_payee';
  if (refund.currency !== payment.currency) return 'wrong_currency';
  const done = docket.refunds.get(keyOf(payment.id)) ?? [];
  if (number <= done.length) return 'refund_conflict';
  const last = done.at(-1);
  const next = number === done.length + 1 && equalBytes(refund.previous, last?.id ?? payment.id);
  if (!next) return 'refund_out_of_order';
  const consistent = cumulativeMinor === (last?.cumulativeMinor ?? 0n) + amountMinor;
  if (!consistent || cumulativeMinor > payment.amountMinor) return 'refund_over_amount';
  const account = payeeAccount(docket, payment);
  const funds = account === undefined ? undefined : docket.funds.get(account);
  return funds === undefined || funds < amountMinor ? 'insufficient_funds' : undefined;
}

function payeeAccount({ facts }: Docket, payment: SettledPayment): AccountId | undefined {
  return facts.wallets.get(payment.payeeWallet)?.accounts.get(payment.currency);
}

function giveBack(docket: Docket, proved: ProvedRefund, payment: SettledPayment): Answer {
  const { item, sha256, packet } = proved;
  const { refundId: id } = packet;
  const { number, amountMinor, cumulativeMinor, currency } = packet.refund.fields;
  const debit = payeeAccount(docket, payment);
  const credit = docket.facts.payers.get(payment.allowanceNo);
  if (debit === undefined || credit === undefined) {
    throw new Error('No wallets were read for a refund that was asked about.');
  }
  const at = docket.hearing.decidedAt;
  const paymentId = payment.id;
  const refund: DoneRefund = { id, paymentId, number, amountMinor, cumulativeMinor, at, sha256 };
  const key = keyOf(paymentId);
  docket.refunds.set(key, [...(docket.refunds.get(key) ?? []), refund]);
  docket.refunded.push({ handed: { item, sha256 }, refund });
  // Who paid himself, and gives it back to himself, moves nothing.
  if (debit !== credit) {
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
    documentId: mayPass(code) ? undefined : packet.refundId,
    allowanceNo: payment?.allowanceNo,
    sequence: payment?.sequence,
    accusation: undefined,
  });
  return plainAnswer(rejectedRefund(packet, { code }));
}
