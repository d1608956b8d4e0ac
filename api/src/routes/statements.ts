import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, OneOf, WalletNumberText } from '../shapes.ts';

/** What it means is read inside, so that a stranger to the wallet learns nothing by it. */
const PeriodEnd = Type.String({
  description: 'A UTC day, or a time such as `2026-11-21T08:00:00Z`.',
  maxLength: 30,
  examples: ['2026-11-21'],
});

const query = Closed({
  from: Type.Optional(PeriodEnd),
  to: Type.Optional(PeriodEnd),
  format: Type.Optional(OneOf(['csv', 'camt.053'])),
});

const answer = { type: 'file', mediaTypes: ['text/csv', 'application/xml'] } as const;

const PERIOD =
  'A day as `to` is part of the period, a time is not. `csv` (RFC 4180) unless `format` says ' +
  '`camt.053` (ISO 20022, camt.053.001.08).';

/** What moved in a period, as files. */
export const statementRoutes = {
  getStatement: {
    method: 'GET',
    path: '/api/v1/wallets/{wallet_id}/statement',
    tag: 'Wallets',
    summary: 'Everything that moved on one of your wallets, with both balances',
    description: `The last 30 days unless \`from\` and \`to\` say which. ${PERIOD}`,
    auth: 'account',
    limit: 'wallets',
    params: Closed({ wallet_id: WalletNumberText }),
    query,
    statuses: { 200: 'The statement.' },
    answer,
    problems: [
      'wallet/not_found',
      'statement/date_invalid',
      'statement/period_empty',
      'statement/period_too_long',
      'statement/too_long_ago',
      'statement/too_many_entries',
    ],
  },
  exportSettlement: {
    method: 'GET',
    path: '/api/v1/operator/settlement-export',
    tag: 'Operators',
    summary: 'What every kind of account held and moved, by day',
    description:
      'The whole ledger: one statement for each kind of account and currency, one entry for each ' +
      'day, kind of transfer and kind of account on the other side. All closing balances of a ' +
      'currency add up to zero. A period that has ended is told once it is closed. Yesterday; ' +
      `from \`from\` until now; or as both say. ${PERIOD}`,
    auth: 'account',
    roles: ['finance', 'pay_admin'],
    limit: 'other',
    query,
    statuses: { 200: 'The export.' },
    answer,
    problems: [
      'statement/date_invalid',
      'statement/period_empty',
      'statement/period_too_long',
      'statement/too_long_ago',
      'statement/period_open',
    ],
  },
} as const satisfies Readonly<Record<string, Route>>;
