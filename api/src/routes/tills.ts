import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, CurrencyCode, LooseAmount, Nullable, OneOf, Open, Timestamp } from '../shapes.ts';

/** Each in the words of the older clients that send it. */
export const TENANT_TYPES = ['merchant', 'agent', 'internal'] as const;
export const TILL_METHODS = ['wallet', 'qr', 'ussd'] as const;

export const Country = Type.String({
  title: 'Country',
  description: 'ISO 3166-1, two letters.',
  pattern: '^[A-Z]{2}$',
  examples: ['PK'],
});
export const DeviceId = Type.String({
  description: 'The device’s own name, printable.',
  pattern: '^[ -~]{1,128}$',
  minLength: 1,
  maxLength: 128,
});
export const TenantId = Type.String({ pattern: '^[!-~]{1,64}$', minLength: 1, maxLength: 64 });

export const Till = Type.Object(
  {
    id: Type.String(),
    device_id: Type.String(),
    user_id: Type.String({ description: 'Who registered it.' }),
    tenant_type: OneOf(TENANT_TYPES),
    tenant_id: Type.String(),
    status: OneOf(['active', 'suspended', 'revoked']),
    country: Country,
    currency_default: CurrencyCode,
    created_at: Timestamp,
    last_seen_at: Nullable(Timestamp),
  },
  { title: 'Till' },
);
export type Till = Static<typeof Till>;

const tillExample = {
  ...{ id: '7', device_id: 'till-chakwal-1', user_id: 'operator', tenant_type: 'merchant' },
  ...{ tenant_id: 'shop-42', status: 'active', country: 'PK', currency_default: 'PKR' },
  ...{ created_at: '2026-11-20T10:00:00.000Z', last_seen_at: null },
};

const TillAnswer = Type.Object(
  { success: Type.Literal(true), device: Till },
  { title: 'TillAnswer' },
);
const till = {
  type: 'json',
  schema: TillAnswer,
  example: { success: true, device: tillExample },
} as const;

export const OfflinePolicy = Type.Object(
  {
    country: Country,
    version: Nullable(
      Type.Integer({ minimum: 1, description: 'Null while a second person is awaited.' }),
    ),
    status: OneOf(['proposed', 'active']),
    currency: CurrencyCode,
    max_offline_amount: Type.String({ description: 'For one transaction.' }),
    max_offline_per_device_per_day: Type.Integer({ description: 'A count of transactions.' }),
    require_agent_approval_above: Nullable(Type.String()),
    allowed_methods: Type.Array(OneOf(TILL_METHODS)),
    max_bundle_age_hours: Type.Integer(),
    review_from: Type.Number({ description: 'Score from which somebody looks first.' }),
    quarantine_from: Type.Number(),
    enabled: Type.Boolean(),
    effective_from: Timestamp,
  },
  { title: 'OfflinePolicy' },
);
export type OfflinePolicy = Static<typeof OfflinePolicy>;

const policyExample = {
  ...{ country: 'PK', version: 2, status: 'active', currency: 'PKR' },
  ...{ max_offline_amount: '25000.00', max_offline_per_device_per_day: 50 },
  ...{ require_agent_approval_above: null, allowed_methods: ['wallet', 'qr', 'ussd'] },
  ...{ max_bundle_age_hours: 72, review_from: 0.15, quarantine_from: 0.35, enabled: true },
  effective_from: '2026-11-20T10:00:00.000Z',
};

const policy = {
  type: 'json',
  schema: Type.Object(
    { success: Type.Literal(true), policy: OfflinePolicy },
    { title: 'OfflinePolicyAnswer' },
  ),
  example: { success: true, policy: policyExample },
} as const;

const TillParams = Closed({ device_id: DeviceId });
const Score = Type.Number({ minimum: 0, maximum: 1 });

function changeOf(word: 'revoke' | 'suspend' | 'activate', summary: string) {
  return {
    method: 'POST',
    path: `/offline/devices/{device_id}/${word}`,
    forTills: true,
    tag: 'Tills',
    summary,
    auth: 'operator',
    limit: 'other',
    params: TillParams,
    statuses: { 200: 'As it is now.' },
    answer: till,
    problems: ['till/not_found', 'till/status'],
  } as const satisfies Route;
}

/** Devices of merchants and agents that upload signed bundles, and what they may do offline. */
export const tillRoutes = {
  registerTill: {
    method: 'POST',
    path: '/offline/devices',
    forTills: true,
    tag: 'Tills',
    summary: 'Register a device of a tenant; a tenant’s first device opens its account and float',
    auth: 'operator',
    limit: 'other',
    body: {
      type: 'json',
      open: true,
      schema: Open(
        {
          device_id: DeviceId,
          tenant_type: OneOf(TENANT_TYPES),
          tenant_id: TenantId,
          pubkey_pem: Type.String({ minLength: 1, maxLength: 2048 }),
          country: Country,
          currency_default: CurrencyCode,
        },
        'NewTill',
      ),
      example: {
        ...{ device_id: 'till-chakwal-1', tenant_type: 'merchant', tenant_id: 'shop-42' },
        ...{ pubkey_pem: '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n' },
        ...{ country: 'PK', currency_default: 'PKR' },
      },
    },
    statuses: { 201: 'Registered.' },
    answer: till,
    problems: ['till/exists', 'till/key_invalid'],
  },
  getTill: {
    method: 'GET',
    path: '/offline/devices/{device_id}',
    forTills: true,
    tag: 'Tills',
    summary: 'One device',
    auth: 'operator',
    limit: 'other',
    params: TillParams,
    statuses: { 200: 'As it is now.' },
    answer: till,
    problems: ['till/not_found'],
  },
  revokeTill: changeOf('revoke', 'Never take anything from this device again'),
  suspendTill: changeOf('suspend', 'Take nothing from this device for now'),
  activateTill: changeOf('activate', 'End a suspension'),
  setOfflinePolicy: {
    method: 'POST',
    path: '/offline/policies',
    forTills: true,
    tag: 'Tills',
    summary: 'A new version of a country’s policy; two people must ask for the same',
    description:
      'The first call proposes, the same call by another operator puts it in force. Members that ' +
      'are left out have the defaults of the example.',
    auth: 'operator',
    limit: 'other',
    body: {
      type: 'json',
      open: true,
      amounts: ['max_offline_amount', 'require_agent_approval_above'],
      schema: Open(
        {
          country: Country,
          currency: Type.Optional(CurrencyCode),
          max_offline_amount: LooseAmount,
          max_offline_per_device_per_day: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 100_000 }),
          ),
          require_agent_approval_above: Type.Optional(Nullable(LooseAmount)),
          allowed_methods: Type.Optional(
            Type.Array(OneOf(TILL_METHODS), { minItems: 1, maxItems: 3, uniqueItems: true }),
          ),
          max_bundle_age_hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720 })),
          review_from: Type.Optional(Score),
          quarantine_from: Type.Optional(Score),
          enabled: Type.Optional(Type.Boolean()),
          effective_from: Type.Optional(Timestamp),
        },
        'NewOfflinePolicy',
      ),
      example: {
        ...{ country: 'PK', currency: 'PKR', max_offline_amount: '25000.00' },
        ...{ max_offline_per_device_per_day: 50, allowed_methods: ['wallet', 'qr', 'ussd'] },
        ...{ max_bundle_age_hours: 72, enabled: true },
      },
    },
    statuses: { 200: 'In force (`active`), or waiting for a second person (`proposed`).' },
    answer: policy,
    problems: ['policy/invalid', 'amount/invalid'],
  },
  getOfflinePolicy: {
    method: 'GET',
    path: '/offline/policies/{country}',
    forTills: true,
    tag: 'Tills',
    summary: 'The policy in force',
    auth: 'public',
    limit: 'other',
    params: Closed({ country: Country }),
    statuses: { 200: 'The version in force now.' },
    answer: policy,
    problems: ['policy/not_found'],
  },
} as const satisfies Readonly<Record<string, Route>>;
