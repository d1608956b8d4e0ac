import { decodePayment } from '@sikka/protocol';
import type { Db } from '../db/index.ts';
import { rejectedPayment, settledAnswer } from './answers.ts';
import type { Outcome } from './outcomes.ts';
import { selectEvidence } from './store/inbox.ts';
import { selectPayment, selectRefused, selectWalletOwner } from './store/reading.ts';

/** The answer that everybody gets about a payment, and whom it concerns. */
export interface PaymentState {
  readonly outcome: Outcome;
  readonly allowanceId: Uint8Array;
  readonly sequence: number;
  /** Of the payer; account ids of the bank. */
  readonly payerAccount: bigint;
  /** Of the payee, where there is such a wallet. */
  readonly payeeAccount: bigint | undefined;
}

/** Settled, or refused for ever. What waits in the inbox is not known here yet. */
export async function findPayment(
  db: Db,
  paymentId: Uint8Array,
): Promise<PaymentState | undefined> {
  const found = await selectPayment(db, paymentId);
  if (found === undefined) return findRefused(db, paymentId);
  const { payment, allowanceId, payerAccount, payeeAccount } = found;
  const { sequence } = payment;
  return { outcome: settledAnswer(payment), allowanceId, sequence, payerAccount, payeeAccount };
}

async function findRefused(db: Db, paymentId: Uint8Array): Promise<PaymentState | undefined> {
  const refused = await selectRefused(db, paymentId);
  if (refused === undefined) return undefined;
  const [packet] = await selectEvidence(db, [refused.evidence]);
  const decoded = packet && decodePayment(packet);
  if (decoded?.ok !== true) throw new Error('A refused payment is not in its upload.');
  const { sequence, payeeWallet } = decoded.value.payment.fields;
  return {
    outcome: rejectedPayment(decoded.value, refused),
    allowanceId: refused.allowanceId,
    sequence,
    payerAccount: refused.payerAccount,
    payeeAccount: await selectWalletOwner(db, payeeWallet),
  };
}
