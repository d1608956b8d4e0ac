import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, NumberText, Nullable, OneOf, PageSize, Timestamp } from '../shapes.ts';

/** What can be wrong with a payment, in the eyes of its payer or its payee. */
export const DISPUTE_REASONS = [
  'not_mine',
  'wrong_amount',
  'wrong_payee',
  'paid_twice',
  'goods_missing',
  'money_missing',
  'refund_missing',
  'other',
] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

export const DISPUTE_OUTCOMES = ['upheld', 'dismissed'] as const;
export type DisputeOutcome = (typeof DISPUTE_OUTCOMES)[number];

const PaymentId = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const Dispute = Type.Object(
  {
    id: Type.String(),
    payment_id: Type.String(),
    account: Type.String({ description: 'Who opened it.' }),
    side: OneOf(['payer', 'payee']),
    reason: OneOf(DISPUTE_REASONS),
    status: OneOf(['open', ...DISPUTE_OUTCOMES]),
    opened_at: Timestamp,
    decided_at: Nullable(Timestamp),
  },
  { title: 'Dispute' },
);

const example = {
  ...{ id: '7', payment_id: '3f'.repeat(32), account: 'ayesha', side: 'payer' },
  ...{ reason: 'wrong_amount', status: 'open', opened_at: '2026-11-21T10:00:00.000Z' },
  decided_at: null,
};

const one = { type: 'json', schema: Dispute, example } as const;
const several = {
  type: 'json',
  schema: Type.Object({ disputes: Type.Array(Dispute) }, { title: 'Disputes' }),
  example: { disputes: [example] },
} as const;

const STAFF = ['support', 'risk', 'admin'] as const;

/** What people say is wrong with payments of theirs. No money moves by any of it. */
export const disputeRoutes = {
  openDispute: {
    method: 'POST',
    path: '/api/v1/disputes',
    tag: 'Settlement',
    summary: 'Tell the bank that something is wrong with a payment of yours',
    description:
      'By its payer or its payee, once each; the same again gets the one there is. It was ' +
      'handed in, whoever did it, and has an outcome. People of the bank look at it with the ' +
      'evidence that both sides handed in; nothing moves by it.',
    auth: 'account',
    limit: 'other',
    body: {
      type: 'json',
      schema: Closed({ payment_id: PaymentId, reason: OneOf(DISPUTE_REASONS) }, 'NewDispute'),
      example: { payment_id: '3f'.repeat(32), reason: 'wrong_amount' },
    },
    statuses: { 200: 'It was opened before.', 201: 'Opened.' },
    answer: one,
    problems: ['payment/not_found', 'dispute/exists', 'dispute/too_many'],
  },
  listDisputes: {
    method: 'GET',
    path: '/api/v1/disputes',
    tag: 'Settlement',
    summary: 'What you have disputed, newest first, and what the bank said of it',
    auth: 'account',
    limit: 'other',
    query: Closed({ limit: Type.Optional(PageSize) }),
    statuses: { 200: 'At most `limit`, 50 unless it says otherwise.' },
    answer: several,
    problems: [],
  },
  listAllDisputes: {
    method: 'GET',
    path: '/api/v1/operator/disputes',
    tag: 'Operators',
    summary: 'Disputes: the open ones, oldest first, or the decided ones, newest first',
    auth: 'account',
    roles: STAFF,
    limit: 'other',
    query: Closed({
      status: Type.Optional(OneOf(['open', 'decided'])),
      limit: Type.Optional(PageSize),
    }),
    statuses: { 200: 'At most `limit`, 50 unless it says otherwise.' },
    answer: several,
    problems: [],
  },
  decideDispute: {
    method: 'POST',
    path: '/api/v1/operator/disputes/{id}/decide',
    tag: 'Operators',
    summary: 'Say what came of a dispute, once; whoever paid or was paid does not decide it',
    auth: 'account',
    roles: ['risk', 'admin'],
    limit: 'other',
    params: Closed({ id: NumberText }),
    body: {
      type: 'json',
      schema: Closed(
        {
          outcome: OneOf(DISPUTE_OUTCOMES),
          reason: Type.String({
            description: 'Kept with the decision, for whoever asks why.',
            pattern: '^[^\\u0000-\\u001f\\u007f]+$',
            minLength: 3,
            maxLength: 500,
          }),
        },
        'DisputeDecision',
      ),
      example: { outcome: 'upheld', reason: 'The till’s own journal says 50.' },
    },
    statuses: { 200: 'Decided; the same again changes nothing.' },
    answer: one,
    problems: ['dispute/not_found', 'dispute/decided', 'review/own'],
  },
} as const satisfies Readonly<Record<string, Route>>;
