import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed } from '../shapes.ts';

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
