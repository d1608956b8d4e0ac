import { currencyOf, formatAmount, parseAmount } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { ensureFloat, tenantByAlias } from '../../devices/index.ts';
import { balances, post } from '../../ledger/index.ts';
import type { AccountId } from '../../ledger/index.ts';
import { agree, openApprovals } from '../../policy/index.ts';
import type { Settlement } from '../../settlement/index.ts';
import { openHouseAccount } from '../../wallets/index.ts';

export interface FundingDeps {
  readonly pool: Pool;
  readonly settlement: Pick<Settlement, 'requeueOrders'>;
  /** One person is enough. */
  readonly demo: boolean;
}

/** Money of the bank's own that stands behind floats, limits and guarantees; by two people. */
export function fundingRoutes(deps: FundingDeps): Handlers<'fundHouse' | 'listApprovals'> {
  return {
    fundHouse: (call) => fund(deps, call),
    listApprovals: async ({ query }) => {
      const open = await openApprovals(deps.pool, Number(query.limit ?? '50'));
      const approvals = open.map((approval) => ({
        ...{ id: approval.id.toString(), kind: approval.kind, subject: approval.subject },
        ...{ content: approval.content, proposed_by: approval.proposedBy ?? null },
        proposed_at: approval.proposedAt.toISOString(),
      }));
      return { ok: true, status: 200, value: { approvals } };
    },
  };
}

async function fund(
  { pool, settlement, demo }: FundingDeps,
  { caller, body, now }: Call<'fundHouse'>,
): Promise<Reply<'fundHouse'>> {
  const currency = currencyOf(body.currency)?.numeric;
  if (currency === undefined) return invalid('This bank keeps no accounts in that currency.');
  const amount = parseAmount(body.amount, currency);
  if (!amount.ok || amount.value < 1n) return amountInvalid;
  const { account, tenant_type: type, tenant_id: id, note } = body;
  if ((account === 'float') !== (type !== undefined && id !== undefined)) {
    return invalid('`tenant_type` and `tenant_id` are named for a float, and only for one.');
  }
  const subject = [account, type, id, body.currency].filter((part) => part !== undefined);
  return inTransaction(pool, async (tx) => {
    const order = { account, type, id, currency, now };
    const target = await accountFor(tx, order);
    if (target === undefined) return noTenant;
    const content = { amount: amount.value, note };
    // The note tells one funding from the next: the same again is this one.
    const act = {
      kind: 'funding',
      subject: subject.join(':'),
      content,
      caller,
      now,
      once: true,
    } as const;
    const { agreed, approval, done: before } = await agree(tx, act, { alone: demo });
    if (before === true) return done(tx, { target, currency, approval });
    if (!agreed) {
      const value = { status: 'waiting', approval_id: approval.toString(), balance: null } as const;
      return { ok: true, status: 202, value };
    }
    const event = { action: 'funding', subject: subject.join(':'), outcome: 'ok' };
    const details = { approval, amount: amount.value };
    await record(tx, [{ actor: `account:${caller.account}`, ...event, details }], now);
    // What waited for this money; before the balances, which every batch locks last.
    await settlement.requeueOrders(tx, target);
    await move(tx, { target, currency, amountMinor: amount.value, approval, now });
    return done(tx, { target, currency, approval });
  });
}

async function done(
  tx: Tx,
  funded: { readonly target: AccountId; readonly currency: number; readonly approval: bigint },
): Promise<Reply<'fundHouse'>> {
  const { target, currency, approval } = funded;
  const held = (await balances(tx, [target])).get(target)?.balanceMinor ?? 0n;
  const balance = formatAmount(held, currency);
  const value = { status: 'done', approval_id: approval.toString(), balance } as const;
  return { ok: true, status: 200, value };
}

/** The account to fund; undefined where no till of such a tenant was ever registered. */
async function accountFor(
  tx: Tx,
  order: {
    readonly account: 'float' | 'credit_line' | 'guarantee';
    readonly type: 'merchant' | 'agent' | 'internal' | undefined;
    readonly id: string | undefined;
    readonly currency: number;
    readonly now: Date;
  },
): Promise<AccountId | undefined> {
  const { account, type, id, currency, now: at } = order;
  if (account !== 'float') return openHouseAccount(tx, { kind: account, currency, at });
  if (type === undefined || id === undefined) return undefined;
  const tenant = await tenantByAlias(tx, { type, id });
  return tenant === undefined ? undefined : ensureFloat(tx, { tenant: tenant.no, currency, at });
}

async function move(
  tx: Tx,
  order: {
    readonly target: AccountId;
    readonly currency: number;
    readonly amountMinor: bigint;
    readonly approval: bigint;
    readonly now: Date;
  },
): Promise<void> {
  const { target, currency, amountMinor, approval, now } = order;
  const cash = await openHouseAccount(tx, { kind: 'bank_cash', currency, at: now });
  const reference = new TextEncoder().encode(`approval:${approval}`);
  const transfer = { kind: 'funding', currency, debit: cash, credit: target, amountMinor };
  const posted = await post(tx, [{ ...transfer, reference }], now);
  if (!posted.ok) throw new Error(`A funding was refused: ${posted.code}.`);
}

function invalid(detail: string): Refused {
  return { ok: false, code: 'funding/invalid', detail };
}

const amountInvalid = {
  ok: false,
  code: 'amount/invalid',
  detail: 'An amount is decimal text such as "500.00", more than 0, exact in the currency.',
} as const;
const noTenant = {
  ok: false,
  code: 'tenant/not_found',
  detail: 'No device of such a tenant was ever registered.',
} as const;
