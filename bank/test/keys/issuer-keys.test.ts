import { createSecretKey, randomBytes } from 'node:crypto';
import { verifySignature } from '@sikka/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import type { Tx } from '../../src/db/index.ts';
import {
  createIssuerKeys,
  createLocalVault,
  createSealingKeys,
  keysLimits,
  resealRows,
  sealedKeyRows,
} from '../../src/keys/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

const bank = 'sikka-test';
const master = createSecretKey(randomBytes(32));
const message = Buffer.from('what a bank signs');
const msPerDay = 86_400_000;

let database: TestDatabase;
let now: Date;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

beforeEach(async () => {
  now = new Date('2026-03-01T09:00:00.500Z');
  await database.ownerPool.query('truncate issuer_keys, sealing_keys');
});

function openKeys(vault = createLocalVault([master]), bankId = bank) {
  return createIssuerKeys({
    pool: database.serverPool,
    vault,
    bank: bankId,
    clock: () => now,
  });
}

function act<T>(run: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(database.serverPool, run);
}

function passTime(days: number): void {
  now = new Date(now.getTime() + days * msPerDay);
}

describe('issuer keys', () => {
  test('the first is made once, by however many processes at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 6 }, () => act((tx) => openKeys().ensure(tx))),
    );
    expect(new Set(made.map(({ number }) => number))).toEqual(new Set([1]));
    const listed = await openKeys().list();
    expect(listed).toHaveLength(1);
    expect(listed[0]).toMatchObject({ number: 1, suite: 'ES256', retiredAt: undefined });
    expect(listed[0]?.from).toBe(Date.parse('2026-03-01T09:00:00Z') / 1000);
    expect((await openKeys().signer(database.serverPool)).publicKey).toEqual(made[0]?.publicKey);
  });

  test('without one, nothing is signed', async () => {
    const keys = openKeys();
    await expect(keys.signer(database.serverPool)).rejects.toMatchObject({
      code: 'keys/no_issuer_key',
    });
    await act((tx) => keys.ensure(tx));
    expect((await keys.signer(database.serverPool)).number).toBe(1);
  });

  test.each(['ES256', 'EdDSA', 'PS256'] as const)(
    '%s signs, and still after a restart',
    async (suite) => {
      const made = await act((tx) => openKeys().rotate(tx, { suite }));
      const signer = await openKeys().signer(database.serverPool);
      expect(signer).toMatchObject({ number: made.number, suite });
      const signature = await signer.sign(message);
      expect(await verifySignature(suite, made.publicKey, message, signature)).toBe(true);
    },
  );

  test('after rotation the new one signs and both verify, until the old one ends', async () => {
    const keys = openKeys();
    const elsewhere = openKeys();
    await act((tx) => keys.ensure(tx));
    const old = await keys.signer(database.serverPool);
    expect((await elsewhere.signer(database.serverPool)).number).toBe(1);
    const signature = await old.sign(message);
    passTime(10);
    await act((tx) => keys.rotate(tx));
    expect((await keys.signer(database.serverPool)).number).toBe(2);
    expect((await elsewhere.signer(database.serverPool)).number).toBe(2);

    const issuers = await keys.issuers();
    expect([...issuers.keys()]).toEqual([1, 2]);
    const first = issuers.get(1)!;
    const second = issuers.get(2)!;
    expect(first.retiredAt).toEqual(new Date('2026-03-11T09:00:00Z'));
    expect(first.until).toBeGreaterThan(second.from);
    expect(await verifySignature('ES256', first.publicKey, message, signature)).toBe(true);
    expect(first.until - first.from).toBe(keysLimits.issuerKeyValidDays * 86_400);
  });

  test('another process goes on with a retired key for a second at most', async () => {
    const keys = openKeys();
    const elsewhere = openKeys();
    await act((tx) => keys.ensure(tx));
    await elsewhere.signer(database.serverPool);
    await act((tx) => keys.rotate(tx));
    now = new Date(now.getTime() + keysLimits.signerFreshMs - 1);
    expect((await elsewhere.signer(database.serverPool)).number).toBe(1);
    now = new Date(now.getTime() + 1);
    expect((await elsewhere.signer(database.serverPool)).number).toBe(2);
  });

  test('one that nears its end is followed by the next, once', async () => {
    const keys = openKeys();
    await act((tx) => keys.ensure(tx));
    passTime(keysLimits.issuerKeyValidDays - keysLimits.issuerKeyReserveDays - 1);
    expect((await act((tx) => keys.ensure(tx))).number).toBe(1);
    passTime(2);
    expect((await act((tx) => keys.ensure(tx))).number).toBe(2);
    expect((await act((tx) => keys.ensure(tx))).number).toBe(2);
  });

  test('rotated by several at once, each gets a key of its own and one signs', async () => {
    await act((tx) => openKeys().ensure(tx));
    const made = await Promise.all(
      Array.from({ length: 4 }, () => act((tx) => openKeys().rotate(tx))),
    );
    expect(made.map(({ number }) => number).sort()).toEqual([2, 3, 4, 5]);
    const listed = await openKeys().list();
    expect(listed.filter(({ retiredAt }) => retiredAt === undefined)).toHaveLength(1);
    expect((await openKeys().signer(database.serverPool)).number).toBe(5);
  });

  test('one past its end signs nothing', async () => {
    await act((tx) => openKeys().ensure(tx));
    passTime(keysLimits.issuerKeyValidDays + 1);
    await expect(openKeys().signer(database.serverPool)).rejects.toMatchObject({
      code: 'keys/no_issuer_key',
    });
  });

  test('a rotation undone leaves the key before in place', async () => {
    const keys = openKeys();
    await act((tx) => keys.ensure(tx));
    const undone = act(async (tx) => {
      await keys.rotate(tx);
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect((await keys.signer(database.serverPool)).number).toBe(1);
  });

  test('there are 65,535 numbers', async () => {
    await act((tx) => openKeys().ensure(tx));
    await database.ownerPool.query('update issuer_keys set number = 65535');
    await expect(act((tx) => openKeys().rotate(tx))).rejects.toMatchObject({
      code: 'keys/numbers_used_up',
    });
  });

  test('under another master key they do not open, and no error holds a key', async () => {
    await act((tx) => openKeys().ensure(tx));
    const other = openKeys(createLocalVault([createSecretKey(randomBytes(32))]));
    const error = await other.signer(database.serverPool).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'keys/wrong_master_key' });
    const { rows } = await database.ownerPool.query<{ sealed_private: Buffer }>(
      'select sealed_private from issuer_keys',
    );
    const shown = JSON.stringify([String(error), (error as Error).stack, error]);
    expect(shown).not.toContain(rows[0]!.sealed_private.toString('hex'));
    expect(shown).not.toContain(rows[0]!.sealed_private.toString('base64'));
    expect(shown).not.toContain(master.export().toString('hex'));
    expect((error as Error).cause).toBeUndefined();
  });

  test('sealed bytes put into another row, bank or table do not open', async () => {
    const keys = openKeys();
    await act((tx) => keys.ensure(tx));
    await act((tx) => keys.rotate(tx));
    await expect(
      openKeys(undefined, 'another-bank').signer(database.serverPool),
    ).rejects.toMatchObject({
      code: 'keys/sealed_damaged',
    });
    await database.ownerPool.query(
      `update issuer_keys set sealed_private =
         (select sealed_private from issuer_keys where number = 1) where number = 2`,
    );
    await expect(openKeys().signer(database.serverPool)).rejects.toMatchObject({
      code: 'keys/sealed_damaged',
    });
  });

  test('a private key of a whole row moved to another number does not sign', async () => {
    await act((tx) => openKeys().ensure(tx));
    await database.ownerPool.query('update issuer_keys set number = 7');
    await expect(openKeys().signer(database.serverPool)).rejects.toMatchObject({
      code: 'keys/sealed_damaged',
    });
  });

  test('the private key is nowhere in the row', async () => {
    await act((tx) => openKeys().ensure(tx));
    const { rows } = await database.ownerPool.query<{ row: string }>(
      'select issuer_keys::text as row from issuer_keys',
    );
    // How every PKCS #8 key of P-256 begins.
    expect(rows[0]?.row).not.toContain('06072a8648ce3d0201');
  });

  test('the server cannot take a key or its window away', async () => {
    await act((tx) => openKeys().ensure(tx));
    for (const sql of [
      'delete from issuer_keys',
      'truncate issuer_keys',
      'update issuer_keys set public_key = sealed_private',
      'update issuer_keys set valid_until = now()',
      'update issuer_keys set number = 2',
      'delete from sealing_keys',
    ]) {
      await expect(database.serverPool.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('sealing keys', () => {
  function openSealingKeys(vault = createLocalVault([master])) {
    return createSealingKeys({ vault, bank, clock: () => now });
  }

  test('are made in turn; all that was sealed still opens', async () => {
    const keys = openSealingKeys();
    await act((tx) => keys.create(tx));
    await act((tx) => keys.create(tx));
    const [first, second] = await keys.list(database.serverPool);
    expect(first).toMatchObject({ number: 1, retiredAt: new Date('2026-03-01T09:00:00Z') });
    expect(second).toMatchObject({ number: 2, retiredAt: undefined });
    for (const key of [first!, second!]) {
      const secret = await openSealingKeys().privateKey(database.serverPool, key.number);
      const { x, y } = secret!.export({ format: 'jwk' });
      expect(key.jwk).toEqual({
        kty: 'EC',
        crv: 'P-256',
        use: 'enc',
        kid: String(key.number),
        x,
        y,
      });
      expect(Buffer.from(key.publicKey.subarray(1)).toString('base64url')).toBe(x);
    }
    expect(await keys.privateKey(database.serverPool, 3)).toBeUndefined();
  });

  test('after a change of the master key both kinds are sealed anew', async () => {
    await act((tx) => openKeys().ensure(tx));
    await act((tx) => openSealingKeys().create(tx));
    const next = createSecretKey(randomBytes(32));
    const both = createLocalVault([next, master]);
    for (const rows of sealedKeyRows(bank).slice(0, 2)) {
      const deps = { pool: database.serverPool, vault: both, report: () => undefined };
      expect(await resealRows(deps, rows)).toEqual({ resealed: 1, damaged: 0 });
      expect(await resealRows(deps, rows)).toEqual({ resealed: 0, damaged: 0 });
    }
    const onlyNew = createLocalVault([next]);
    expect((await openKeys(onlyNew).signer(database.serverPool)).number).toBe(1);
    const opened = await openSealingKeys(onlyNew).privateKey(database.serverPool, 1);
    expect(opened?.asymmetricKeyType).toBe('ec');
    await expect(openKeys().signer(database.serverPool)).rejects.toMatchObject({
      code: 'keys/wrong_master_key',
    });
  });
});
