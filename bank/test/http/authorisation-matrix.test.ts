import { ROUTE_NAMES, ROUTES } from '@sikka/api';
import type { Route, RouteName } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as phones from './phone.ts';
import { bodyOf, startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

let running: RunningBank;
/** Ids that are Ayesha's. */
let hers: Readonly<Record<string, string>>;

beforeAll(async () => {
  running = await startTestBank();
  const ayesha = running.client('ayesha');
  const wallets = await ayesha.listWallets();
  if (!wallets.ok) throw new Error(wallets.problem.code);
  const { device } = await phones.enrolled(ayesha, 'ayesha');
  hers = {
    wallet_id: String(wallets.value[0]?.id),
    till: String(device.till),
    payment_id: 'a'.repeat(64),
    proof_id: 'a'.repeat(64),
    version: '1',
  };
  await running.ownerPool.query(
    `insert into accounts (public_id, email, name, status, status_reason, created_at)
     values ('frozen', 'frozen@example.com', 'Frozen', 'review', 'double spend', now()),
       ('gone', 'gone@example.com', 'Gone', 'closed', null, now())`,
  );
  await running.ownerPool.query(
    `insert into account_roles (account_id, role, granted_at)
     select id, 'pay_admin', now() from accounts where public_id in ('frozen', 'gone')`,
  );
});
afterAll(() => running.stop());

type Who = 'nobody' | 'ayesha' | 'bilal' | 'operator' | 'frozen' | 'gone' | 'a lesser token';

/** Who gets past the door of each kind of route; everything else is refused. */
const mayEnter: Readonly<Record<Route['auth'], readonly Who[]>> = {
  public: ['nobody', 'ayesha', 'bilal', 'operator', 'frozen', 'gone', 'a lesser token'],
  account: ['ayesha', 'bilal', 'operator', 'a lesser token'],
  operator: ['operator'],
};

async function call(name: RouteName, who: Who): Promise<Response> {
  const route: Route = ROUTES[name];
  const path = route.path.replace(/\{(\w+)\}/g, (_, key: string) => hers[key] ?? '');
  const query = name === 'getConsistency' ? '?first=0&second=0' : '';
  const headers = new Headers();
  // An operator's account, and a token that does not say so.
  const account = who === 'a lesser token' ? 'operator' : who;
  const roles = who === 'a lesser token' ? (['user'] as const) : undefined;
  if (who !== 'nobody') {
    headers.set('authorization', `Bearer ${await running.bank.token(account, roles)}`);
  }
  const { body } = route;
  if (body !== undefined) {
    headers.set('content-type', body.type === 'json' ? 'application/json' : body.mediaType);
  }
  const sent = body?.type === 'json' ? JSON.stringify(body.example) : Buffer.from([0x80]);
  const { method } = route;
  const init = { method, headers, ...(body === undefined ? {} : { body: sent }) };
  return running.fetch(`${path}${query}`, init);
}

describe.each(ROUTE_NAMES.map((name) => [name, ROUTES[name]] as [RouteName, Route]))(
  '%s',
  (name, route) => {
    const everybody: readonly Who[] = mayEnter.public;

    test.each(everybody)('as %s', async (who) => {
      const response = await call(name, who);
      const code = response.headers.get('content-type')?.startsWith('application/problem')
        ? (await bodyOf(response))['code']
        : undefined;
      expect(response.status).toBeLessThan(500);
      const blocked = who === 'frozen' || who === 'gone';
      if (route.auth !== 'public' && who === 'nobody') {
        expect([response.status, code]).toEqual([401, 'auth/token_missing']);
      } else if (route.auth !== 'public' && blocked && route.openToBlocked !== true) {
        expect([response.status, code]).toEqual([403, 'auth/account_blocked']);
      } else if (mayEnter[route.auth].includes(who) || blocked) {
        expect(String(code)).not.toMatch(/^auth\//);
      } else {
        expect([response.status, code]).toEqual([403, 'auth/role_missing']);
      }
    });
  },
);

describe('somebody else’s ids, of every route that takes one', () => {
  const withIds = ROUTE_NAMES.filter((name) => {
    const route: Route = ROUTES[name];
    return route.params !== undefined && route.auth !== 'public';
  });

  test('are these routes', () => {
    expect(withIds).toEqual([
      'getWallet',
      'createPrintedCode',
      'revokeDevice',
      'getPayment',
      'getPaymentReceipt',
    ]);
  });

  test.each(withIds)('%s says that there is no such thing', async (name) => {
    const response = await call(name, 'bilal');
    const problem = await bodyOf(response);
    expect(response.status).toBe(404);
    expect(problem['code']).toMatch(/\/not_found$/);
    // Exactly what is said of an id that nobody has: nothing can be tried out.
    const unknown = { ...hers };
    hers = { wallet_id: '999999999998', till: '999999', payment_id: 'f'.repeat(64) };
    const nobodys = await bodyOf(await call(name, 'bilal'));
    hers = unknown;
    expect({ ...nobodys, request_id: '' }).toEqual({ ...problem, request_id: '' });
  });

  test('her wallet is not his to spend from', async () => {
    const [mine] = await walletsOf('bilal');
    const answer = await running.client('bilal').createTransfer({
      body: {
        from_wallet_id: Number(hers['wallet_id']),
        to_wallet_id: mine?.id ?? 0,
        amount: '1.00',
        currency: 'PKR',
      },
    });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'wallet/not_found' } });
  });

  test('an operator revokes anybody’s device; revoked again, it stays as it was', async () => {
    const params = { till: hers['till'] ?? '' };
    // By its owner above, as lost.
    const value = { device: { status: 'revoked', revoked_reason: 'lost' } };
    for (const who of ['operator', 'ayesha']) {
      const again = await running.client(who).revokeDevice({ params, body: { reason: 'stolen' } });
      expect(again).toMatchObject({ ok: true, value });
    }
    const { device } = await phones.enrolled(running.client('bilal'), 'bilal');
    const his = { params: { till: device.till }, body: { reason: 'stolen' as const } };
    expect(await running.client('operator').revokeDevice(his)).toMatchObject({
      ok: true,
      value: { device: { status: 'revoked', revoked_reason: 'stolen' } },
    });
  });
});

test('a role taken away is gone at once, though the token still names it', async () => {
  const client = running.client('operator');
  expect(await client.listProofs()).toMatchObject({ ok: true });
  await running.ownerPool.query(`delete from account_roles where role = 'pay_admin'`);
  expect(await client.listProofs()).toMatchObject({
    ok: false,
    problem: { code: 'auth/role_missing', status: 403 },
  });
});

async function walletsOf(account: string) {
  const wallets = await running.client(account).listWallets();
  return wallets.ok ? wallets.value : [];
}
