import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  Amount,
  AnswerPacket,
  Closed,
  CurrencyCode,
  Id,
  Nullable,
  OneOf,
  PacketText,
  Seconds,
  Timestamp,
  WalletNumber,
} from '../shapes.ts';

/** The last settled payment by sequence: a journal behind it was rolled back (spec/journal.md). */
export const Head = Type.Object(
  { sequence: Type.Integer({ minimum: 1 }), spent: Amount, payment_id: Id },
  { title: 'Head' },
);

export const Allowance = Type.Object(
  {
    allowance_id: Id,
    serial: Type.Integer({ minimum: 1 }),
    till: Type.Integer({ minimum: 1 }),
    wallet_id: WalletNumber,
    status: OneOf(['active', 'exhausted', 'returned', 'revoked', 'expired', 'closed']),
    currency: CurrencyCode,
    limit: Amount,
    per_payment: Amount,
    count: Type.Integer({ minimum: 1 }),
    first_sequence: Type.Integer({ minimum: 1 }),
    from: Seconds,
    until: Seconds,
    claim_until: Seconds,
    settled: Amount,
    released: Amount,
    head: Nullable(Head),
    issued_at: Timestamp,
    packet: AnswerPacket,
  },
  { title: 'Allowance' },
);
export type Allowance = Static<typeof Allowance>;

const allowance = {
  allowance_id: 'ab'.repeat(32),
  serial: 31,
  till: 4711,
  wallet_id: 100_000_000_008,
  status: 'active',
  currency: 'PKR',
  limit: '5000.00',
  per_payment: '1000.00',
  count: 100,
  first_sequence: 1,
  from: 1_795_000_000,
  until: 1_796_209_600,
  claim_until: 1_798_801_600,
  settled: '500.00',
  released: '0.00',
  head: { sequence: 1, spent: '500.00', payment_id: 'cd'.repeat(32) },
  issued_at: '2026-11-20T10:00:00.000Z',
  packet: 'hAkB',
};

export const allowanceRoutes = {
  createAllowance: {
    method: 'POST',
    path: '/api/v1/allowances',
    tag: 'Allowances',
    summary: 'Reserve offline money and get the bank-signed right to spend it',
    description:
      'One allowance a (device, journal nonce): the same request again gives the first again.',
    auth: 'account',
    limit: 'other',
    body: {
      type: 'json',
      schema: Closed({ request: PacketText }),
      example: { request: 'hAkD' },
    },
    statuses: { 201: 'Issued now.', 200: 'Issued before to this very request.' },
    answer: { type: 'json', schema: Allowance, example: allowance },
    problems: [
      'allowance/request_invalid',
      'allowance/wrong_bank',
      'allowance/wrong_account',
      'allowance/device_unknown',
      'allowance/signature_invalid',
      'allowance/nonce_used',
      'allowance/currency_unsupported',
      'allowance/over_limit',
      'allowance/limit_reached',
      'device/challenge_invalid',
      'device/revoked',
      'wallet/not_found',
      'wallet/inactive',
      'wallet/insufficient_funds',
    ],
  },
  listAllowances: {
    method: 'GET',
    path: '/api/v1/allowances',
    tag: 'Allowances',
    summary: 'Your allowances, each with the last payment the bank has settled',
    auth: 'account',
    limit: 'other',
    openToBlocked: true,
    statuses: { 200: 'Newest first, at most 100.' },
    answer: {
      type: 'json',
      schema: Type.Object({ allowances: Type.Array(Allowance) }, { title: 'Allowances' }),
      example: { allowances: [allowance] },
    },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
