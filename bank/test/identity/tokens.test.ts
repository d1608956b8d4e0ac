import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { TOKEN, tokenClaims } from '@sikka/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createAuthenticator,
  loadTokenKey,
  openAccount,
  signToken,
} from '../../src/identity/index.ts';
import type { Authenticator, TokenKey } from '../../src/identity/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import { createTestDatabase } from '../support/index.ts';
import { readPublished } from '../support/published.ts';
import type { TestDatabase } from '../support/index.ts';

const secret = 'a secret of this test, forty bytes long!';
const now = new Date('2026-11-20T10:00:00Z');
const seconds = now.getTime() / 1000;

let database: TestDatabase;
let key: TokenKey;
let authenticator: Authenticator;

beforeAll(async () => {
  database = await createTestDatabase();
  key = await loadTokenKey({ configured: secret, dataDir: '', demo: false });
  authenticator = createAuthenticator({ db: database.serverPool, key });
  await inTransaction(database.serverPool, (tx) =>
    openAccount(
      tx,
      {
        publicId: 'ayesha',
        currency: 586,
        roles: ['user', 'pay_admin'],
      },
      now,
    ),
  );
});
afterAll(() => database.drop());

type Json = object;

const good = tokenClaims({
  account: 'ayesha',
  roles: ['user', 'pay_admin'],
  jti: 'AAAAAAAAAAAAAAAAAAAAAA',
  now: seconds,
});
const header = { alg: TOKEN.algorithm, typ: TOKEN.type };

function part(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function mac(text: string, hash = 'sha256', by: string | Buffer = secret): string {
  return createHmac(hash, by).update(text).digest('base64url');
}

/** Signed with the bank's own secret: only what it says is wrong. */
function token(claims: Json, heading: Json = header): string {
  const text = `${part(heading)}.${part(claims)}`;
  return `${text}.${mac(text)}`;
}

const ask = (value: string) => authenticator.authenticate(`Bearer ${value}`, now);

test('a token says who is asking, with the roles of the bank’s own record', async () => {
  const made = await signToken(key, { account: 'ayesha', roles: ['user', 'pay_admin'], now });
  for (const value of [made, token(good)]) {
    expect(await ask(value)).toMatchObject({ ok: true, caller: { account: 'ayesha' } });
  }
  const answer = await ask(token({ ...good, roles: ['user', 'merchant'] }));
  // Not pay_admin, which the token leaves out; not merchant, which the account is not.
  expect(answer.ok && [...answer.caller.roles]).toEqual(['user']);
});

describe('forged, each signed with the right secret unless it says otherwise:', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const jwk = { kty: 'oct', k: Buffer.from('mine').toString('base64url') };
  const unsigned = (alg: string) => `${part({ alg, typ: TOKEN.type })}.${part(good)}.`;
  const withMac = (heading: Json, hash: string, by: string | Buffer = secret) => {
    const text = `${part(heading)}.${part(good)}`;
    return `${text}.${mac(text, hash, by)}`;
  };
  const rs256 = () => {
    const text = `${part({ ...header, alg: 'RS256' })}.${part(good)}`;
    return `${text}.${signWith('sha256', Buffer.from(text), rsa.privateKey).toString('base64url')}`;
  };

  test.each<[string, string]>([
    ['alg none', `${unsigned('none')}`],
    ['alg none with a signature', `${unsigned('none')}${mac('x')}`],
    ['alg None', `${unsigned('None')}`],
    ['HS384', withMac({ ...header, alg: 'HS384' }, 'sha384')],
    ['HS512', withMac({ ...header, alg: 'HS512' }, 'sha512')],
    ['RS256', rs256()],
    ['HS256 under a public key', withMac(header, 'sha256', pem)],
    ['HS256 under another secret', withMac(header, 'sha256', `${secret}.`)],
    ['HS256 under no secret', withMac(header, 'sha256', Buffer.alloc(0))],
    ['a key in the header', withMac({ ...header, jwk }, 'sha256', Buffer.from('mine'))],
    ['a key in the header, ours used', token(good, { ...header, jwk })],
    ['a key id that is a path', token(good, { ...header, kid: '../../../dev/null' })],
    ['a key id under an empty key', withMac({ ...header, kid: '/dev/null' }, 'sha256', '')],
    ['an address of keys', token(good, { ...header, jku: 'http://169.254.169.254/' })],
    ['a critical extension', token(good, { ...header, crit: ['b64'], b64: false })],
    ['another type', token(good, { ...header, typ: 'JWT' })],
    ['a refresh token’s type', token(good, { ...header, typ: 'rt+jwt' })],
    ['no type', token(good, { alg: 'HS256' })],
    ['another issuer', token({ ...good, iss: 'another' })],
    ['another audience', token({ ...good, aud: 'sikka-wallet' })],
    ['no audience', token({ ...good, aud: undefined })],
    ['no end', token({ ...good, exp: undefined })],
    ['an end that is text', token({ ...good, exp: String(good.exp) })],
    ['an end in a year', token({ ...good, exp: seconds + 31_536_000 })],
    ['a start in an hour', token({ ...good, nbf: seconds + 3600 })],
    ['no start', token({ ...good, nbf: undefined })],
    ['no id', token({ ...good, jti: undefined })],
    ['an id of no length', token({ ...good, jti: '' })],
    ['roles that are text', token({ ...good, roles: 'pay_admin' })],
    ['no roles', token({ ...good, roles: undefined })],
    ['an account that is not there', token({ ...good, sub: 'nobody' })],
    ['an account that is SQL', token({ ...good, sub: "ayesha' or '1'='1" })],
    ['no account', token({ ...good, sub: undefined })],
    ['a session id that is none', token({ ...good, sid: '../sessions' })],
    ['a session id that is a number', token({ ...good, sid: 7 })],
    ['a use that there is not', token({ ...good, use: 'everything' })],
    ['a changed claim', token(good).replace(part(good), part({ ...good, sub: 'operator' }))],
    ['a signature cut short', token(good).slice(0, -1)],
    ['a signature with padding', `${token(good)}=`],
    ['four parts', `${token(good)}.x`],
    ['two parts', token(good).split('.').slice(0, 2).join('.')],
    ['nothing', ''],
    ['a space before it', ` ${token(good)}`],
    ['a token of 5,000 characters', token({ ...good, more: 'x'.repeat(5000) })],
  ])('%s', async (_, value) => {
    expect(await ask(value)).toMatchObject({ ok: false, code: 'auth/token_invalid' });
  });

  test.each([
    ['Basic', 'Basic YTpi'],
    ['no scheme', token(good)],
    ['two schemes', `Bearer Bearer ${token(good)}`],
    ['two tokens', `Bearer ${token(good)}, Bearer ${token(good)}`],
  ])('a header with %s', async (_, value) => {
    const answer = await authenticator.authenticate(value, now);
    expect(answer).toMatchObject({ ok: false, code: 'auth/token_invalid' });
  });
});

test('an expired token is told apart, after the skew of two clocks', async () => {
  const at = (late: number) => new Date((good.exp + late) * 1000);
  const value = `Bearer ${token(good)}`;
  expect(await authenticator.authenticate(value, at(TOKEN.clockSkewSeconds - 1))).toMatchObject({
    ok: true,
  });
  expect(await authenticator.authenticate(value, at(TOKEN.clockSkewSeconds))).toMatchObject({
    ok: false,
    code: 'auth/token_expired',
  });
});

test('no token is told apart from a wrong one', async () => {
  for (const value of [undefined, '']) {
    expect(await authenticator.authenticate(value, now)).toMatchObject({
      ok: false,
      code: 'auth/token_missing',
    });
  }
});

describe('what a refused caller is told', () => {
  let told: Set<string>;
  beforeEach(() => (told = new Set()));

  test('is the same sentence for every token that does not verify', async () => {
    const wrong = [
      token({ ...good, aud: 'x' }),
      token(good, { ...header, alg: 'HS512' }),
      `${token(good).slice(0, -4)}AAAA`,
    ];
    for (const value of wrong) {
      const answer = await ask(value);
      if (!answer.ok) told.add(answer.detail);
    }
    expect(told.size).toBe(1);
  });
});

interface JwsVectors {
  readonly testGroups: readonly { readonly tests: readonly { readonly jws: unknown }[] }[];
}

const jws = readPublished<JwsVectors>('wycheproof/json_web_signature_test.json');

test.skipIf(jws === undefined)(
  'none of the 401 signatures of Wycheproof is a token (skipped without shared/vectors)',
  async () => {
    const all = jws?.testGroups.flatMap(({ tests }) => tests) ?? [];
    expect(all).toHaveLength(401);
    for (const { jws: given } of all) {
      const value = typeof given === 'string' ? given : JSON.stringify(given);
      expect(await ask(value)).toMatchObject({ ok: false, code: 'auth/token_invalid' });
    }
  },
);

test('a token of a session that there is not is told apart: its owner signs in again', async () => {
  const value = token({ ...good, sid: 'A'.repeat(22) });
  expect(await ask(value)).toMatchObject({ ok: false, code: 'auth/session_ended' });
});

test('one for handing in says so; a remembered one is still judged by its times', async () => {
  const value = token({ ...good, use: 'hand_in' });
  expect(await ask(value)).toMatchObject({ ok: true, handInOnly: true });
  expect(await ask(token(good))).toMatchObject({ ok: true, handInOnly: false });
  const before = new Date(now.getTime() - 3_600_000);
  const early = await authenticator.authenticate(`Bearer ${value}`, before);
  expect(early).toMatchObject({ ok: false, code: 'auth/token_invalid' });
});
