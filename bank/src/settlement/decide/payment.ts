import { contradicts, equalBytes, judgeVerified } from '@sikka/protocol';
import { rejectedPayment, settledAnswer } from '../answers.ts';
import type { RefusalCode } from '../codes.ts';
import { mayPass } from '../codes.ts';
import type { AccountId } from '../../ledger/index.ts';
import type { AllowanceTerms, SettledPayment } from '../facts.ts';
import { keyOf } from '../keys.ts';
import type { ProvedPayment } from '../prove.ts';
import type { Around } from './chain.ts';
import { around, insert } from './chain.ts';
import type { Answer, Docket, OpenAllowance, Settling } from './docket.ts';
import { accuse, addFunds, allowanceOf, earlierAnswer, plainAnswer } from './docket.ts';

/** Decides about a payment by the judge's rules 4 to 11 in the bank's context, and settles it. */
export function decidePayment(docket: Docket, proved: ProvedPayment): Answer {
  const { item, verified, allowanceNo } = proved;
  const allowance = allowanceOf(docket, allowanceNo);
  const { sequence, payeeWallet, currency } = verified.payment;
  const neighbours = around(allowance.chain, sequence);
  const earlier = firstAnswer(docket, proved, neighbours.same);
  const wallet = docket.facts.wallets.get(payeeWallet);
  const payee = wallet?.accounts.get(currency);
  const verdict = judgeVerified(verified, {
    as: 'bank',
    allowanceKnown: true,
    // Paid is the wallet's owner, in his current wallet; without one it is the wrong currency.
    payee: wallet && { currency: payee === undefined ? NO_CURRENCY : currency },
    receivedAt: docket.hearing.receivedAt,
    known: { ...neighbours, firstAnswer: earlier },
  });
  if (verdict.ok) {
    if (payee === undefined) throw new Error('Acceptable without a payee.');
    return settle(docket, proved, { allowance, payee });
  }
  switch (verdict.code) {
    case 'duplicate':
      if (earlier === undefined) throw new Error('A duplicate without its first answer.');
      return earlier;
    case 'double_spend':
    case 'contradiction': {
      const accusation = accuse(docket, allowance, {
        verdict: verdict.code,
        known: evidenceOf(verdict.against, neighbours),
        judged: item.bytes,
      });
      return refuse(docket, proved, { allowance, code: verdict.code, accusation });
    }
    default:
      return refuse(docket, proved, { allowance, code: verdict.code });
  }
}

/** ISO 4217 knows no currency 0. */
const NO_CURRENCY = 0;

/** Rule 4: what was said of this id before, in this batch or in an earlier one. */
function firstAnswer(
  docket: Docket,
  { verified: { packet, paymentId } }: ProvedPayment,
  same: SettledPayment | undefined,
): Answer | undefined {
  const earlier = earlierAnswer(docket, paymentId, (rejection) =>
    rejectedPayment(packet, rejection),
  );
  if (earlier !== undefined) return earlier;
  if (same === undefined || !equalBytes(same.id, paymentId)) return undefined;
  return plainAnswer(settledAnswer(same));
}

/** Where the document that the verdict names stands. */
function evidenceOf(
  against: Uint8Array | undefined,
  { same, before, after }: Around,
): SettledPayment['evidence'] {
  if (against === undefined) throw new Error('A contradiction without its other document.');
  for (const payment of [same, before, after]) {
    if (payment !== undefined && equalBytes(payment.id, against)) return payment.evidence;
  }
  throw new Error('A contradiction with a document that is not known.');
}

interface Refusal {
  readonly allowance: OpenAllowance;
  readonly code: RefusalCode;
  readonly accusation?: number;
}

function refuse(
  docket: Docket,
  { item, sha256, verified: { packet, paymentId, payment } }: ProvedPayment,
  { allowance, code, accusation }: Refusal,
): Answer {
  docket.rejected.push({
    handed: { item, sha256 },
    kind: 'payment',
    code,
    documentId: mayPass(code) ? undefined : paymentId,
    allowanceNo: allowance.terms.no,
    sequence: payment.sequence,
    accusation,
  });
  return { outcome: rejectedPayment(packet, { code }), settled: undefined, accusation };
}

function settle(
  docket: Docket,
  { item, sha256, verified }: ProvedPayment,
  { allowance, payee }: { readonly allowance: OpenAllowance; readonly payee: AccountId },
): Answer {
  const { sequence, amountMinor, spentMinor, previous, currency } = verified.payment;
  const payment: SettledPayment = {
    id: verified.paymentId,
    allowanceNo: allowance.terms.no,
    sequence,
    amountMinor,
    spentMinor,
    previous,
    currency,
    payeeWallet: verified.payment.payeeWallet,
    settledAt: docket.hearing.decidedAt,
    // Known only when the requests paid are written.
    extra: false,
    evidence: { uploadId: docket.hearing.uploadId, at: item.at },
    sha256,
  };
  insert(allowance.chain, payment);
  allowance.settledMinor += amountMinor;
  allowance.changed = true;
  const handed = { item, sha256 };
  const settling = { handed, verified, payment, allowance: allowance.terms, payee };
  docket.settledNow.set(keyOf(payment.id), settling);
  docket.settled.push(settling);
  addFunds(docket, payee, amountMinor);
  compareWithReturn(docket, allowance, settling);
  if (sequence === lastSequence(allowance.terms)) {
    allowance.finalSpentMinor = spentMinor;
    if (allowance.status !== 'revoked') allowance.status = 'exhausted';
  }
  const settled = docket.settled.length - 1;
  return { outcome: settledAnswer(payment), settled, accusation: undefined };
}

/** A Return refuses no payment, which its reservation covers; but the pair is a proof. */
function compareWithReturn(docket: Docket, allowance: OpenAllowance, settling: Settling): void {
  const { returned } = allowance;
  const verdict = returned && contradicts(settling.payment, returned);
  if (returned === undefined || verdict === undefined) return;
  const judged = settling.handed.item.bytes;
  accuse(docket, allowance, { verdict, known: returned.packet, judged });
}

function lastSequence({ firstSequence, count }: AllowanceTerms): number {
  return firstSequence + count - 1;
}
