import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { LIMITS } from '../limits.ts';
import type { Route } from '../route.ts';
import {
  Amount,
  AnswerPacket,
  Closed,
  CurrencyCode,
  Id,
  OneOf,
  Timestamp,
  WalletNumber,
} from '../shapes.ts';

/** What became of one packet (spec/settlement.md §1). */
export const Outcome = Type.Object(
  {
    result: OneOf(['settled', 'recorded', 'rejected', 'pending']),
    code: Type.Optional(
      Type.String({ description: 'Which rule spoke (spec/judge.md §2, spec/settlement.md §5).' }),
    ),
    payment_id: Type.Optional(Id),
    document_id: Type.Optional(Id),
    amount: Type.Optional(Amount),
    currency: Type.Optional(CurrencyCode),
    payee_wallet: Type.Optional(WalletNumber),
    settled_at: Type.Optional(Timestamp),
    extra: Type.Optional(
      Type.Boolean({ description: 'A second payment of one request: a refund is due.' }),
    ),
    proof_id: Type.Optional(Id),
  },
  { title: 'Outcome' },
);
export type Outcome = Static<typeof Outcome>;

export const BatchAnswer = Type.Object(
  {
    upload_receipt: Type.String({
      description: 'Packet of kind 9, type 8: the bank has these bytes since then.',
    }),
    received_at: Timestamp,
    outcomes: Type.Array(Outcome, { description: 'One a packet, in the order received.' }),
  },
  { title: 'BatchAnswer' },
);
export type BatchAnswer = Static<typeof BatchAnswer>;

export const PaymentState = Type.Composite(
  [
    Outcome,
    Type.Object({
      allowance_id: Type.Optional(Id),
      sequence: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
  ],
  { title: 'PaymentState' },
);
export type PaymentState = Static<typeof PaymentState>;

const paymentId = Closed({ payment_id: Id });
const settled = {
  result: 'settled',
  payment_id: 'cd'.repeat(32),
  amount: '500.00',
  currency: 'PKR',
  payee_wallet: 100_000_000_008,
  settled_at: '2026-11-20T10:00:00.000Z',
  extra: false,
};

export const documentRoutes = {
  handInDocuments: {
    method: 'POST',
    path: '/api/v1/documents',
    tag: 'Settlement',
    summary: 'Hand in payments, refunds and returns, in any order, any number of times',
    description:
      'Once stored they are decided, whatever happens to the caller. Everybody who hands in a ' +
      'payment gets the same answer, for ever (spec/settlement.md).',
    auth: 'account',
    limit: 'sync',
    openToBlocked: true,
    body: {
      type: 'bytes',
      mediaType: 'application/cbor',
      description: `A CBOR array of at most ${LIMITS.batchItems} byte strings, each one packet.`,
      maxBytes: LIMITS.batchBytes,
    },
    respondAsync: true,
    statuses: { 200: 'Decided.', 202: 'Stored, not decided yet: ask again by id.' },
    answer: {
      type: 'json',
      schema: BatchAnswer,
      example: {
        upload_receipt: 'hAkI',
        received_at: '2026-11-20T10:00:00.000Z',
        outcomes: [
          settled,
          {
            result: 'rejected',
            code: 'double_spend',
            payment_id: 'ce'.repeat(32),
            proof_id: 'ef'.repeat(32),
          },
        ],
      },
    },
    problems: ['document/batch_malformed'],
  },
  getPayment: {
    method: 'GET',
    path: '/api/v1/payments/{payment_id}',
    tag: 'Settlement',
    summary: 'What became of a payment, for its payer, its payee and operators',
    auth: 'account',
    limit: 'other',
    openToBlocked: true,
    params: paymentId,
    statuses: { 200: 'The answer that everybody gets.' },
    answer: {
      type: 'json',
      schema: PaymentState,
      example: { ...settled, allowance_id: 'ab'.repeat(32), sequence: 1 },
    },
    problems: ['payment/not_found'],
  },
  getPaymentReceipt: {
    method: 'GET',
    path: '/api/v1/payments/{payment_id}/receipt',
    tag: 'Settlement',
    summary: 'The settlement receipt with its proof of inclusion in the log',
    description: 'Packet of kind 10: verified with the bank’s keys alone (spec/log.md §4).',
    auth: 'account',
    limit: 'other',
    openToBlocked: true,
    params: paymentId,
    statuses: { 200: 'The packet.' },
    answer: {
      type: 'packet',
      first: 'application/json',
      schema: Type.Object({ payment_id: Id, packet: AnswerPacket }, { title: 'SettlementReceipt' }),
      example: { payment_id: 'cd'.repeat(32), packet: 'hQoB' },
    },
    problems: ['payment/not_found', 'receipt/not_ready'],
  },
  getProof: {
    method: 'GET',
    path: '/api/v1/proofs/{proof_id}',
    tag: 'Verification',
    summary: 'A proof that one key signed two documents that cannot both be true',
    description: 'Anybody can verify it with the bank’s keys alone (spec/evidence.md).',
    auth: 'public',
    limit: 'other',
    params: Closed({ proof_id: Id }),
    statuses: { 200: 'The packet, of kind 7.' },
    answer: {
      type: 'packet',
      first: 'application/cbor',
      schema: Type.Object({ proof_id: Id, packet: AnswerPacket }, { title: 'Proof' }),
      example: { proof_id: 'ef'.repeat(32), packet: 'hQcB' },
    },
    problems: ['proof/not_found'],
  },
} as const satisfies Readonly<Record<string, Route>>;
