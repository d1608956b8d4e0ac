import type { Problem } from '@sikka/api/thin';
import { describe, expect, it } from 'vitest';
import type { Drawer } from '../../src/vault/drawer.ts';
import { hasOpenOrders } from '../../src/wallet/open-orders.ts';
import { openLoads } from '../../src/wallet/loads.ts';
import type { LoadsParts } from '../../src/wallet/loads.ts';
import { openWithdrawals } from '../../src/wallet/withdrawals.ts';
import type { WithdrawalsParts } from '../../src/wallet/withdrawals.ts';

const ORDER = { wallet: 1, amountMinor: 500n, bankAccount: 'PK36SCBL0000001123456702' };
const PROBLEM: Problem = {
  ...{ type: '/problems/x', title: 'No', status: 403, detail: '' },
  ...{ code: 'auth/account_blocked', transient: false, advice: '' },
};

/** A bank that refuses with this, or answers. */
function createBank(says: Partial<Problem> | undefined) {
  const kept = new Map<string, unknown>();
  const drawer: Drawer = {
    get: async <T>(name: string) => kept.get(name) as T | undefined,
    put: async (name, value) => void kept.set(name, structuredClone(value)),
    remove: async (name) => void kept.delete(name),
  };
  let turn = Promise.resolve<unknown>(undefined);
  const alone: WithdrawalsParts['alone'] = (work) => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const sent: string[] = [];
  const answer = async ({ idempotencyKey = '' }) => {
    sent.push(idempotencyKey);
    if (says !== undefined) return { ok: false, problem: { ...PROBLEM, ...says } };
    return { ok: true, status: 201, value: { status: 'ordered' } };
  };
  const client = { withdraw: answer, createTransfer: answer };
  let keys = 0;
  const parts = { drawer, alone, currency: 586, newKey: () => `order-${(keys += 1)}` };
  return { parts, drawer, sent, client: client as unknown as WithdrawalsParts['client'] };
}

describe('a withdrawal', () => {
  it.each<[Partial<Problem>, boolean]>([
    [{ code: 'auth/account_blocked' }, true],
    [{ code: 'auth/role_missing' }, true],
    [{ code: 'auth/token_missing', status: 401 }, true],
    [{ code: 'auth/step_up_required' }, false],
    [{ code: 'wallet/insufficient_funds', status: 409 }, false],
  ])('after %j stays open: %s', async (says, open) => {
    const { parts, client, drawer } = createBank(says);
    const withdrawals = openWithdrawals({ ...parts, client });
    expect(await withdrawals.order(ORDER)).toMatchObject({ ok: false, open });
    expect((await withdrawals.kept()) !== undefined).toBe(open);
    expect(await hasOpenOrders(drawer)).toBe(open);
  });

  it('is one order where two tabs ask at once and no answer is known', async () => {
    const { parts, client, sent } = createBank({ status: 0, transient: true });
    const tabs = [openWithdrawals({ ...parts, client }), openWithdrawals({ ...parts, client })];
    await Promise.all(tabs.map((tab) => tab.order(ORDER)));
    expect(sent).toEqual(['order-1', 'order-1']);
  });
});

describe('a move between the wallets', () => {
  it('keeps its key where the account is blocked before the answer is known', async () => {
    const { parts, client, drawer, sent } = createBank({});
    const move = { kind: 'load', step: 'bank', amount: '500', from: 1, to: 2, moved: '5.00' };
    await drawer.put('move', { ...move, key: 'load-1', backKey: 'load-2' });
    const loads = await openLoads({
      ...parts,
      client: client as unknown as LoadsParts['client'],
      askOnline: () => Promise.reject(new Error('not asked')),
      requestAllowance: () => Promise.reject(new Error('not asked')),
      changed: () => Promise.resolve(),
    });
    expect(await loads.resume()).toEqual({ ok: false, code: 'auth/account_blocked' });
    expect(await drawer.get('move')).toMatchObject({ key: 'load-1' });
    expect(sent).toEqual(['load-1']);
    expect(await hasOpenOrders(drawer)).toBe(true);
  });
});
