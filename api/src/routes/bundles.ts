import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { LIMITS } from '../limits.ts';
import type { Route } from '../route.ts';
import { Closed, CurrencyCode, Nullable, OneOf, Open, Timestamp } from '../shapes.ts';
import { DeviceId } from './tills.ts';

const BundleId = Type.String({
  description: 'The device’s own name for the bundle, printable, used once for ever.',
  pattern: '^[ -~]{1,128}$',
  minLength: 1,
  maxLength: 128,
});

/** What the bank says of a bundle when it comes in; later pushes get the same. */
export const BUNDLE_VERDICTS = ['accepted', 'pending_review', 'quarantined'] as const;
export const BUNDLE_STATUSES = [
  ...BUNDLE_VERDICTS,
  ...(['rejected', 'reconciled', 'partially_reconciled', 'failed'] as const),
] as const;
const SiraScore = Type.Number({
  minimum: 0,
  maximum: 1,
  description: 'An index of suspicion, not a probability.',
});

export const BundleTaken = Type.Object(
  {
    success: Type.Literal(true),
    bundle_id: Type.String(),
    status: OneOf(BUNDLE_VERDICTS),
    sira_score: SiraScore,
    transactions_count: Type.Integer(),
    message: Type.String(),
  },
  { title: 'BundleTaken' },
);
export type BundleTaken = Static<typeof BundleTaken>;

export const BundleTransaction = Type.Object(
  {
    id: Type.String(),
    local_id: Type.String(),
    amount: Type.Number(),
    currency: CurrencyCode,
    type: OneOf(['p2p', 'merchant', 'cashin', 'cashout', 'agent']),
    sender: Type.String(),
    receiver: Type.String(),
    status: OneOf(['pending', 'settled', 'refused']),
    reason: Nullable(Type.String({ description: 'Why it was refused when it came in.' })),
    sira_score: Nullable(SiraScore),
    created_at: Timestamp,
  },
  { title: 'BundleTransaction' },
);
export type BundleTransaction = Static<typeof BundleTransaction>;

export const Bundle = Type.Object(
  {
    id: Type.String(),
    bundle_id: Type.String(),
    device_id: Type.String(),
    status: OneOf(BUNDLE_STATUSES),
    push_attempts: Type.Integer(),
    created_at: Timestamp,
    accepted_at: Nullable(Timestamp),
    rejected_reason: Nullable(Type.String()),
    tx_count: Type.Integer(),
    total_amount: Type.Number(),
    transactions: Type.Array(BundleTransaction),
  },
  { title: 'Bundle' },
);
export type Bundle = Static<typeof Bundle>;

const transactionExample = {
  ...{ id: '41', local_id: 'sale-1', amount: 500, currency: 'PKR', type: 'cashin' },
  ...{ sender: 'agent:agent-7', receiver: '100000000028', status: 'settled', reason: null },
  ...{ sira_score: 0.04, created_at: '2026-11-21T10:00:00.000Z' },
};

/** Bundles of transactions that tills collected offline (spec/device-bundle.md). */
export const bundleRoutes = {
  pushBundle: {
    method: 'POST',
    path: '/offline/push',
    forTills: true,
    tag: 'Tills',
    summary: 'Push a bundle; the device’s signature says whose it is',
    description:
      'The same bytes under the same id get the first answer again. `device_clock` is not looked ' +
      'at: the one inside is signed.',
    auth: 'public',
    limit: 'other',
    body: {
      type: 'json',
      open: true,
      maxBytes: LIMITS.bundlePushBytes,
      schema: Open(
        {
          device_id: DeviceId,
          bundle_id: BundleId,
          encrypted_payload: Type.String({ minLength: 1, maxLength: LIMITS.bundlePushBytes }),
          signature: Type.String({ minLength: 1, maxLength: 1024 }),
          device_clock: Type.Optional(Type.String({ maxLength: 128 })),
        },
        'BundlePush',
      ),
      example: {
        ...{ device_id: 'till-chakwal-1', bundle_id: 'till-chakwal-1_bundle_17' },
        ...{ encrypted_payload: 'eyJrZXlfd3JhcHBlZCI6IuKApiJ9', signature: 'MEUCIQ==' },
        device_clock: '2026-11-21T10:00:00.000Z',
      },
    },
    statuses: { 200: 'Taken: accepted, or held until somebody at the bank has looked at it.' },
    answer: {
      type: 'json',
      schema: BundleTaken,
      example: {
        ...{ success: true, bundle_id: 'till-chakwal-1_bundle_17', status: 'accepted' },
        ...{ sira_score: 0.04, transactions_count: 1, message: 'Bundle accepted' },
      },
    },
    problems: [
      ...(['till/not_found', 'till/not_active', 'bundle/signature_invalid'] as const),
      ...(['bundle/conflict', 'bundle/unreadable', 'bundle/invalid'] as const),
      ...(['bundle/stale', 'bundle/policy'] as const),
    ],
  },
  getBundle: {
    method: 'GET',
    path: '/offline/bundles/{bundle_id}',
    forTills: true,
    tag: 'Tills',
    summary: 'A bundle, and what became of its transactions',
    auth: 'account',
    roles: ['pay_admin', 'support', 'risk', 'admin'],
    openInDemo: true,
    limit: 'other',
    params: Closed({ bundle_id: BundleId }),
    statuses: { 200: 'As it is now.' },
    answer: {
      type: 'json',
      schema: Type.Object({ success: Type.Literal(true), bundle: Bundle }, { title: 'BundleRead' }),
      example: {
        success: true,
        bundle: {
          ...{ id: '17', bundle_id: 'till-chakwal-1_bundle_17', device_id: 'till-chakwal-1' },
          ...{ status: 'reconciled', push_attempts: 1, created_at: '2026-11-21T10:00:00.000Z' },
          ...{ accepted_at: '2026-11-21T10:00:00.000Z', rejected_reason: null, tx_count: 1 },
          ...{ total_amount: 500, transactions: [transactionExample] },
        },
      },
    },
    problems: ['bundle/not_found'],
  },
} as const satisfies Readonly<Record<string, Route>>;
