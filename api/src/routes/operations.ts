import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, Nullable, PageSize, Timestamp } from '../shapes.ts';

const NightlyCheck = Type.Object(
  {
    day: Type.String({ description: 'UTC.' }),
    started_at: Timestamp,
    finished_at: Nullable(Timestamp),
    ok: Nullable(Type.Boolean({ description: 'Whether nothing was found.' })),
    report: Nullable(
      Type.Unsafe<Readonly<Record<string, unknown>>>(
        Type.Object(
          {},
          {
            description: 'How many of each kind were found, the first of them, what was looked at.',
            additionalProperties: true,
          },
        ),
      ),
    ),
  },
  { title: 'NightlyCheck' },
);

/** What the bank finds when it looks at itself. */
export const operationsRoutes = {
  listNightlyChecks: {
    method: 'GET',
    path: '/api/v1/operator/nightly-checks',
    tag: 'Operators',
    summary: 'The nightly checks of money against evidence, newest first',
    description: 'Each recomputes the books of the whole ledger. Nothing is ever corrected by it.',
    auth: 'account',
    roles: ['finance', 'pay_admin', 'admin'],
    limit: 'other',
    query: Closed({ limit: Type.Optional(PageSize) }),
    statuses: { 200: 'At most `limit`, else 30.' },
    answer: {
      type: 'json',
      schema: Type.Object({ checks: Type.Array(NightlyCheck) }, { title: 'NightlyChecks' }),
      example: {
        checks: [
          {
            day: '2026-11-21',
            started_at: '2026-11-21T00:02:00.000Z',
            finished_at: '2026-11-21T00:02:09.000Z',
            ok: true,
            report: { found: { balances: 0 }, findings: { balances: [] }, seen: { log_leaves: 9 } },
          },
        ],
      },
    },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
