import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, Id, OneOf, PageSize, SuiteName, Timestamp } from '../shapes.ts';
import { Bulletin } from './log.ts';
import { IssuerKey } from './service.ts';

export const ProofSummary = Type.Object(
  {
    proof_id: Id,
    verdict: OneOf(['double_spend', 'contradiction']),
    allowance_id: Id,
    till: Type.Integer({ minimum: 1 }),
    account: Type.String(),
    at: Timestamp,
  },
  { title: 'ProofSummary' },
);

export const operatorRoutes = {
  listProofs: {
    method: 'GET',
    path: '/api/v1/operator/proofs',
    tag: 'Operators',
    summary: 'Proofs of double spending, newest first',
    auth: 'operator',
    query: Closed({ limit: Type.Optional(PageSize) }),
    statuses: { 200: 'At most `limit`.' },
    answer: {
      type: 'json',
      schema: Type.Object({ proofs: Type.Array(ProofSummary) }, { title: 'Proofs' }),
      example: {
        proofs: [
          {
            proof_id: 'ef'.repeat(32),
            verdict: 'double_spend',
            allowance_id: 'ab'.repeat(32),
            till: 4711,
            account: 'ayesha',
            at: '2026-11-20T10:00:00.000Z',
          },
        ],
      },
    },
    problems: [],
  },
  issueBulletin: {
    method: 'POST',
    path: '/api/v1/operator/bulletins',
    tag: 'Operators',
    summary: 'Issue a bulletin now',
    auth: 'operator',
    statuses: { 201: 'Issued.' },
    answer: {
      type: 'packet',
      first: 'application/json',
      schema: Bulletin,
      example: {
        version: 10,
        id: 'ab'.repeat(32),
        issued_at: '2026-11-20T10:00:00.000Z',
        packet: 'hAkM',
      },
    },
    problems: [],
  },
  rotateIssuerKey: {
    method: 'POST',
    path: '/api/v1/operator/issuer-keys/rotate',
    tag: 'Operators',
    summary: 'Sign with a fresh key from now on; the old one goes on verifying',
    auth: 'operator',
    body: {
      type: 'json',
      schema: Closed({ suite: Type.Optional(SuiteName) }),
      example: { suite: 'ES256' },
    },
    statuses: { 201: 'The new key; a new bulletin carries it.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        { key: IssuerKey, bulletin_version: Type.Integer({ minimum: 1 }) },
        { title: 'Rotated' },
      ),
      example: {
        key: {
          number: 2,
          suite: 'ES256',
          public_key: 'A'.repeat(44),
          from: 1_795_000_000,
          until: 1_830_000_000,
        },
        bulletin_version: 11,
      },
    },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
