import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, LooseAmount, OneOf, Open, Timestamp } from '../shapes.ts';

const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  minLength: 36,
  maxLength: 36,
  examples: ['0f1e2d3c-4b5a-4978-8a9b-acbdcedfe0f1'],
});
const Text = (most: number) =>
  Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]+$', minLength: 1, maxLength: most });
const Notes = Type.Optional(
  Type.String({ pattern: '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$', maxLength: 500 }),
);
export const KYC_ROLES = ['sender', 'receiver', 'both'] as const;
export const KYC_STATUSES = ['pending', 'approved', 'rejected'] as const;

/** The names under which older pages send their signing key; the first is ours. */
export const KYC_KEY_MEMBERS = [
  'public_key',
  'signing_public_key',
  'public_signing_key',
  'signing_key',
  'sender_public_key',
  'receiver_public_key',
  'public_key_jwk',
] as const;
const Key = Type.Optional(
  Type.Union([Type.Object({}), Type.String({ maxLength: 1024 })], {
    description: 'A public P-256 JWK, or its JSON text.',
  }),
);

export const KycUser = Type.Object(
  {
    user_id: Type.String(),
    full_name: Type.String(),
    email_or_phone: Type.String(),
    role: OneOf(KYC_ROLES),
    bank_id: Type.Union([Type.String(), Type.Null()]),
    kyc_status: OneOf(KYC_STATUSES),
    created_at: Timestamp,
  },
  { title: 'KycUser' },
);
export type KycUser = Static<typeof KycUser>;

const uuidExample = '0f1e2d3c-4b5a-4978-8a9b-acbdcedfe0f1';
const kycExample = {
  ...{ user_id: uuidExample, full_name: 'Ayesha Bibi', email_or_phone: 'ayesha@example.com' },
  ...{ role: 'sender', bank_id: null, kyc_status: 'approved' },
  created_at: '2026-11-20T10:00:00.000Z',
};

/** Amounts are JSON numbers, as the older pages read them: exact up to 2^53 minor units. */
export const LimitWallet = Type.Object(
  {
    wallet_id: Type.String(),
    user_id: Type.String(),
    approved_limit: Type.Number({ description: 'While pending: what was asked for.' }),
    current_balance: Type.Number(),
    used_amount: Type.Number(),
    locked_amount: Type.Number({ description: 'Always 0: what is not decided holds nothing.' }),
    status: OneOf(['pending', 'approved', 'rejected', 'suspended']),
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { title: 'LimitWallet' },
);
export type LimitWallet = Static<typeof LimitWallet>;

const limitExample = {
  ...{ wallet_id: uuidExample, user_id: uuidExample, approved_limit: 5000 },
  ...{ current_balance: 4500, used_amount: 500, locked_amount: 0, status: 'approved' },
  ...{ created_at: '2026-11-20T10:00:00.000Z', updated_at: '2026-11-20T10:05:00.000Z' },
};

const user = { type: 'json', schema: KycUser, example: kycExample } as const;
const limit = { type: 'json', schema: LimitWallet, example: limitExample } as const;
const Said = Type.Object({ message: Type.String(), user_id: Type.String() });
const SaidOfWallet = Type.Object({ message: Type.String(), wallet_id: Type.String() });

/** People of sealed ledgers and the limits that they spend by, as the older pages know them. */
export const kycRoutes = {
  registerKyc: {
    method: 'POST',
    path: '/kyc/register',
    tag: 'Sealed ledgers',
    summary: 'Register for sealed ledgers, with the key that signs',
    auth: 'public',
    limit: 'auth',
    body: {
      type: 'json',
      open: true,
      schema: Open(
        {
          full_name: Text(200),
          email_or_phone: Text(254),
          role: Type.Optional(OneOf(KYC_ROLES)),
          // 128 bytes at most (migration 0023).
          bank_id: Type.Optional(Type.Union([Text(32), Type.Null()])),
          ...{ public_key: Key, signing_public_key: Key, public_signing_key: Key },
          ...{ signing_key: Key, sender_public_key: Key, receiver_public_key: Key },
          public_key_jwk: Key,
        },
        'KycRegistration',
      ),
      example: {
        ...{ full_name: 'Ayesha Bibi', email_or_phone: 'ayesha@example.com', role: 'sender' },
        public_key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) },
      },
    },
    statuses: { 201: 'Registered; a person at the bank decides.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        { user_id: Type.String(), kyc_status: Type.Literal('pending'), message: Type.String() },
        { title: 'KycRegistered' },
      ),
      example: { user_id: uuidExample, kyc_status: 'pending', message: 'Registered.' },
    },
    problems: ['kyc/key_invalid', 'kyc/key_taken'],
  },
  approveKyc: {
    method: 'POST',
    path: '/kyc/approve',
    tag: 'Sealed ledgers',
    summary: 'Approve or reject a registration',
    description: 'Approval opens an account of the person’s own; who was approved may be rejected.',
    auth: 'account',
    roles: ['pay_admin', 'risk', 'admin'],
    openInDemo: true,
    limit: 'other',
    body: {
      type: 'json',
      open: true,
      schema: Open(
        { user_id: Uuid, kyc_status: OneOf(['approved', 'rejected']), notes: Notes },
        'KycDecision',
      ),
      example: { user_id: uuidExample, kyc_status: 'approved' },
    },
    statuses: { 200: 'Decided.' },
    answer: {
      type: 'json',
      schema: Said,
      example: { message: 'The registration is approved.', user_id: uuidExample },
    },
    problems: ['kyc/not_found'],
  },
  listKyc: {
    method: 'GET',
    path: '/kyc/users',
    tag: 'Sealed ledgers',
    summary: 'Who registered, newest first; at most 200',
    auth: 'account',
    roles: ['pay_admin', 'risk', 'support', 'admin'],
    openInDemo: true,
    limit: 'other',
    openQuery: true,
    query: Open({ kyc_status: Type.Optional(OneOf(KYC_STATUSES)) }),
    statuses: { 200: 'The people.' },
    answer: {
      type: 'json',
      schema: Type.Array(KycUser, { title: 'KycUsers' }),
      example: [kycExample],
    },
    problems: [],
  },
  getKyc: {
    method: 'GET',
    path: '/kyc/users/{kyc_user_id}',
    tag: 'Sealed ledgers',
    summary: 'One person, by the id that registration gave: nobody guesses it',
    auth: 'public',
    limit: 'other',
    params: Closed({ kyc_user_id: Uuid }),
    statuses: { 200: 'The person.' },
    answer: user,
    problems: ['kyc/not_found'],
  },
  requestLimitWallet: {
    method: 'POST',
    path: '/wallets/request',
    tag: 'Sealed ledgers',
    summary: 'Ask for a limit to spend by sealed ledgers',
    auth: 'public',
    limit: 'wallets',
    body: {
      type: 'json',
      open: true,
      amounts: ['requested_limit'],
      schema: Open({ user_id: Uuid, requested_limit: LooseAmount }, 'LimitRequest'),
      example: { user_id: uuidExample, requested_limit: '5000' },
    },
    statuses: { 200: 'Asked for; a person at the bank decides.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        { wallet_id: Type.String(), status: Type.Literal('pending'), message: Type.String() },
        { title: 'LimitRequested' },
      ),
      example: { wallet_id: uuidExample, status: 'pending', message: 'Asked for.' },
    },
    problems: [
      'amount/invalid',
      'kyc/not_found',
      'limit_wallet/not_approved',
      'limit_wallet/exists',
    ],
  },
  approveLimitWallet: {
    method: 'POST',
    path: '/wallets/approve',
    tag: 'Sealed ledgers',
    summary: 'Approve a limit, and put its money aside; or reject it',
    description:
      'The money comes from the person’s current wallet where that covers the limit, else from ' +
      'the credit line. Above FOUR_EYES_ABOVE the same call by a second person is the ' +
      'approval: until then the answer is 202.',
    auth: 'account',
    roles: ['finance', 'pay_admin', 'admin'],
    openInDemo: true,
    limit: 'other',
    body: {
      type: 'json',
      open: true,
      amounts: ['approved_limit'],
      schema: Open(
        {
          wallet_id: Uuid,
          approved_limit: Type.Optional(LooseAmount),
          status: Type.Optional(OneOf(['approved', 'rejected'])),
          notes: Notes,
        },
        'LimitDecision',
      ),
      example: { wallet_id: uuidExample, approved_limit: '5000', status: 'approved' },
    },
    statuses: { 200: 'Decided.', 202: 'Proposed: a second person is awaited.' },
    answer: {
      type: 'json',
      schema: SaidOfWallet,
      example: { message: 'The limit is approved.', wallet_id: uuidExample },
    },
    problems: [
      'amount/invalid',
      'limit_wallet/not_found',
      'limit_wallet/not_funded',
      'limit_wallet/decided',
      'limit_wallet/not_approved',
    ],
  },
  getLimitWallet: {
    method: 'GET',
    path: '/wallets/{limit_wallet_id}',
    tag: 'Sealed ledgers',
    summary: 'One limit, by its id: nobody guesses it',
    auth: 'public',
    limit: 'other',
    params: Closed({ limit_wallet_id: Uuid }),
    statuses: { 200: 'The limit.' },
    answer: limit,
    problems: ['limit_wallet/not_found'],
  },
  getLimitWalletOf: {
    method: 'GET',
    path: '/wallets/user/{kyc_user_id}',
    tag: 'Sealed ledgers',
    summary: 'The limit of a person',
    auth: 'public',
    limit: 'other',
    params: Closed({ kyc_user_id: Uuid }),
    statuses: { 200: 'The limit.' },
    answer: limit,
    problems: ['limit_wallet/not_found'],
  },
} as const satisfies Readonly<Record<string, Route>>;
