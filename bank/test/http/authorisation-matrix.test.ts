import { generateKeyPairSync } from 'node:crypto';
import { ALIASES, ROLES, ROUTE_NAMES, ROUTES } from '@sikka/api';
import type { JsonBody, Role, Route, RouteName } from '@sikka/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../../src/demo/index.ts';
import { postJson, signIn, signUpAndIn } from '../support/person.ts';
import * as phones from './phone.ts';
import { bodyOf, startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

/** Who asks: `token` of a role is one of an account that has every role, naming only this one. */
type Who = Role | 'nobody' | 'ayesha' | 'bilal' | 'ended' | 'frozen' | 'gone';
const OTHERS = ['nobody', 'ayesha', 'bilal', 'ended', 'frozen', 'gone'] as const;
const EVERYBODY: readonly Who[] = [...OTHERS, ...ROLES];

/** Said at the door, before anything is looked at. */
const DOOR = [
  ...['auth/token_missing', 'auth/token_invalid', 'auth/token_expired', 'auth/session_ended'],
  ...['auth/account_blocked', 'auth/role_missing', 'auth/step_up_required'],
];

let running: RunningBank;
/** Public ids of accounts made here. */
const ids = new Map<string, string>();
let tokens: Readonly<Record<string, string>>;
/** Ids that are Ayesha's. */
let hers: Readonly<Record<string, string>>;
const NOBODYS_UUID = '00000000-0000-4000-8000-000000000000';
const UNKNOWN: Readonly<Record<string, string>> = {
  ...{ wallet_id: '999999999998', till: '999999', payment_id: 'f'.repeat(64), id: '999999' },
  ...{ session_id: 'A'.repeat(22), passkey_id: 'A'.repeat(22), webhook_id: 'A'.repeat(22) },
  ...{ delivery_id: '999999', user_id: 'nobody-at-all', proof_id: 'f'.repeat(64), version: '999' },
  ...{ asset: 'nothing.js', device_id: 'no-such-till', country: 'ZZ', bundle_id: 'no-such-bundle' },
  ...{ kyc_user_id: NOBODYS_UUID, limit_wallet_id: NOBODYS_UUID, upload_id: '999999' },
};

beforeAll(async () => {
  running = await startTestBank();
  for (const who of ['frozen', 'gone', 'everything']) {
    const { account } = await signUpAndIn(running.url, { email: `${who}@example.com` });
    ids.set(who, account);
    await running.ownerPool.query(
      `insert into account_roles (account_id, role, granted_at)
       select id, role, now() from accounts, unnest($2::text[]) as role where public_id = $1
       on conflict do nothing`,
      [account, ROLES],
    );
  }
  await running.ownerPool.query(
    `update accounts set status = case public_id when $1 then 'review' else 'closed' end
      where public_id = any ($2)`,
    [ids.get('frozen'), [ids.get('frozen'), ids.get('gone')]],
  );
  tokens = await tokensOfAll();
  hers = await idsOfAyesha();
});
// Who has proved a factor has always just done so, however long all of them take.
beforeEach(async () => {
  await running.ownerPool.query(
    'update sessions set stepped_up_at = now() where stepped_up_at is not null',
  );
});
afterAll(() => running.stop());

/** Ayesha and Bilal in sessions of their own, freshly proved; the others by tokens alone. */
async function tokensOfAll(): Promise<Readonly<Record<string, string>>> {
  const inSession = async (name: string) =>
    (await signIn(running.url, { email: `${name}@example.com`, password: DEMO_PASSWORD }))
      .authorization;
  const email = 'bilal@example.com';
  const past = { email, password: DEMO_PASSWORD, fingerprint: 'old-device' };
  const over = await signIn(running.url, past);
  await postJson(running.url, '/auth/logout', { refresh_token: over.refreshToken }, 200);
  const roles = ROLES.map(async (role) => {
    return [role, `Bearer ${await tokenOf('everything', [role])}`] as const;
  });
  return {
    ...Object.fromEntries(await Promise.all(roles)),
    ...{ ayesha: await inSession('ayesha'), bilal: await inSession('bilal') },
    ended: over.authorization,
    frozen: `Bearer ${await tokenOf('frozen')}`,
    gone: `Bearer ${await tokenOf('gone')}`,
  };
}

const tokenOf = (who: string, roles?: readonly Role[]) =>
  running.bank.token(ids.get(who) ?? '', roles);

async function idsOfAyesha(): Promise<Readonly<Record<string, string>>> {
  const ayesha = running.client('ayesha');
  const headers = { authorization: tokens['ayesha'] ?? '' };
  const [wallet] = await walletsOf('ayesha');
  const { device } = await phones.enrolled(ayesha, 'ayesha');
  const sessions = await running.fetch('/api/v1/sessions', { headers });
  const {
    sessions: [session],
  } = (await sessions.json()) as { sessions: readonly { id: string }[] };
  const order = { receiver_id: 'operator', amount: '1.00', currency: 'PKR', reference: 'HERS-1' };
  const paid = await postJson(running.url, '/api/v1/transactions/', order, 201, headers);
  const wanted = { url: 'https://93.184.216.34/hook', kinds: ['payment.received'] };
  const hook = await postJson(running.url, '/api/v1/webhooks', wanted, 201, headers);
  return {
    ...UNKNOWN,
    wallet_id: String(wallet?.id),
    till: String(device.till),
    session_id: session?.id ?? '',
    id: String(paid['id']),
    webhook_id: String(hook['webhook_id']),
  };
}

interface Place {
  readonly name: RouteName;
  readonly path: string;
}

const PLACES: readonly Place[] = [
  ...ROUTE_NAMES.map((name) => ({ name, path: ROUTES[name].path })),
  ...ALIASES.map(({ of, path }) => ({ name: of, path })),
];

async function call({ name, path }: Place, who: Who, ids = hers): Promise<Response> {
  const route: Route = ROUTES[name];
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => ids[key] ?? '');
  const query = name === 'getConsistency' ? '?first=0&second=0' : '';
  const headers = new Headers();
  if (who !== 'nobody') headers.set('authorization', tokens[who] ?? '');
  const { body, method } = route;
  if (body === undefined) return running.fetch(`${filled}${query}`, { method, headers });
  headers.set('content-type', body.type === 'json' ? 'application/json' : body.mediaType);
  const sent = body.type === 'json' ? JSON.stringify(exampleOf(body)) : Buffer.from([0x80]);
  return running.fetch(`${filled}${query}`, { method, headers, body: sent });
}

/** As the description shows it, with a key that is one. */
function exampleOf({ example }: JsonBody): unknown {
  if (typeof example !== 'object' || example === null) return example;
  return 'public_key_pem' in example ? { ...example, public_key_pem: PEM } : example;
}

const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();

/** The code of what was refused; a stream is left as soon as it has begun. */
async function codeOf(response: Response): Promise<string | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/problem')) {
    await response.body?.cancel();
    return undefined;
  }
  return String((await bodyOf(response))['code']);
}

/** What is said at the door; undefined for who gets in. */
function doorOf(route: Route, who: Who): string | undefined {
  if (route.auth === 'public') return undefined;
  // This bank is a demo; tests of such rows say what they are elsewhere.
  if (who === 'nobody') return route.openInDemo === true ? undefined : 'auth/token_missing';
  if (who === 'ended') return 'auth/session_ended';
  const blocked = who === 'frozen' || who === 'gone';
  if (blocked && route.openToBlocked !== true) return 'auth/account_blocked';
  const has = (role: Role) => (blocked ? true : who === role);
  if (route.auth === 'operator' && !has('pay_admin') && !has('admin')) return 'auth/role_missing';
  if (route.roles !== undefined && !route.roles.some(has)) return 'auth/role_missing';
  const inSession = who === 'ayesha' || who === 'bilal';
  return route.stepUp === true && !inSession ? 'auth/step_up_required' : undefined;
}

// Ayesha asks for nothing that would change what is hers.
const ASKING = EVERYBODY.filter((who) => who !== 'ayesha');

test.each(PLACES)('$name at $path', async (place) => {
  const route: Route = ROUTES[place.name];
  const found: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const who of ASKING) {
    const response = await call(place, who);
    const code = await codeOf(response);
    expect(response.status, who).toBeLessThan(500);
    const door = doorOf(route, who);
    expected[who] = door ?? 'enters';
    // Some ask for a fresh proof only of this or that, once inside.
    const inside = code === 'auth/step_up_required' && route.problems.includes(code);
    found[who] = code !== undefined && DOOR.includes(code) && !inside ? code : 'enters';
    if (door !== undefined) {
      expect([who, response.status]).toEqual([who, /token|session/.test(door) ? 401 : 403]);
    }
  }
  expect(found).toEqual(expected);
});

describe('somebody else’s ids, of every route that takes one', () => {
  const withIds = PLACES.filter(({ name }) => {
    const route: Route = ROUTES[name];
    return route.params !== undefined && route.auth === 'account' && route.roles === undefined;
  });

  test.each(withIds)('$name at $path says that there is no such thing', async (place) => {
    const response = await call(place, 'bilal');
    const problem = await bodyOf(response);
    // A key is refused for its proof before anybody looks whose wallet it is for.
    const proofFirst = place.name === 'registerWalletKey';
    expect(response.status).toBe(proofFirst ? 400 : 404);
    expect(problem['code']).toMatch(proofFirst ? /\/possession_unproven$/ : /\/not_found$/);
    // Exactly what is said of an id that nobody has: nothing can be tried out.
    const nobodys = await bodyOf(await call(place, 'bilal', UNKNOWN));
    expect({ ...nobodys, request_id: '' }).toEqual({ ...problem, request_id: '' });
  });

  test('and hers are hers still', async () => {
    const [wallet] = await walletsOf('ayesha');
    expect(wallet).toMatchObject({ id: Number(hers['wallet_id']), is_active: true });
    const devices = await running.client('ayesha').listDevices();
    expect(JSON.stringify(devices)).not.toContain('revoked_at');
    const headers = { authorization: tokens['ayesha'] ?? '' };
    expect((await running.fetch('/user/me', { headers })).status).toBe(200);
  });

  test.each([
    ['createTransfer', 'from_wallet_id', { to_wallet_id: 'his', amount: '1.00', currency: 'PKR' }],
    ['createQrCode', 'wallet_id', {}],
    ['topUp', 'wallet_id', { amount: '1.00', password: DEMO_PASSWORD, ...iban() }],
  ] as const)('%s: %s in the body is no better', async (name, member, rest) => {
    const [his] = await walletsOf('bilal');
    const answers = [hers['wallet_id'], UNKNOWN['wallet_id']].map(async (id) => {
      const body = { ...rest, ...('to_wallet_id' in rest ? { to_wallet_id: his?.id } : {}) };
      const headers = {
        'content-type': 'application/json',
        authorization: tokens['bilal'] ?? '',
      };
      const sent = JSON.stringify({ ...body, [member]: Number(id) });
      const { method, path } = ROUTES[name];
      const response = await running.fetch(path, { method, headers, body: sent });
      return { ...(await bodyOf(response)), request_id: '' };
    });
    const [others, nobodys] = await Promise.all(answers);
    expect(others).toMatchObject({ status: 404, code: 'wallet/not_found' });
    expect(others).toEqual(nobodys);
  });
});

test('an operator revokes anybody’s device; revoked again, it stays as it was', async () => {
  const { device } = await phones.enrolled(running.client('bilal'), 'bilal');
  const his = { params: { till: device.till }, body: { reason: 'stolen' as const } };
  const value = { device: { status: 'revoked', revoked_reason: 'stolen' } };
  const answer = await running.client('operator').revokeDevice(his);
  expect(answer).toMatchObject({ ok: true, value });
  const again = { params: his.params, body: { reason: 'lost' as const } };
  expect(await running.client('bilal').revokeDevice(again)).toMatchObject({ ok: true, value });
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

function iban() {
  return { bank_account_number: 'PK36SCBL0000001123456702' };
}
