import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { createPasskeys } from '../../../src/identity/passkeys/index.ts';
import type { Passkeys } from '../../../src/identity/passkeys/index.ts';
import { createTestDatabase } from '../../support/index.ts';
import type { TestDatabase } from '../../support/index.ts';
import { createAuthenticator } from './authenticator.ts';
import type { Authenticator, Misbehaviour } from './authenticator.ts';

const now = new Date('2026-11-21T10:00:00Z');
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const site = { origin: 'https://bank.example', rpId: 'bank.example' };
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

describe('passkeys', () => {
  let database: TestDatabase;
  let passkeys: Passkeys;
  let people = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const publicUrl = 'https://bank.example';
    passkeys = createPasskeys({ pool: database.serverPool, publicUrl, origins: [] });
  });
  afterAll(() => database.drop());

  async function openAccount(): Promise<bigint> {
    people += 1;
    const { rows } = await database.ownerPool.query<{ id: bigint }>(
      `insert into accounts (public_id, status, created_at) values ($1, 'active', $2)
       returning id`,
      [`person-${people}`, now],
    );
    return rows[0]!.id;
  }

  async function register(accountId: bigint, on: Authenticator, otherwise?: Misbehaviour) {
    const asked = { accountId, account: 'person', userName: 'person', now };
    const options = await passkeys.registrationOptions(asked);
    const response = on.create(options, otherwise);
    const checked = await passkeys.checkRegistration({ accountId, response, now });
    if (!checked.ok) return checked;
    return inTransaction(database.serverPool, (tx) =>
      passkeys.add(tx, accountId, checked.value, { name: 'My phone', at: now }),
    );
  }

  async function person() {
    const accountId = await openAccount();
    const authenticator = createAuthenticator(site);
    expect(await register(accountId, authenticator)).toMatchObject({ ok: true });
    return { accountId, authenticator };
  }

  async function ask(accountId: bigint, purpose: 'step_up' | 'login' = 'step_up') {
    const asked = await passkeys.assertionOptions({ accountId, purpose, now });
    if (!asked.ok) throw new Error(asked.code);
    return asked.value;
  }

  it('prove who they were made for, once a challenge', async () => {
    const { accountId, authenticator } = await person();
    const response = authenticator.get(await ask(accountId));
    const given = { accountId, purpose: 'step_up', response, now } as const;
    expect(await passkeys.prove(given)).toBe(true);
    expect(await passkeys.prove(given)).toBe(false);
    const [mine] = await passkeys.list(database.serverPool, accountId);
    expect(mine).toMatchObject({ counter: 1n, lastUsedAt: now, transports: ['internal'] });
  });

  it('are asked for with a finger or a PIN, and nothing personal', async () => {
    const { accountId } = await person();
    expect(await ask(accountId)).toMatchObject({
      rpId: 'bank.example',
      userVerification: 'required',
      allowCredentials: [{ transports: ['internal'] }],
    });
    const asked = { accountId, account: 'u7k2', userName: 'a@b.example', now };
    const made = await passkeys.registrationOptions(asked);
    expect(made).toMatchObject({
      attestation: 'none',
      authenticatorSelection: { userVerification: 'required' },
      user: { id: Buffer.from('u7k2').toString('base64url') },
      excludeCredentials: [{ type: 'public-key' }],
    });
  });

  it.each<readonly [string, Misbehaviour]>([
    ['another site', { origin: 'https://bank.example.evil.example' }],
    ['the site without its S', { origin: 'http://bank.example' }],
    ['another site’s credential', { rpId: 'evil.example' }],
    ['nobody’s touch', { flags: 0x00 }],
    ['a touch without finger or PIN', { flags: 0x01 }],
    ['another key', { key: otherKey }],
    ['a registration in place of a proof', { type: 'webauthn.create' }],
    ['a challenge of nobody', { challenge: 'A'.repeat(43) }],
    ['a challenge that is none', { challenge: 'A' }],
    ['a credential that nobody has', { id: 'A'.repeat(43) }],
  ])('prove nothing by %s', async (_what, otherwise) => {
    const { accountId, authenticator } = await person();
    const response = authenticator.get(await ask(accountId), otherwise);
    expect(await passkeys.prove({ accountId, purpose: 'step_up', response, now })).toBe(false);
  });

  it('prove nothing with a copy: its counter has been seen', async () => {
    const { accountId, authenticator } = await person();
    const first = authenticator.get(await ask(accountId), { counter: 7 });
    expect(await passkeys.prove({ accountId, purpose: 'step_up', response: first, now })).toBe(
      true,
    );
    for (const counter of [7, 6, 0]) {
      const copy = authenticator.get(await ask(accountId), { counter });
      const given = { accountId, purpose: 'step_up', response: copy, now } as const;
      expect(await passkeys.prove(given)).toBe(false);
    }
  });

  it('prove nothing for another purpose, another person or too late', async () => {
    const { accountId, authenticator } = await person();
    const other = await person();
    const given = { accountId, now } as const;
    const forStepUp = authenticator.get(await ask(accountId));
    expect(await passkeys.prove({ ...given, purpose: 'login', response: forStepUp })).toBe(false);
    const ofOther = authenticator.get(await ask(other.accountId));
    expect(await passkeys.prove({ ...given, purpose: 'step_up', response: ofOther })).toBe(false);
    const byOther = other.authenticator.get(await ask(accountId));
    expect(await passkeys.prove({ ...given, purpose: 'step_up', response: byOther })).toBe(false);
    const late = authenticator.get(await ask(accountId));
    const after = { accountId, purpose: 'step_up', response: late, now: later(5) } as const;
    expect(await passkeys.prove(after)).toBe(false);
  });

  it('prove once where two answers to one challenge come at once', async () => {
    const { accountId, authenticator } = await person();
    const options = await ask(accountId);
    const responses = [1, 2, 3, 4].map(() => authenticator.get(options));
    const proved = await Promise.all(
      responses.map((response) => passkeys.prove({ accountId, purpose: 'step_up', response, now })),
    );
    expect(proved.filter(Boolean)).toHaveLength(1);
  });

  it.each<readonly [string, Misbehaviour]>([
    ['another site', { origin: 'https://evil.example' }],
    ['another site’s credential', { rpId: 'evil.example' }],
    ['without finger or PIN', { flags: 0x01 }],
    ['a proof in place of a registration', { type: 'webauthn.get' }],
    ['a challenge of nobody', { challenge: 'A'.repeat(43) }],
  ])('are not added by %s', async (_what, otherwise) => {
    const accountId = await openAccount();
    const answer = await register(accountId, createAuthenticator(site), otherwise);
    expect(answer).toEqual({ ok: false, code: 'passkey/invalid' });
    expect(await passkeys.list(database.serverPool, accountId)).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['no response', { id: 'A'.repeat(43), rawId: 'A'.repeat(43), type: 'public-key' }],
    [
      'noise',
      {
        ...{ id: 'A'.repeat(43), rawId: 'A'.repeat(43), type: 'public-key' },
        response: { clientDataJSON: 'AAAA', attestationObject: '////' },
      },
    ],
  ])('are not added from %s', async (_what, response) => {
    const accountId = await openAccount();
    const answer = await passkeys.checkRegistration({ accountId, response, now });
    expect(answer).toEqual({ ok: false, code: 'passkey/invalid' });
  });

  it('are one person’s: another cannot add the same, nor remove it', async () => {
    const { accountId, authenticator } = await person();
    const thief = await openAccount();
    expect(await register(thief, authenticator)).toEqual({ ok: false, code: 'passkey/exists' });
    const id = Buffer.from(authenticator.id, 'base64url');
    const remove = (by: bigint) =>
      inTransaction(database.serverPool, (tx) => passkeys.remove(tx, by, id));
    expect(await remove(thief)).toBe(false);
    expect(await remove(accountId)).toBe(true);
    expect(await passkeys.assertionOptions({ accountId, purpose: 'login', now })).toEqual({
      ok: false,
      code: 'passkey/none',
    });
  });

  it('are ten at most, also where several are added at once', async () => {
    const accountId = await openAccount();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => register(accountId, createAuthenticator(site))),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(10);
    expect(answers).toContainEqual({ ok: false, code: 'passkey/limit_reached' });
  });
});
