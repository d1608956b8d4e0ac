import { createSecretKey, randomBytes } from 'node:crypto';
import type { Role } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/caller.ts';
import { inTransaction } from '../../src/db/index.ts';
import {
  createAttempts,
  createCodes,
  createPasswords,
  createPeople,
  createSlowLane,
  drawCode,
} from '../../src/identity/index.ts';
import type { NewPerson, People } from '../../src/identity/index.ts';
import { phoneLookup } from '../../src/identity/phones.ts';
import { createLocalVault } from '../../src/keys/index.ts';
import { agree } from '../../src/policy/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';

const now = new Date('2026-11-20T10:00:00Z');
const lookupKey = createSecretKey(randomBytes(32));
const vault = createLocalVault([createSecretKey(randomBytes(32))]);
let database: TestDatabase;
let people: People;
beforeAll(async () => {
  database = await createTestDatabase();
  people = createPeople({ pool: database.serverPool, vault, lookupKey });
});
afterAll(() => database.drop());

const ayesha = {
  profile: { email: 'ayesha.bibi@example.com', name: 'Ayesha Bibi', phone: '+923001234567' },
  currency: 586,
  roles: ['user'] as const,
};

function open(person: NewPerson) {
  return inTransaction(database.serverPool, (tx) => people.open(tx, person, now));
}

/** Every text and byte of every row, as a backup would hold them. */
async function everything(): Promise<string> {
  const { rows: tables } = await database.ownerPool.query<{ name: string }>(
    `select format('%I', table_name) as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const dumps = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await database.ownerPool.query<{ row: string }>(
        `select t::text as row from ${name} t`,
      );
      return rows.map(({ row }) => row).join('\n');
    }),
  );
  return dumps.join('\n');
}

test('what two agree on about a number names it to nobody, before and after', async () => {
  const [phone, other] = ['+923011111111', '+923022222222'];
  const reason = 'seen';
  const verify = (id: bigint, to: string) =>
    inTransaction(database.serverPool, (tx) =>
      people.verifyPhone(tx, id, { phone: to, reason, actor: 'account:helper', now }),
    );
  const asked = async (id: bigint, to: string) => {
    const answer = await verify(id, to);
    if (typeof answer === 'string') throw new Error(answer);
    return answer.content;
  };
  const first = await open({ ...ayesha, profile: { ...ayesha.profile, email: 'a@two.example' } });
  const second = await open({ ...ayesha, profile: { ...ayesha.profile, email: 'b@two.example' } });
  expect(await verify(first!.id, phone)).toBe('changed');
  const content = await asked(first!.id, other);
  // The second person means the same; whoever wants another number does not.
  expect(await asked(first!.id, other)).toEqual(content);
  expect(await asked(first!.id, '+923033333333')).not.toEqual(content);
  await inTransaction(database.serverPool, (tx) => {
    const roles = new Set<Role>();
    const caller: Caller = { accountId: second!.id, account: 'b', roles, status: 'active' };
    const act = { kind: 'verified_phone', subject: 'account:a', content, caller, now } as const;
    return agree(tx, act, { alone: false });
  });
  const erased = await inTransaction(database.serverPool, (tx) => people.erase(tx, first!.id, now));
  expect(erased).toBe(true);
  // Whoever has the key of the look-ups, every row there is and the number does not find it.
  const kept = await everything();
  expect(kept).toContain('verified_phone');
  for (const number of [phone, other]) {
    const lookup = Buffer.from(phoneLookup(lookupKey, number)).toString('hex');
    expect(kept).not.toContain(lookup.slice(0, 8));
  }
  // The same numbers of somebody else are other digests.
  expect(await verify(second!.id, phone)).toBe('changed');
  const again = await asked(second!.id, other);
  expect(Object.values(again)).not.toContain(content.freed);
});

describe('what is known of a person', () => {
  test('is found by any spelling of the address, and stands nowhere in the clear', async () => {
    const opened = await open(ayesha);
    for (const email of ['ayesha.bibi@example.com', 'Ayesha.BIBI@Example.com']) {
      expect((await people.byEmail(database.serverPool, email))?.id).toBe(opened?.id);
    }
    expect(await people.profile(database.serverPool, opened!.id)).toEqual(ayesha.profile);
    const all = await everything();
    for (const text of ['ayesha.bibi', 'Ayesha Bibi', '3001234567']) {
      const hex = Buffer.from(text).toString('hex');
      expect([all.includes(text), all.includes(hex)]).toEqual([false, false]);
    }
  });

  test('is one person’s: of eight who open one address at once, one has it', async () => {
    const profile = { email: 'race@example.com', name: 'Race' };
    const opened = await Promise.all(Array.from({ length: 8 }, () => open({ ...ayesha, profile })));
    expect(opened.filter((account) => account !== undefined)).toHaveLength(1);
  });

  test('opens for nobody else: a row moved to another account is refused', async () => {
    const [mine, other] = [
      await open({ ...ayesha, profile: { email: 'mine@example.com', name: 'Mine' } }),
      await open({ ...ayesha, profile: { email: 'other@example.com', name: 'Other' } }),
    ];
    await database.ownerPool.query(
      `update personal_data set sealed = (select sealed from personal_data where account_id = $1)
       where account_id = $2`,
      [mine?.id, other?.id],
    );
    await expect(people.profile(database.serverPool, other!.id)).rejects.toThrow();
    await database.ownerPool.query(
      `update person_keys set sealed = (select sealed from person_keys where account_id = $1)
       where account_id = $2`,
      [mine?.id, other?.id],
    );
    await expect(people.profile(database.serverPool, other!.id)).rejects.toMatchObject({
      code: 'keys/sealed_damaged',
    });
  });

  test('changes without a trace of what it was', async () => {
    const profile = { email: 'moves@example.com', name: 'Moves', phone: '+923110000000' };
    const account = await open({ ...ayesha, profile });
    const update = (change: Parameters<People['update']>[2]) =>
      inTransaction(database.serverPool, (tx) => people.update(tx, account!.id, change));
    expect(await update({ email: 'ayesha.bibi@example.com' })).toBe(false);
    expect(await update({ email: 'moved@example.com', phone: null })).toBe(true);
    expect(await people.profile(database.serverPool, account!.id)).toEqual({
      email: 'moved@example.com',
      name: 'Moves',
    });
    expect(await people.byEmail(database.serverPool, 'moves@example.com')).toBeUndefined();
  });

  test('erased is gone, also from a copy that kept everything but the keys', async () => {
    const profile = { email: 'gone@example.com', name: 'Gone' };
    const account = await open({ ...ayesha, profile });
    const shown = { phone: '+923007654321', reason: 'called back', actor: 'account:helper', now };
    const verify = (id: bigint) =>
      inTransaction(database.serverPool, (tx) => people.verifyPhone(tx, id, shown));
    expect(await verify(account!.id)).toBe('changed');
    const { rows } = await database.ownerPool.query<{ sealed: Buffer; email_lookup: Buffer }>(
      `select sealed, email_lookup from personal_data where account_id = $1`,
      [account?.id],
    );
    const erase = () =>
      inTransaction(database.serverPool, (tx) => people.erase(tx, account!.id, now));
    expect(await erase()).toBe(true);
    expect(await erase()).toBe(false);
    expect(await people.find(database.serverPool, account!.id)).toBeUndefined();
    expect(await people.byEmail(database.serverPool, 'gone@example.com')).toBeUndefined();
    expect(await verify(account!.id)).toBe('not_active');
    expect(await people.byPhones(database.serverPool, [shown.phone], now)).toEqual(new Map());
    // What a backup of that table would bring back is not enough.
    await database.ownerPool.query(
      `update personal_data set erased_at = null, sealed = $2, email_lookup = $3
       where account_id = $1`,
      [account?.id, rows[0]?.sealed, rows[0]?.email_lookup],
    );
    expect(await people.profile(database.serverPool, account!.id)).toBeUndefined();
  });

  test('by an older version, in the clear, is sealed at the next start', async () => {
    await database.ownerPool.query(
      `insert into accounts (public_id, email, name, phone, created_at)
       select 'old-' || n, 'old-' || n || '@example.com', 'Old ' || n, '+92300', now()
       from generate_series(1, 450) n`,
    );
    await database.ownerPool.query(
      `update accounts set name_verified_at = now(), town = 'Chakwal' where public_id = 'old-7'`,
    );
    expect(await people.sealLeftovers()).toBe(450);
    expect(await people.sealLeftovers()).toBe(0);
    const account = await people.byEmail(database.serverPool, 'OLD-7@example.com');
    expect(account).toMatchObject({ verifiedName: { name: 'Old 7', town: 'Chakwal' } });
    expect(await people.profile(database.serverPool, account!.id)).toMatchObject({ name: 'Old 7' });
    const { rows } = await database.ownerPool.query(
      `select count(*)::int as n from accounts
       where email is not null or phone is not null
         or (name is not null and name_verified_at is null)`,
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
});

describe('codes are drawn evenly', () => {
  test('over a hundred classes, in ten thousand (chi-square, one in ten thousand)', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 10_000; n += 1) {
      const code = drawCode();
      expect(code).toMatch(/^\d{6}$/);
      for (const part of [code.slice(0, 2), `last ${code.slice(4)}`]) {
        counts.set(part, (counts.get(part) ?? 0) + 1);
      }
    }
    const chiSquare = (prefix: string) =>
      Array.from({ length: 100 }, (_, n) => `${prefix}${String(n).padStart(2, '0')}`)
        .map((key) => ((counts.get(key) ?? 0) - 100) ** 2 / 100)
        .reduce((sum, term) => sum + term, 0);
    // 99 degrees of freedom.
    for (const prefix of ['', 'last ']) expect(chiSquare(prefix)).toBeLessThan(160);
  });

  test('and two challenges with one code have nothing in common in the database', async () => {
    const key = createSecretKey(randomBytes(32));
    const draw = () => '123456';
    const codes = createCodes({ key, lookup: (email) => people.lookup(email), demo: true, draw });
    const account = await people.byEmail(database.serverPool, 'ayesha.bibi@example.com');
    const issue = () =>
      inTransaction(database.serverPool, (tx) =>
        codes.issue(tx, {
          ...{ subject: { accountId: account!.id }, accountId: account!.id, now },
          ...{ purpose: 'step_up', send: async () => undefined },
        }),
      );
    await issue();
    await issue();
    const { rows } = await database.ownerPool.query<{ macs: number }>(
      `select count(distinct code_mac)::int as macs from otp_challenges where account_id = $1`,
      [account?.id],
    );
    expect(rows).toEqual([{ macs: 2 }]);
  });
});

test('forty wrong codes at once are five tries, and then the right one is none', async () => {
  const key = createSecretKey(randomBytes(32));
  const lookup = (email: string) => people.lookup(email);
  const codes = createCodes({ key, lookup, demo: true, draw: () => '123456' });
  const account = await people.byEmail(database.serverPool, 'ayesha.bibi@example.com');
  const accountId = account!.id;
  const purpose = 'top_up';
  const issued = await inTransaction(database.serverPool, (tx) =>
    codes.issue(tx, {
      ...{ subject: { accountId }, accountId, purpose, now },
      send: async () => undefined,
    }),
  );
  if (!issued.ok) throw new Error(issued.code);
  const use = (code: string) =>
    codes.use(database.serverPool, {
      ...{ subject: { accountId }, purpose, now, code, id: issued.id },
    });
  const wrong = await Promise.all(Array.from({ length: 40 }, () => use('654321')));
  expect(wrong.filter(({ ok }) => ok)).toEqual([]);
  expect(await use('123456')).toMatchObject({ ok: false, code: 'otp/invalid' });
  const { rows } = await database.ownerPool.query<{ attempts: number }>(
    `select attempts from otp_challenges where account_id = $1 and purpose = $2`,
    [accountId, purpose],
  );
  expect(rows).toEqual([{ attempts: 5 }]);
});

describe('a password', () => {
  const pool = () => database.serverPool;
  const make = (cost: number) =>
    createPasswords({
      pool: pool(),
      lane: createSlowLane({ atOnce: 1, queued: 8 }),
      attempts: createAttempts({ pool: pool(), key: createSecretKey(randomBytes(32)) }),
      cost,
    });

  test('takes as long to compare for somebody who is not there', async () => {
    const passwords = make(10);
    const account = await people.byEmail(pool(), 'ayesha.bibi@example.com');
    const hashed = await passwords.hash('Seven-Rivers-9');
    if (!hashed.ok) throw new Error(hashed.code);
    await inTransaction(pool(), (tx) => passwords.set(tx, account!.id, hashed.value, now));
    const took = async (accountId: bigint | undefined) => {
      const began = performance.now();
      const compared = await passwords.compare(pool(), accountId, 'Wrong-Rivers-9');
      expect(compared).toMatchObject({ ok: true, same: false });
      return performance.now() - began;
    };
    // Once before, so that nobody’s hash has been made.
    await took(undefined);
    const measure = async () => {
      const known: number[] = [];
      const unknown: number[] = [];
      for (let n = 0; n < 9; n += 1) {
        known.push(await took(account!.id));
        unknown.push(await took(undefined));
      }
      // The quickest of each: a busy machine makes one slower, and none quicker.
      return Math.min(...unknown) / Math.min(...known);
    };
    let part = await measure();
    // What tells them apart does so each time.
    for (let more = 2; more > 0 && part <= 0.5; more -= 1) part = await measure();
    expect(part).toBeGreaterThan(0.5);
  });

  test('of 72 bytes is whole: with a 73rd it is another', async () => {
    const passwords = make(4);
    const account = await people.byEmail(pool(), 'ayesha.bibi@example.com');
    const longest = `Aa1!${'x'.repeat(68)}`;
    const hashed = await passwords.hash(longest);
    if (!hashed.ok) throw new Error(hashed.code);
    await inTransaction(pool(), (tx) => passwords.set(tx, account!.id, hashed.value, now));
    const same = (text: string) => passwords.compare(pool(), account!.id, text);
    expect(await same(longest)).toEqual({ ok: true, same: true });
    expect(await same(`${longest}x`)).toEqual({ ok: true, same: false });
    await expect(passwords.hash(`${longest}x`)).rejects.toThrow(/password/i);
    // One letter, written in two ways.
    const accented = await passwords.hash('Se\u0301ven-Rivers-9');
    if (!accented.ok) throw new Error(accented.code);
    await inTransaction(pool(), (tx) => passwords.set(tx, account!.id, accented.value, now));
    expect(await same('S\u00e9ven-Rivers-9')).toEqual({ ok: true, same: true });
  });
});

describe('the slow lane', () => {
  test('runs so many at once, keeps so many waiting, and refuses the rest at once', async () => {
    const lane = createSlowLane({ atOnce: 2, queued: 3 });
    let running = 0;
    let most = 0;
    const act = async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
      running -= 1;
      return 'done';
    };
    const answers = await Promise.all(Array.from({ length: 9 }, () => lane.run(act)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(5);
    expect(answers.filter((answer) => !answer.ok && answer.code === 'server/busy')).toHaveLength(4);
    expect(most).toBe(2);
    expect(await lane.run(act)).toEqual({ ok: true, value: 'done' });
  });

  test('goes on after what fails in it', async () => {
    const lane = createSlowLane({ atOnce: 1, queued: 1 });
    await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lane.run(() => Promise.resolve(1))).toEqual({ ok: true, value: 1 });
  });
});
