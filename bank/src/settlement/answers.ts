import type { PaymentPacket, RefundPacket } from '@sikka/protocol';
import type {
  DoneRefund,
  RecordedReturn,
  Rejection,
  SettledKeyPayment,
  SettledPayment,
} from './facts.ts';
import type { OrderKind, SettledOrder } from './orders.ts';
import type { Outcome } from './outcomes.ts';
import { outcome } from './outcomes.ts';

/** What is said of a settled payment, to everybody and for ever. */
export function settledAnswer(payment: SettledPayment): Outcome {
  return outcome({
    kind: 'payment',
    result: 'settled',
    code: 'acceptable',
    documentId: payment.id,
    paymentId: payment.id,
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    payeeWallet: payment.payeeWallet,
    settledAt: payment.settledAt,
    extra: payment.extra,
  });
}

type Refusal = Pick<Rejection, 'code'> & { readonly proofId?: Uint8Array | undefined };

/** What is said of a payment refused by rules 5 to 9. */
export function rejectedPayment(packet: PaymentPacket, { code, proofId }: Refusal): Outcome {
  const { amountMinor, currency, payeeWallet } = packet.payment.fields;
  return outcome({
    kind: 'payment',
    result: 'rejected',
    code,
    documentId: packet.paymentId,
    paymentId: packet.paymentId,
    amountMinor,
    currency,
    payeeWallet,
    proofId,
  });
}

export function doneRefund(refund: DoneRefund, currency: number): Outcome {
  return outcome({
    kind: 'refund',
    result: 'recorded',
    documentId: refund.id,
    paymentId: refund.paymentId,
    amountMinor: refund.amountMinor,
    currency,
    settledAt: refund.at,
  });
}

export function rejectedRefund(packet: RefundPacket, { code }: Refusal): Outcome {
  const { paymentId, amountMinor, currency } = packet.refund.fields;
  return outcome({
    kind: 'refund',
    result: 'rejected',
    code,
    documentId: packet.refundId,
    paymentId,
    amountMinor,
    currency,
  });
}

export function recordedReturn({ id, receivedAt, proofId }: RecordedReturn): Outcome {
  return outcome({
    kind: 'return',
    result: 'recorded',
    documentId: id,
    settledAt: receivedAt,
    proofId,
  });
}

export function rejectedReturn(documentId: Uint8Array, { code, proofId }: Refusal): Outcome {
  return outcome({ kind: 'return', result: 'rejected', code, documentId, proofId });
}

export function settledKeyAnswer(payment: SettledKeyPayment): Outcome {
  return outcome({
    kind: 'key_payment',
    result: 'settled',
    code: 'acceptable',
    documentId: payment.id,
    paymentId: payment.id,
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    payeeWallet: payment.payeeWallet,
    settledAt: payment.settledAt,
    extra: false,
  });
}

/** What it said itself; the payee is not named before his key has been found and paid. */
export interface RefusedKeyPayment {
  readonly paymentId: Uint8Array;
  readonly amountMinor: bigint;
  readonly currency: number;
}

export function rejectedKeyPayment(
  { paymentId, amountMinor, currency }: RefusedKeyPayment,
  { code }: Pick<Refusal, 'code'>,
): Outcome {
  return outcome({
    kind: 'key_payment',
    result: 'rejected',
    code,
    documentId: paymentId,
    paymentId,
    amountMinor,
    currency,
  });
}

export function settledOrderAnswer(order: SettledOrder): Outcome {
  return outcome({
    kind: order.kind,
    result: 'settled',
    code: 'acceptable',
    documentId: order.id,
    paymentId: order.id,
    amountMinor: order.amountMinor,
    currency: order.currency,
    payeeWallet: order.payeeWallet,
    settledAt: order.settledAt,
    extra: false,
  });
}

/** A till says its amount itself; a ledger's is one only in the currency it is paid from. */
export interface RefusedOrder {
  readonly kind: OrderKind;
  readonly documentId: Uint8Array;
  readonly amountMinor: bigint | undefined;
  readonly currency: number | undefined;
}

export function rejectedOrder(
  { kind, documentId, amountMinor, currency }: RefusedOrder,
  { code }: Pick<Refusal, 'code'>,
): Outcome {
  return outcome({
    kind,
    result: 'rejected',
    code,
    documentId,
    paymentId: documentId,
    amountMinor,
    currency,
  });
}
