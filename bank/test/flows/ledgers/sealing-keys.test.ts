import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { ensureSealingKey } from '../../../src/flows/index.ts';
import {
  createLocalVault,
  createSealingKeys,
  createSealingOpeners,
  keysLimits,
} from '../../../src/keys/index.ts';
import { bodyOf, startTestBank } from '../../http/running-bank.ts';
import type { RunningBank } from '../../http/running-bank.ts';
import { createTestDatabase } from '../../support/index.ts';
import type { TestDatabase } from '../../support/index.ts';
import { freshAgreement } from './pages.ts';

const DAY = 86_400_000;

let bank: RunningBank;
let db: TestDatabase;
beforeAll(async () => {
  bank = await startTestBank();
  db = await createTestDatabase();
});
afterAll(async () => {
  await bank.stop();
  await db.drop();
});

const shown = async () => bodyOf(await bank.fetch('/bank-public-key'));

test('a bank that started shows a key that WebCrypto imports', async () => {
  const body = await shown();
  expect(body).toMatchObject({ format: 'JWK', algorithm: 'ECDH P-256' });
  const named = { name: 'ECDH', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', body['public_key'] as object, named, true, []);
  expect(key.type).toBe('public');
});

test('rotated, another key is shown, and it is told in the audit chain', async () => {
  const before = await shown();
  const answer = await bank.fetch('/api/v1/operator/sealing-keys/rotate', {
    ...{ method: 'POST', as: 'operator', body: '{}' },
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(201);
  expect(await shown()).toEqual(await bodyOf(answer));
  expect(await shown()).not.toEqual(before);
  const { rows } = await bank.ownerPool.query<{ subject: string }>(
    `select subject from audit_events where action = 'sealing_key.made' order by id`,
  );
  expect(rows.map(({ subject }) => subject)).toEqual(['sealing-key:1', 'sealing-key:2']);
});

let now: Date;
beforeEach(async () => {
  now = new Date('2026-11-21T09:00:00.500Z');
  await db.ownerPool.query('truncate sealing_keys');
});

const vault = createLocalVault([createSecretKey(randomBytes(32))]);

/** The keys of one process. */
function openKeys() {
  const pool = db.serverPool;
  const sealingKeys = createSealingKeys({ vault, bank: 'sikka-test', clock: () => now });
  const openers = createSealingOpeners({ db: pool, sealingKeys });
  return {
    ensure: () => ensureSealingKey({ pool, sealingKeys }),
    rotate: () => inTransaction(pool, (tx) => sealingKeys.create(tx)),
    list: () => sealingKeys.list(pool),
    opening: async () => {
      const keys = await sealingKeys.list(pool);
      const agreements = await openers.agreements(now);
      const numberOf = (point: Uint8Array) =>
        keys.find(({ publicKey }) => Buffer.from(publicKey).equals(point))?.number;
      return agreements.map(({ publicKey }) => numberOf(publicKey));
    },
    agreements: () => openers.agreements(now),
  };
}

const passDays = (days: number) => void (now = new Date(now.getTime() + days * DAY));

test('twelve processes that start at once have one key', async () => {
  await Promise.all(Array.from({ length: 12 }, () => openKeys().ensure()));
  expect(await openKeys().list()).toHaveLength(1);
});

test('the next key is made before the last one ends, and no sooner', async () => {
  const keys = openKeys();
  await keys.ensure();
  passDays(keysLimits.sealingKeyValidDays - keysLimits.sealingKeyReserveDays - 1);
  await keys.ensure();
  expect(await keys.list()).toHaveLength(1);
  passDays(2);
  await keys.ensure();
  expect(await keys.list()).toHaveLength(2);
});

test('a retired key opens for a month and no longer, in every process', async () => {
  const [here, there] = [openKeys(), openKeys()];
  await here.ensure();
  expect(await there.opening()).toEqual([1]);
  await here.rotate();
  expect([await here.opening(), await there.opening()]).toEqual([
    [2, 1],
    [2, 1],
  ]);
  passDays(keysLimits.sealingOverlapDays - 0.01);
  expect(await there.opening()).toEqual([2, 1]);
  passDays(0.02);
  expect([await here.opening(), await there.opening()]).toEqual([[2], [2]]);
});

test('a message is tried with so many keys and no more', async () => {
  const keys = openKeys();
  for (const _ of Array.from({ length: 6 })) await keys.rotate();
  expect(await keys.opening()).toEqual([6, 5, 4, 3]);
});

test('both sides of an agreement derive one secret; no point, none', async () => {
  const keys = openKeys();
  await keys.ensure();
  const [ours] = await keys.agreements();
  const theirs = await freshAgreement();
  if (ours === undefined) throw new Error('No key.');
  expect(await ours.deriveSecret(theirs.publicKey)).toEqual(
    await theirs.deriveSecret(ours.publicKey),
  );
  await expect(ours.deriveSecret(new Uint8Array(33))).rejects.toThrow();
});
