import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Amount, Closed, CurrencyCode, Nullable, OneOf, PageSize, Timestamp } from '../shapes.ts';
import { TENANT_TYPES, TenantId } from './tills.ts';

export const Approval = Type.Object(
  {
    id: Type.String(),
    kind: Type.String(),
    subject: Type.String(),
    content: Type.String({ description: 'JSON: exactly what a second person has to ask for.' }),
    proposed_by: Nullable(Type.String()),
    proposed_at: Timestamp,
  },
  { title: 'Approval' },
);

/** Money that the bank puts behind tenants, limits and guarantees, and what awaits two people. */
export const fundingRoutes = {
  fundHouse: {
    method: 'POST',
    path: '/api/v1/operator/funding',
    tag: 'Operators',
    summary: 'Put money into a tenant’s float, the credit line or the guarantee fund',
    description: 'The first call proposes, the same call by another person moves the money, once.',
    auth: 'account',
    roles: ['finance', 'admin'],
    limit: 'other',
    body: {
      type: 'json',
      schema: Closed(
        {
          account: OneOf(['float', 'credit_line', 'guarantee']),
          tenant_type: Type.Optional(OneOf(TENANT_TYPES)),
          tenant_id: Type.Optional(TenantId),
          currency: CurrencyCode,
          amount: Amount,
          note: Type.String({
            description: 'Tells one funding from the next of the same amount.',
            pattern: '^[^\\u0000-\\u001f\\u007f]+$',
            minLength: 3,
            maxLength: 200,
          }),
        },
        'Funding',
      ),
      example: {
        ...{ account: 'float', tenant_type: 'agent', tenant_id: 'agent-7' },
        ...{ currency: 'PKR', amount: '100000.00', note: 'week 47' },
      },
    },
    statuses: { 200: 'Moved.', 202: 'Proposed: a second person is awaited.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          status: OneOf(['done', 'waiting']),
          approval_id: Type.String(),
          balance: Nullable(Type.String({ description: 'Of the account, once moved.' })),
        },
        { title: 'Funded' },
      ),
      example: { status: 'done', approval_id: '12', balance: '100000.00' },
    },
    problems: ['amount/invalid', 'funding/invalid', 'tenant/not_found'],
  },
  listApprovals: {
    method: 'GET',
    path: '/api/v1/operator/approvals',
    tag: 'Operators',
    summary: 'What waits for a second person, oldest first',
    auth: 'account',
    roles: ['finance', 'risk', 'pay_admin', 'admin'],
    limit: 'other',
    query: Closed({ limit: Type.Optional(PageSize) }),
    statuses: { 200: 'At most `limit`.' },
    answer: {
      type: 'json',
      schema: Type.Object({ approvals: Type.Array(Approval) }, { title: 'Approvals' }),
      example: {
        approvals: [
          {
            ...{ id: '12', kind: 'funding', subject: 'float:agent:agent-7' },
            ...{ content: '{"amount":"10000000"}', proposed_by: 'finance-1' },
            proposed_at: '2026-11-20T10:00:00.000Z',
          },
        ],
      },
    },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
