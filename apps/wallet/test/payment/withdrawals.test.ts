import type { Problem } from '@sikka/api/thin';
import { describe, expect, it } from 'vitest';
import type { Drawer } from '../../src/vault/drawer.ts';
import { hasOpenOrders, waysToLeave } from '../../src/wallet/open-orders.ts';
import { openLoads } from '../../src/wallet/loads.ts';
import type { LoadsParts } from '../../src/wallet/loads.ts';
import { openTopUps } from '../../src/wallet/top-ups.ts';
import type { TopUpsParts } from '../../src/wallet/top-ups.ts';
import { openWithdrawals } from '../../src/wallet/withdrawals.ts';
import type { WithdrawalsParts } from '../../src/wallet/withdrawals.ts';

const ORDER = { wallet: 1, amountMinor: 500n, bankAccount: 'PK36SCBL0000001123456702' };
const PROBLEM: Problem = {
  ...{ type: '/problems/x', title: 'No', status: 403, detail: '' },
  ...{ code: 'auth/account_blocked', transient: false, advice: '' },
};

/** A bank that refuses with this, or answers. */
function createBank(says: Partial<Problem> | undefined, value: object = { status: 'ordered' }) {
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
    return { ok: true, status: 202, value };
  };
  const client = { withdraw: answer, createTransfer: answer, verifyTopUp: answer };
  let keys = 0;
  const parts = { drawer, alone, currency: 586, newKey: () => `order-${(keys += 1)}` };
  type Client = LoadsParts['client'] & WithdrawalsParts['client'] & TopUpsParts['client'];
  return { parts, drawer, sent, client: client as unknown as Client };
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

describe('signing out', () => {
  it.each([
    { documents: 1, isOrderOpen: false, ways: [] },
    { documents: 1, isOrderOpen: true, ways: [] },
    // Of an account that is blocked, too: its order cannot finish, and must not be lost.
    { documents: 0, isOrderOpen: true, ways: ['keep'] },
    { documents: 0, isOrderOpen: false, ways: ['keep', 'wipe'] },
  ])('with $documents documents and an open order: $isOrderOpen leaves $ways', (given) => {
    expect(waysToLeave(given)).toEqual(given.ways);
  });
});

describe('an answer', () => {
  it('of a withdrawal names the order it is about, and what the other bank did', async () => {
    const { parts, drawer, client } = createBank(undefined, { status: 'returned' });
    const before = { wallet: 1, amount: '9.00', bankAccount: 'PK', key: 'before' };
    await drawer.put('withdrawal', before);
    const answer = await openWithdrawals({ ...parts, client }).order(ORDER);
    const order = { wallet: 1, amountMinor: 900n, bankAccount: 'PK' };
    expect(answer).toEqual({ ok: true, status: 'returned', order });
  });

  it('of a move names what moved: a load that was asked for finishes giving back', async () => {
    const { parts, drawer, client } = createBank(undefined);
    const move = { kind: 'giveBack', step: 'bank', amount: '700', from: 2, to: 1, moved: '7.00' };
    await drawer.put('move', { ...move, key: 'back-1', backKey: 'back-2' });
    const loads = await openLoads({
      ...{ ...parts, client, changed: () => Promise.resolve() },
      askOnline: () => Promise.reject(new Error('not asked')),
      requestAllowance: () => Promise.reject(new Error('not asked')),
    });
    expect(await loads.load(500n)).toEqual({ ok: true, kind: 'giveBack', amountMinor: 700n });
  });
});

describe('a top-up', () => {
  const TOP_UP = { wallet: 1, amountMinor: 500n };

  it('keeps its key while no answer came, over a restart, and is one in two tabs', async () => {
    const { parts, client, drawer, sent } = createBank({ status: 0, transient: true });
    const tabs = [openTopUps({ ...parts, client }), openTopUps({ ...parts, client })];
    await Promise.all(tabs.map((tab) => tab.confirm(TOP_UP, '123456')));
    expect(sent).toEqual(['order-1', 'order-1']);
    expect(await hasOpenOrders(drawer)).toBe(true);
    const again = openTopUps({ ...parts, client });
    expect(await again.kept()).toEqual(TOP_UP);
    expect(await again.resume()).toMatchObject({ ok: false, open: true, topUp: TOP_UP });
    expect(sent).toEqual(['order-1', 'order-1', 'order-1']);
  });

  it('that is awaited has the bank’s reference; a wrong code ends it', async () => {
    const awaited = createBank(undefined, { msg: 'Any sentence.', reference: 'SIKKA-7' });
    const topUps = openTopUps({ ...awaited.parts, client: awaited.client });
    const answer = await topUps.confirm(TOP_UP, '123456');
    expect(answer).toMatchObject({ ok: true, status: 'awaited', reference: 'SIKKA-7' });
    expect(await topUps.kept()).toBeUndefined();
    const wrong = createBank({ code: 'otp/invalid', status: 422 });
    const refused = openTopUps({ ...wrong.parts, client: wrong.client });
    expect(await refused.confirm(TOP_UP, '000000')).toMatchObject({ ok: false, open: false });
    expect(await refused.resume()).toBeUndefined();
  });
});

describe('a move between the wallets', () => {
  it('keeps its key where the account is blocked before the answer is known', async () => {
    const { parts, client, drawer, sent } = createBank({});
    const move = { kind: 'load', step: 'bank', amount: '500', from: 1, to: 2, moved: '5.00' };
    await drawer.put('move', { ...move, key: 'load-1', backKey: 'load-2' });
    const loads = await openLoads({
      ...parts,
      client,
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
