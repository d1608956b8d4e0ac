import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { LIMITS } from '../limits.ts';
import { Closed, Open, Timestamp } from '../shapes.ts';

const Coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });

/** As a JSON Web Key (RFC 7517), which WebCrypto imports as it is. */
export const SealingKey = Type.Object(
  {
    public_key: Type.Object({
      kty: Type.Literal('EC'),
      crv: Type.Literal('P-256'),
      use: Type.Literal('enc'),
      kid: Type.String(),
      x: Coordinate,
      y: Coordinate,
    }),
    format: Type.Literal('JWK'),
    algorithm: Type.Literal('ECDH P-256'),
    usage: Type.String(),
  },
  { title: 'SealingKey' },
);

const keyExample = {
  public_key: {
    ...{ kty: 'EC', crv: 'P-256', use: 'enc', kid: '1' },
    ...{ x: 'A'.repeat(43), y: 'A'.repeat(43) },
  },
  ...{ format: 'JWK', algorithm: 'ECDH P-256', usage: 'Seal ledgers and bundles to this key.' },
};
const key = { type: 'json', schema: SealingKey, example: keyExample } as const;

const Texts = Type.Array(Type.String());

export const LedgerVerified = Type.Object(
  {
    valid: Type.Boolean(),
    errors: Texts,
    verified_transactions: Type.Array(Type.String(), { description: 'Their `txn_id`.' }),
  },
  { title: 'LedgerVerified' },
);

export const LedgerSettled = Type.Object(
  {
    settled: Type.Boolean(),
    settled_transactions: Type.Array(Type.String(), {
      description: 'The `txn_id` of each that this very call settled.',
    }),
    errors: Texts,
    audit_log_ids: Texts,
  },
  { title: 'LedgerSettled' },
);

export const BankLogs = Type.Object(
  {
    logs: Type.Array(
      Type.Object({
        log_id: Type.String(),
        actor: Type.String(),
        action: Type.String(),
        txn_id: Type.Union([Type.String(), Type.Null()]),
        status: Type.String(),
        details: Type.Unknown(),
        timestamp: Timestamp,
      }),
    ),
    count: Type.Integer(),
    limit: Type.Integer(),
    offset: Type.Integer(),
  },
  { title: 'BankLogs' },
);

/** The sealed form; a plain list, one entry and `{ledger: …}` are taken too. */
const ledger = {
  type: 'json',
  open: true,
  verbatim: true,
  schema: Type.Unknown({
    description: 'One of the four forms of spec/sealed-ledger.md §1.',
  }),
  maxBytes: LIMITS.ledgerBytes,
  maxValues: LIMITS.ledgerValues,
  example: {
    encrypted_payload: 'AAAA',
    encrypted_aes_key: 'A'.repeat(80),
    iv: 'A'.repeat(16),
    receiver_public_key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) },
  },
} as const;

/** Ledgers sealed to the bank by their receivers (spec/sealed-ledger.md). */
export const ledgerRoutes = {
  getSealingKey: {
    method: 'GET',
    path: '/bank-public-key',
    tag: 'Sealed ledgers',
    summary: 'The key to seal ledgers and bundles to',
    auth: 'public',
    limit: 'other',
    statuses: { 200: 'The newest key; those before it still open what comes within a month.' },
    answer: key,
    problems: [],
  },
  verifyLedger: {
    method: 'POST',
    path: '/verify-ledger',
    tag: 'Sealed ledgers',
    summary: 'What settling a ledger would say now; moves nothing',
    auth: 'public',
    limit: 'other',
    body: ledger,
    statuses: { 200: 'Whatever is wrong with it is in `errors`.' },
    answer: {
      type: 'json',
      schema: LedgerVerified,
      example: { valid: true, errors: [], verified_transactions: ['TXN-1'] },
    },
    problems: [],
  },
  settleLedger: {
    method: 'POST',
    path: '/settle-ledger',
    tag: 'Sealed ledgers',
    summary: 'Settle what is new in a ledger',
    description:
      'A ledger whose chain, receiver or senders’ signatures are wrong settles nothing. Sent ' +
      'again it moves nothing again, and a longer one settles what is new in it.',
    auth: 'public',
    limit: 'other',
    body: ledger,
    statuses: { 200: 'What this call settled; the rest is in `errors`.' },
    answer: {
      type: 'json',
      schema: LedgerSettled,
      example: {
        ...{ settled: true, settled_transactions: ['TXN-1'], errors: [] },
        audit_log_ids: ['4711'],
      },
    },
    problems: [],
  },
  listBankLogs: {
    method: 'GET',
    path: '/bank-logs',
    tag: 'Sealed ledgers',
    summary: 'What the audit chain says of ledgers, newest first',
    auth: 'account',
    roles: ['risk', 'support', 'admin'],
    openInDemo: true,
    limit: 'other',
    openQuery: true,
    query: Open({
      limit: Type.Optional(
        Type.String({ description: '1 to 200.', pattern: '^([1-9][0-9]?|1[0-9]{2}|200)$' }),
      ),
      offset: Type.Optional(
        Type.String({ description: '0 to 10,000.', pattern: '^(0|[1-9][0-9]{0,3}|10000)$' }),
      ),
    }),
    statuses: { 200: 'At most `limit` of them.' },
    answer: {
      type: 'json',
      schema: BankLogs,
      example: {
        logs: [
          {
            ...{ log_id: '4711', actor: 'ledger:open', action: 'ledger.settled' },
            ...{ txn_id: 'TXN-1', status: 'acceptable', details: { amount: '50' } },
            timestamp: '2026-11-20T10:00:00.000Z',
          },
        ],
        ...{ count: 1, limit: 50, offset: 0 },
      },
    },
    problems: [],
  },
  rotateSealingKey: {
    method: 'POST',
    path: '/api/v1/operator/sealing-keys/rotate',
    tag: 'Operators',
    summary: 'Have others seal to a fresh key; the old one opens for another month',
    auth: 'operator',
    limit: 'other',
    body: { type: 'json', schema: Closed({}), example: {} },
    statuses: { 201: 'The new key.' },
    answer: key,
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
