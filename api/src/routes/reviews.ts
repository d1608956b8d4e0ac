import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  Amount,
  Closed,
  CurrencyCode,
  Id,
  Nullable,
  NumberText,
  OneOf,
  PageSize,
  Timestamp,
  WalletNumber,
} from '../shapes.ts';

const STAFF = ['risk', 'admin'] as const;

/** Kept with the decision, for whoever asks why. */
const ReasonText = Type.String({
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  minLength: 3,
  maxLength: 500,
});

export const REVIEW_STATUSES = ['open', 'released', 'rejected'] as const;

const review = {
  id: Type.String(),
  kind: OneOf(['bundle', 'ledger_fork']),
  status: OneOf(REVIEW_STATUSES),
  subject: Type.String(),
  amount: Nullable(Type.String({ description: 'In major units, where it is of one currency.' })),
  currency: Nullable(CurrencyCode),
  reasons: Type.Array(Type.String()),
  score: Nullable(Type.Number({ description: '0 to 1.' })),
  two_people: Type.Boolean({ description: 'One person’s word is only a proposal.' }),
  opened_at: Timestamp,
  reason: Nullable(Type.String()),
  decided_by: Nullable(Type.String()),
  decided_at: Nullable(Timestamp),
};

/** What the bank pays to whose payment was refused. */
const Guarantee = Type.Object(
  { amount: Amount, currency: CurrencyCode, payee_wallet: WalletNumber },
  { title: 'Guarantee' },
);

/** What became of a proved case. */
export const CaseSummary = Type.Object(
  {
    loss: OneOf(['bank', 'payee']),
    account: OneOf(['release', 'keep']),
    guarantee: Nullable(Guarantee),
    at: Timestamp,
  },
  { title: 'CaseSummary' },
);

export const Review = Type.Object(review, { title: 'Review' });

/** As the till signed them; somebody at the bank has to see what is let go. */
const ReviewedTransaction = Type.Object(
  {
    local_id: Type.String(),
    type: Type.String(),
    amount: Type.String(),
    currency: CurrencyCode,
    sender: Type.String(),
    receiver: Type.String(),
    payee_wallet: Nullable(WalletNumber),
    signed_by_payer: Type.Boolean({ description: 'Else it is the till’s own word.' }),
    own_float: Type.Boolean(),
    refused: Nullable(Type.String()),
  },
  { title: 'ReviewedTransaction' },
);

const ReviewInFull = Type.Object(
  {
    ...review,
    bundle: Nullable(
      Type.Object({
        bundle_id: Type.String(),
        device_id: Type.String(),
        tenant_type: Type.String(),
        tenant_id: Type.String(),
        verdict: Type.String(),
        transactions: Type.Array(ReviewedTransaction),
      }),
    ),
  },
  { title: 'ReviewInFull' },
);

const example = {
  ...{ id: '17', kind: 'bundle', status: 'open', subject: 'bundle:B-1', amount: '900.00' },
  ...{ currency: 'PKR', reasons: ['receiver_unresolved'], score: 0.21, two_people: false },
  ...{ opened_at: '2026-11-20T10:00:00.000Z', reason: null, decided_by: null, decided_at: null },
};
const released = {
  ...{ ...example, status: 'released', reason: 'The shop was asked.', decided_by: 'risk-1' },
  decided_at: '2026-11-20T11:00:00.000Z',
};

const decision = {
  tag: 'Operators',
  auth: 'account',
  roles: STAFF,
  limit: 'other',
  params: Closed({ id: NumberText }),
  body: {
    type: 'json',
    schema: Closed({ reason: ReasonText }, 'ReviewReason'),
    example: { reason: 'The shop was asked.' },
  },
  statuses: { 200: 'Decided.', 202: 'Proposed: a second person is awaited.' },
  answer: {
    type: 'json',
    schema: Type.Object(
      {
        status: OneOf(['done', 'waiting']),
        approval_id: Nullable(Type.String()),
        review: Review,
      },
      { title: 'ReviewDecision' },
    ),
    example: { status: 'done', approval_id: null, review: released },
  },
  problems: ['review/not_found', 'review/decided', 'review/own'],
} as const;

/** What is held until somebody at the bank has looked, and what came of proved cases. */
export const reviewRoutes = {
  listReviews: {
    method: 'GET',
    path: '/api/v1/operator/reviews',
    tag: 'Operators',
    summary: 'Reviews: the open ones oldest first, the decided ones newest first',
    auth: 'account',
    roles: STAFF,
    limit: 'other',
    query: Closed({
      status: Type.Optional(OneOf(['open', 'decided'])),
      limit: Type.Optional(PageSize),
    }),
    statuses: { 200: 'At most `limit`.' },
    answer: {
      type: 'json',
      schema: Type.Object({ reviews: Type.Array(Review) }, { title: 'Reviews' }),
      example: { reviews: [example] },
    },
    problems: [],
  },
  getReview: {
    method: 'GET',
    path: '/api/v1/operator/reviews/{id}',
    tag: 'Operators',
    summary: 'A review with what it is about',
    auth: 'account',
    roles: STAFF,
    limit: 'other',
    params: Closed({ id: NumberText }),
    statuses: { 200: 'The review.' },
    answer: { type: 'json', schema: ReviewInFull, example: { ...example, bundle: null } },
    problems: ['review/not_found'],
  },
  releaseReview: {
    ...decision,
    method: 'POST',
    path: '/api/v1/operator/reviews/{id}/release',
    summary: 'Let go what is held: it is decided like anything else that came then',
  },
  rejectReview: {
    ...decision,
    method: 'POST',
    path: '/api/v1/operator/reviews/{id}/reject',
    summary: 'Refuse what is held; payments in it stay their payers’ and may come again',
  },
  decideCase: {
    method: 'POST',
    path: '/api/v1/operator/proofs/{proof_id}/decision',
    tag: 'Operators',
    summary: 'Decide a proved case: who bears the loss, and whether the account is let go',
    description:
      'The first call proposes, the same call by another person decides, once. Where the bank ' +
      'bears the loss, the payee whose payment was refused is paid from the guarantee account, ' +
      'all of it or the `guarantee` named.',
    auth: 'account',
    roles: STAFF,
    limit: 'other',
    params: Closed({ proof_id: Id }),
    body: {
      type: 'json',
      schema: Closed(
        {
          loss: OneOf(['bank', 'payee']),
          account: OneOf(['release', 'keep']),
          guarantee: Type.Optional(Amount),
          reason: ReasonText,
        },
        'CaseDecision',
      ),
      example: { loss: 'payee', account: 'keep', reason: 'Both phones were his.' },
    },
    statuses: { 200: 'Decided.', 202: 'Proposed: a second person is awaited.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          status: OneOf(['done', 'waiting']),
          approval_id: Type.String(),
          guarantee: Nullable(Guarantee),
        },
        { title: 'CaseDecided' },
      ),
      example: { status: 'done', approval_id: '12', guarantee: null },
    },
    problems: [
      'proof/not_found',
      'case/decided',
      'case/not_covered',
      'case/not_funded',
      'review/own',
      'amount/invalid',
    ],
  },
  listHeldItems: {
    method: 'GET',
    path: '/api/v1/operator/held-items',
    tag: 'Operators',
    summary: 'Items that failed again and again, oldest first',
    auth: 'operator',
    limit: 'other',
    query: Closed({ limit: Type.Optional(PageSize) }),
    statuses: { 200: 'At most `limit`.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          held_items: Type.Array(
            Type.Object(
              {
                upload_id: Type.String(),
                item: Type.Integer({ minimum: 0 }),
                reason: Type.String(),
                at: Timestamp,
              },
              { title: 'HeldItem' },
            ),
          ),
        },
        { title: 'HeldItems' },
      ),
      example: {
        held_items: [
          { upload_id: '9', item: 3, reason: 'error SK001', at: '2026-11-20T10:00:00.000Z' },
        ],
      },
    },
    problems: [],
  },
  retryHeldItems: {
    method: 'POST',
    path: '/api/v1/operator/held-items/{upload_id}/retry',
    tag: 'Operators',
    summary: 'Have the held items of an upload decided again',
    auth: 'operator',
    limit: 'other',
    params: Closed({ upload_id: NumberText }),
    statuses: { 202: 'Queued.' },
    answer: {
      type: 'json',
      schema: Type.Object({ upload_id: Type.String() }, { title: 'Retried' }),
      example: { upload_id: '9' },
    },
    problems: ['held/not_found'],
  },
} as const satisfies Readonly<Record<string, Route>>;
