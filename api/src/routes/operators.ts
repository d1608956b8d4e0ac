import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  Amount,
  Closed,
  CurrencyCode,
  Id,
  Nullable,
  OneOf,
  PageSize,
  SuiteName,
  Timestamp,
} from '../shapes.ts';
import { Bulletin } from './log.ts';
import { CaseSummary } from './reviews.ts';
import { IssuerKey } from './service.ts';

export const ProofSummary = Type.Object(
  {
    proof_id: Id,
    verdict: OneOf(['double_spend', 'contradiction']),
    allowance_id: Id,
    till: Type.Integer({ minimum: 1 }),
    account: Type.String(),
    at: Timestamp,
    decision: Nullable(CaseSummary),
  },
  { title: 'ProofSummary' },
);

export const LedgerSum = Type.Object(
  {
    sums: Type.Array(
      Type.Object({
        currency: CurrencyCode,
        sum: Type.String({ description: 'Minor units over every account: always "0".' }),
      }),
    ),
  },
  { title: 'LedgerSum' },
);

export const DemoAccountOrder = Closed(
  {
    account: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' }),
    name: Type.String({ minLength: 1, maxLength: 32 }),
    town: Type.String({ minLength: 1, maxLength: 24 }),
    currency: CurrencyCode,
    balance: Amount,
  },
  'DemoAccountOrder',
);

export const operatorRoutes = {
  listProofs: {
    method: 'GET',
    path: '/api/v1/operator/proofs',
    tag: 'Operators',
    summary: 'Proofs of double spending, newest first',
    auth: 'operator',
    limit: 'other',
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
            decision: null,
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
    limit: 'other',
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
    limit: 'other',
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
  getLedgerSum: {
    method: 'GET',
    path: '/api/v1/operator/ledger',
    tag: 'Operators',
    summary: 'The sum over all accounts, by currency',
    description: 'Money is never made or lost, so each sum is zero at every commit.',
    auth: 'operator',
    limit: 'other',
    statuses: { 200: 'The sums.' },
    answer: {
      type: 'json',
      schema: LedgerSum,
      example: { sums: [{ currency: 'PKR', sum: '0' }] },
    },
    problems: [],
  },
  createDemoAccount: {
    method: 'POST',
    path: '/api/v1/operator/demo-accounts',
    tag: 'Operators',
    summary: 'Make a person with play money',
    description: 'In a demo only: it makes money out of nothing.',
    auth: 'operator',
    limit: 'other',
    body: {
      type: 'json',
      schema: DemoAccountOrder,
      example: {
        account: 'ayesha-1',
        name: 'Ayesha Bibi',
        town: 'Chakwal',
        currency: 'PKR',
        balance: '20000.00',
      },
    },
    statuses: { 201: 'Made, with both wallets.' },
    answer: {
      type: 'json',
      schema: Type.Object({ account: Type.String() }, { title: 'DemoAccount' }),
      example: { account: 'ayesha-1' },
    },
    problems: ['demo/off', 'demo/account_taken', 'amount/invalid'],
  },
} as const satisfies Readonly<Record<string, Route>>;
