import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  AnswerPacket,
  Bytes32,
  Closed,
  CurrencyCode,
  Id,
  NumberText,
  OneOf,
  PacketText,
  Point,
  Seconds,
  SuiteName,
  Timestamp,
  WalletNumber,
} from '../shapes.ts';

export const Challenge = Type.Object(
  { challenge: Bytes32, expires_at: Timestamp },
  { title: 'Challenge' },
);

export const Credential = Type.Object(
  {
    serial: Type.Integer({ minimum: 1 }),
    id: Id,
    mode: OneOf(['dynamic', 'static']),
    wallet_id: WalletNumber,
    currency: CurrencyCode,
    name: Type.String(),
    town: Type.String(),
    from: Seconds,
    until: Seconds,
    packet: AnswerPacket,
  },
  { title: 'Credential' },
);
export type Credential = Static<typeof Credential>;

export const Device = Type.Object(
  {
    till: Type.Integer({ minimum: 1, description: 'The bank’s number of the device.' }),
    key_hash: Id,
    suite: SuiteName,
    role: OneOf(['payer', 'payee', 'both']),
    status: OneOf(['active', 'suspended', 'revoked']),
    revoked_reason: Type.Optional(Type.String()),
    created_at: Timestamp,
  },
  { title: 'Device' },
);
export type Device = Static<typeof Device>;

/** `credential` is the packet; a device that only pays has none. */
export const Enrolled = Type.Object(
  {
    device: Device,
    credential: Type.Optional(AnswerPacket),
    credential_id: Type.Optional(Id),
  },
  { title: 'Enrolled' },
);

export const REVOCATION_REASONS = ['lost', 'stolen', 'replaced', 'other'] as const;

const device = {
  till: 4711,
  key_hash: 'cd'.repeat(32),
  suite: 'ES256',
  role: 'both',
  status: 'active',
  created_at: '2026-11-20T10:00:00.000Z',
};
const credential = {
  serial: 12,
  id: 'ef'.repeat(32),
  mode: 'static',
  wallet_id: 100_000_000_008,
  currency: 'PKR',
  name: 'Bilal Kiryana Store',
  town: 'Chakwal',
  from: 1_795_000_000,
  until: 1_829_560_000,
  packet: 'hAkB',
};
const till = Closed({ till: NumberText });

export const deviceRoutes = {
  createChallenge: {
    method: 'POST',
    path: '/api/v1/devices/challenges',
    tag: 'Devices',
    summary: 'A challenge to sign, used once, within ten minutes',
    auth: 'account',
    limit: 'other',
    body: {
      type: 'json',
      schema: Closed({
        purpose: OneOf(['enrolment', 'allowance', 'wallet_key']),
      }),
      example: { purpose: 'enrolment' },
    },
    statuses: { 201: 'The challenge.' },
    answer: {
      type: 'json',
      schema: Challenge,
      example: { challenge: 'A'.repeat(43), expires_at: '2026-11-20T10:10:00.000Z' },
    },
    problems: ['device/limit_reached'],
  },
  enrolDevice: {
    method: 'POST',
    path: '/api/v1/devices',
    tag: 'Devices',
    summary: 'Enrol a key by proving its possession',
    description:
      'The signed enrolment names bank, account and challenge (spec/documents.md §3). ' +
      'A payee gets a dynamic credential with the verified name. ' +
      'The same packet again gives the first answer again.',
    auth: 'account',
    limit: 'other',
    body: {
      type: 'json',
      schema: Closed({ enrolment: PacketText, currency: Type.Optional(CurrencyCode) }),
      example: { enrolment: 'hAkB', currency: 'PKR' },
    },
    statuses: { 201: 'Enrolled now.', 200: 'Enrolled before by these very bytes.' },
    answer: {
      type: 'json',
      schema: Enrolled,
      example: { device, credential: 'hAkB', credential_id: 'ef'.repeat(32) },
    },
    problems: [
      'device/enrolment_invalid',
      'device/wrong_bank',
      'device/wrong_account',
      'device/challenge_invalid',
      'device/possession_unproven',
      'device/key_enrolled',
      'device/limit_reached',
      'device/name_unverified',
      'device/name_taken',
      'wallet/not_found',
    ],
  },
  createPrintedCode: {
    method: 'POST',
    path: '/api/v1/devices/{till}/printed-codes',
    tag: 'Devices',
    summary: 'A static credential, to print as a code',
    description: 'Without `ecdh_key` the lasting key that the enrolment named is used.',
    auth: 'account',
    limit: 'other',
    params: till,
    body: {
      type: 'json',
      schema: Closed({
        ecdh_key: Type.Optional(Point),
        currency: Type.Optional(CurrencyCode),
      }),
      example: { ecdh_key: `A${'B'.repeat(43)}`, currency: 'PKR' },
    },
    statuses: { 201: 'The credential.' },
    answer: {
      type: 'json',
      schema: Closed({ credential: Credential }, 'PrintedCode'),
      example: { credential },
    },
    problems: [
      'device/not_found',
      'device/revoked',
      'device/role_not_payee',
      'device/ecdh_key_invalid',
      'device/name_unverified',
      'device/name_taken',
      'device/limit_reached',
      'wallet/not_found',
    ],
  },
  listDevices: {
    method: 'GET',
    path: '/api/v1/devices',
    tag: 'Devices',
    summary: 'Your devices, with their credentials',
    auth: 'account',
    limit: 'other',
    openToBlocked: true,
    statuses: { 200: 'All of them, newest first.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          devices: Type.Array(
            Type.Composite([Device, Type.Object({ credentials: Type.Array(Credential) })], {
              title: 'DeviceWithCredentials',
            }),
          ),
        },
        { title: 'Devices' },
      ),
      example: { devices: [{ ...device, credentials: [credential] }] },
    },
    problems: [],
  },
  revokeDevice: {
    method: 'POST',
    path: '/api/v1/devices/{till}/revoke',
    tag: 'Devices',
    summary: 'Revoke a lost device; a new bulletin says so',
    description:
      'Yours, or anybody’s for an operator. It stops new payments at payees that have the ' +
      'bulletin; what was accepted before still settles, and nothing is released early.',
    auth: 'account',
    limit: 'other',
    openToBlocked: true,
    params: till,
    body: {
      type: 'json',
      schema: Closed({
        reason: OneOf(REVOCATION_REASONS),
      }),
      example: { reason: 'lost' },
    },
    statuses: { 200: 'Revoked, now or before.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        { device: Device, bulletin_version: Type.Integer({ minimum: 1 }) },
        { title: 'Revoked' },
      ),
      example: {
        device: { ...device, status: 'revoked', revoked_reason: 'lost' },
        bulletin_version: 9,
      },
    },
    problems: ['device/not_found'],
  },
} as const satisfies Readonly<Record<string, Route>>;
