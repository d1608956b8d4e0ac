import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, Nullable, Timestamp } from '../shapes.ts';

/** What a person may ask of their own data, and what law may ask of the bank. */

const Rows = (description: string) =>
  Type.Array(
    Type.Unsafe<Readonly<Record<string, unknown>>>(Type.Object({}, { additionalProperties: true })),
    { description },
  );

const Export = Type.Object(
  {
    exported_at: Timestamp,
    profile: Nullable(
      Type.Object(
        {
          email: Type.String(),
          name: Type.String(),
          phone: Nullable(Type.String()),
          iban: Nullable(Type.String()),
          language: Type.String(),
          email_verified: Type.Boolean(),
          phone_verified_at: Nullable(Timestamp),
        },
        { title: 'ExportedProfile' },
      ),
    ),
    account: Type.Object(
      {
        id: Type.String(),
        status: Type.String(),
        roles: Type.Array(Type.String()),
        created_at: Timestamp,
      },
      { title: 'ExportedAccount' },
    ),
    lists: Type.Object(
      {
        sessions: Rows('Where one was signed in.'),
        passkeys: Rows('Without their keys.'),
        devices: Rows('Enrolled devices.'),
        credentials: Rows('What payers were shown.'),
        wallets: Rows('With what they hold.'),
        wallet_keys: Rows('Public halves by their hash.'),
        transfers: Rows('Ordered online, either way.'),
        top_ups: Rows('Money brought in.'),
        withdrawals: Rows('Money taken out, to an account elsewhere.'),
        disputes: Rows('What was said to be wrong with a payment, and what the bank said.'),
        allowances: Rows('Rights to spend offline.'),
        payments: Rows('Offline payments that moved money, either way.'),
        wallet_key_payments: Rows('Payments signed by a wallet’s key, either way.'),
        orders: Rows('Paid by sealed ledgers and tills: received, or signed by oneself.'),
        webhooks: Rows('Who else is told.'),
        audit: Rows('What was done with the account, by whom.'),
      },
      {
        title: 'ExportedLists',
        description: 'At most 10,000 rows each, the newest. Amounts in minor units, as text.',
      },
    ),
  },
  { title: 'PersonalDataExport' },
);

const UserId = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' });
const Message = (title: string) => Type.Object({ msg: Type.String() }, { title });
const own = { tag: 'Privacy', auth: 'account', limit: 'auth' } as const;
const at = '2026-11-20T10:00:00.000Z';

export const privacyRoutes = {
  exportPersonalData: {
    ...own,
    method: 'GET',
    path: '/api/v1/privacy/export',
    summary: 'All that the bank knows of oneself, as one document',
    stepUp: true,
    statuses: { 200: 'Everything, and nothing of others but wallet numbers.' },
    answer: {
      type: 'json',
      schema: Export,
      example: {
        exported_at: at,
        profile: {
          ...{ email: 'ayesha@example.com', name: 'Ayesha Bibi', phone: null, iban: null },
          ...{ language: 'en', email_verified: true, phone_verified_at: null },
        },
        account: { id: 'ayesha', status: 'active', roles: ['user'], created_at: at },
        lists: {
          ...{ sessions: [], passkeys: [], devices: [], credentials: [], wallets: [] },
          ...{ wallet_keys: [], transfers: [], top_ups: [], withdrawals: [], disputes: [] },
          ...{ allowances: [], payments: [] },
          ...{ wallet_key_payments: [], orders: [], webhooks: [], audit: [] },
        },
      },
    },
    problems: [],
  },
  erasePersonalData: {
    ...own,
    method: 'POST',
    path: '/api/v1/privacy/erasure',
    summary: 'Close the account and forget the person',
    description:
      'Destroys the key under which personal data is sealed, so that it cannot be read any more, ' +
      'also where copies remain. What moved money stays under numbers, as the law asks.',
    stepUp: true,
    body: {
      type: 'json',
      schema: Closed({ confirm: Type.Literal('erase') }, 'Erasure'),
      example: { confirm: 'erase' },
    },
    statuses: { 200: 'Forgotten. This cannot be undone.' },
    answer: {
      type: 'json',
      schema: Message('Erased'),
      example: { msg: 'The account is closed and its personal data is forgotten.' },
    },
    problems: ['privacy/held', 'privacy/balance_left', 'privacy/payments_open'],
  },
  setHold: {
    method: 'POST',
    path: '/api/v1/privacy/{user_id}/hold',
    tag: 'Operators',
    summary: 'Keep a person’s data from being erased, or let go',
    auth: 'account',
    roles: ['risk', 'admin'],
    limit: 'other',
    params: Closed({ user_id: UserId }),
    body: {
      type: 'json',
      schema: Closed(
        {
          until: Nullable(Timestamp),
          reason: Type.String({
            pattern: '^[^\\u0000-\\u001f\\u007f]+$',
            minLength: 3,
            maxLength: 200,
          }),
        },
        'Hold',
      ),
      example: { until: '2027-11-20T10:00:00.000Z', reason: 'court order 17/2026' },
    },
    statuses: { 200: 'As asked.' },
    answer: { type: 'json', schema: Message('Held'), example: { msg: 'Held.' } },
    problems: ['user/not_found'],
  },
} as const satisfies Readonly<Record<string, Route>>;
