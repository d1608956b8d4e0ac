import { decodePayment } from '@sikka/protocol';
import type { Db } from '../db/index.ts';
import {
  rejectedKeyPayment,
  rejectedOrder,
  rejectedPayment,
  settledAnswer,
  settledKeyAnswer,
  settledOrderAnswer,
} from './answers.ts';
import type { Outcome } from './outcomes.ts';
import { selectEvidence } from './store/inbox.ts';
import { selectRefusedKey, selectSettledKey } from './store/key-reading.ts';
import { selectRefusedOrder, selectSettledOrder } from './store/orders.ts';
import { selectPayment, selectRefused, selectWalletOwner } from './store/reading.ts';

/** The answer that everybody gets about a payment, and whom it concerns. */
export interface PaymentState {
  readonly outcome: Outcome;
  /** Absent of a payment by a wallet's key and of an order, as is its sequence. */
  readonly allowanceId: Uint8Array | undefined;
  readonly sequence: number | undefined;
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
  if (refused === undefined) return findKeyPayment(db, paymentId);
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

async function findKeyPayment(db: Db, paymentId: Uint8Array): Promise<PaymentState | undefined> {
  const unnumbered = { allowanceId: undefined, sequence: undefined };
  const settled = await selectSettledKey(db, paymentId);
  if (settled !== undefined) {
    const { payment, payerAccount, payeeAccount } = settled;
    return { outcome: settledKeyAnswer(payment), ...unnumbered, payerAccount, payeeAccount };
  }
  const refused = await selectRefusedKey(db, paymentId);
  if (refused === undefined) return findOrder(db, paymentId);
  const { payerAccount, payeeAccount } = refused;
  const answer = rejectedKeyPayment(refused, refused);
  return { outcome: answer, ...unnumbered, payerAccount, payeeAccount };
}

async function findOrder(db: Db, documentId: Uint8Array): Promise<PaymentState | undefined> {
  const unnumbered = { allowanceId: undefined, sequence: undefined };
  const settled = await selectSettledOrder(db, documentId);
  if (settled !== undefined) {
    const { payment, payerAccount, payeeAccount } = settled;
    return { outcome: settledOrderAnswer(payment), ...unnumbered, payerAccount, payeeAccount };
  }
  const refused = await selectRefusedOrder(db, documentId);
  if (refused === undefined) return undefined;
  const { payerAccount, payeeAccount } = refused;
  const answer = rejectedOrder({ ...refused, documentId }, refused);
  return { outcome: answer, ...unnumbered, payerAccount, payeeAccount };
}
