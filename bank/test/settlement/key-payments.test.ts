import { equalBytes } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import type { HeldKey } from './key-town.ts';
import { dictOf, FORMS, keyOf, makeKey, pay, registerKey, signDict } from './key-town.ts';
import type { Person, Town } from './town.ts';
import { batchOf, createTown, journal, said } from './town.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;
let payerKey: HeldKey;
let shopKey: HeldKey;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 100_000_000 });
  shop = await town.person({ offline: 0 });
  payerKey = await keyOf(town, payer);
  shopKey = await keyOf(town, shop);
});
afterAll(() => db.drop());

const shopBalance = () => town.balance(shop.current.ledgerAccount);

describe('what is refused', () => {
  test('a forged signature, another wallet’s, and a key that nobody registered', async () => {
    const before = await shopBalance();
    const text = dictOf(payerKey, shopKey);
    const forged = await signDict(shopKey, text);
    const stranger = await town.person({ offline: 0 });
    const unregistered = await pay({ ...payerKey, owner: stranger }, shopKey);
    const outcomes = await town.hand([forged.bytes, unregistered.bytes]);
    expect(outcomes.map(said)).toEqual(['payer_key_unknown', 'payer_key_unknown']);
    expect(outcomes.map(({ documentId }) => documentId)).toEqual([undefined, undefined]);
    expect(await shopBalance()).toBe(before);
    // Nothing was taken: the payer's own text of the same nonce is good.
    expect((await town.hand([(await signDict(payerKey, text)).bytes])).map(said)).toEqual([
      'settled',
    ]);
  });

  test('a forged copy of a settled payment, also where its upload is recalled', async () => {
    const { text, bytes } = await pay(payerKey, shopKey);
    const forged = await signDict(shopKey, text);
    const received = await town.settlement.receive(batchOf([forged.bytes]), 'tester');
    if (!received.ok) throw new Error(received.code);
    const settle = async () => (await town.settlement.settle(received.value.uploadId)).map(said);
    expect(await settle()).toEqual(['payer_key_unknown']);
    expect((await town.hand([bytes])).map(said)).toEqual(['settled']);
    expect(await settle()).toEqual(['payer_key_unknown']);
  });

  test('an unknown key until it is registered: the same bytes are settled then', async () => {
    const late = await makeKey(await town.person());
    const { bytes } = await pay(late, shopKey);
    const received = await town.settlement.receive(batchOf([bytes]), 'tester');
    if (!received.ok) throw new Error(received.code);
    const settle = async () => (await town.settlement.settle(received.value.uploadId)).map(said);
    expect(await settle()).toEqual(['payer_key_unknown']);
    await registerKey(town, late);
    // In another upload.
    expect((await town.hand([bytes, new Uint8Array([1])])).map(said)[0]).toBe('settled');
    expect(await settle()).toEqual(['settled']);
  });

  test('a payee key that is nobody’s, until it is somebody’s', async () => {
    const stranger = await town.person({ offline: 0 });
    const theirs = await makeKey(stranger);
    const { bytes } = await pay(payerKey, theirs, { amount: 70 });
    expect((await town.hand([bytes])).map(said)).toEqual(['payee_unknown']);
    await registerKey(town, theirs);
    expect((await town.hand([bytes])).map(said)).toEqual(['settled']);
    expect(await town.balance(stranger.current.ledgerAccount)).toBe(70n);
  });

  test('a covered payee who is not the key’s owner; the six members alone stay good', async () => {
    const text = dictOf(payerKey, shopKey, {
      more: { payee_id: payer.name, payer_id: payer.name },
    });
    const before = await shopBalance();
    const whole = await signDict(payerKey, text, { spaced: false, stringified: false });
    const [refused] = await town.hand([whole.bytes]);
    expect(refused).toMatchObject({ result: 'rejected', code: 'payee_mismatch' });
    expect(refused?.documentId).toBeUndefined();
    const six = await signDict(payerKey, text);
    expect(equalBytes(six.id, whole.id)).toBe(true);
    expect((await town.hand([whole.bytes, six.bytes])).map(said)).toEqual([
      'payee_mismatch',
      'settled',
    ]);
    expect(await shopBalance()).toBe(before + 5_000n);
    // Settled is settled, for everybody who says the same.
    expect((await town.hand([whole.bytes])).map(said)).toEqual(['payee_mismatch']);
  });

  test('the receiver’s side of a payment, and text that is no payment', async () => {
    const text = dictOf(payerKey, shopKey, { more: { direction: 'RECEIVED' } });
    const received = await signDict(payerKey, text, { spaced: true, stringified: false });
    expect((await town.hand([received.bytes])).map(said)).toEqual(['malformed']);
    const [other] = await town.hand([received.bytes.slice(0, 60)]);
    expect(other).toMatchObject({ kind: 'other', code: 'malformed' });
  });

  test('more than 500 of them in one batch, as a whole', async () => {
    const { bytes } = await pay(payerKey, shopKey);
    const batch = batchOf(Array.from({ length: 501 }, () => bytes));
    expect(await town.settlement.receive(batch, 'tester')).toMatchObject({ code: 'too_large' });
  });
});

describe('a payment is what it says', () => {
  test('in all eight forms, 20 at once: one settlement, equal answers', async () => {
    const text = dictOf(payerKey, shopKey, { more: { payee_id: shop.name, payer_id: payer.name } });
    const items = await Promise.all(FORMS.map(([, form]) => signDict(payerKey, text, form)));
    const before = await shopBalance();
    const nodes = [town.settlement, town.anotherNode()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const junk = new Uint8Array([i]);
        return (await town.hand([items[i % 8]!.bytes, junk], nodes[i % 2]))[0];
      }),
    );
    expect(answers[0]).toMatchObject({ kind: 'key_payment', result: 'settled' });
    expect(new Set(answers.map((answer) => JSON.stringify(answer, shown))).size).toBe(1);
    expect(await shopBalance()).toBe(before + 5_000n);
    await town.checkMoney();
  });

  test('"50.0" and "50.00" of one nonce are one payment, "50.01" another', async () => {
    const nonce = 'one-nonce';
    const text = dictOf(payerKey, shopKey, { nonce });
    const before = await shopBalance();
    const one = await signDict(payerKey, text);
    const same = await signDict(payerKey, text.replace('50.0', '50.00'));
    const other = await signDict(payerKey, text.replace('50.0', '"50.01"'));
    expect((await town.hand([one.bytes, same.bytes, other.bytes])).map(said)).toEqual([
      'settled',
      'settled',
      'nonce_conflict',
    ]);
    expect(await shopBalance()).toBe(before + 5_000n);
    // The loser is refused for ever, under an id of its own.
    expect((await town.hand([other.bytes, one.bytes])).map(said)).toEqual([
      'nonce_conflict',
      'settled',
    ]);
    expect(await town.count('proofs')).toBe(0);
  });

  test('two payments of one nonce at once: one settles, whichever came first', async () => {
    const nonce = 'raced-nonce';
    const before = await shopBalance();
    const items = await Promise.all(
      [100, 200, 300, 400].map((amount) => pay(payerKey, shopKey, { amount, nonce })),
    );
    const outcomes = (await Promise.all(items.map(({ bytes }) => town.hand([bytes])))).flat();
    const settled = outcomes.filter(({ result }) => result === 'settled');
    expect(settled).toHaveLength(1);
    expect(outcomes.filter(({ code }) => code === 'nonce_conflict')).toHaveLength(3);
    expect(await shopBalance()).toBe(before + (settled[0]?.amountMinor ?? 0n));
  });

  test('the same nonce of another payer is another payment', async () => {
    const nonce = 'shared-nonce';
    const other = await town.person({ offline: 10_000 });
    const theirs = await keyOf(town, other);
    const outcomes = await town.hand([
      (await pay(payerKey, shopKey, { nonce })).bytes,
      (await pay(theirs, shopKey, { nonce })).bytes,
    ]);
    expect(outcomes.map(said)).toEqual(['settled', 'settled']);
  });
});

describe('money', () => {
  test('what an allowance reserved cannot be spent by the key', async () => {
    const person = await town.person({ offline: 5_000 });
    const key = await keyOf(town, person);
    const allowance = await town.allowance(await town.device(person), { limit: 4_000 });
    const big = await pay(key, shopKey, { amount: 2_000 });
    const small = await pay(key, shopKey, { amount: 1_000 });
    const payments = await journal(town, allowance, [
      { amount: 4_000, payee: shop.current.number },
    ]);
    const before = await shopBalance();
    const batch = [big.bytes, small.bytes, payments[0]!.packet];
    expect((await town.hand(batch)).map(said)).toEqual([
      'insufficient_funds',
      'settled',
      'settled',
    ]);
    expect(await shopBalance()).toBe(before + 5_000n);
    expect(await town.balance(person.offline.ledgerAccount)).toBe(0n);
    await town.checkMoney();
  });

  test('two that the balance covers one by one: the other when money has come', async () => {
    const person = await town.person({ offline: 1_000 });
    const key = await keyOf(town, person);
    const items = [
      await pay(key, shopKey, { amount: 700 }),
      await pay(key, shopKey, { amount: 600 }),
    ];
    const batch = items.map(({ bytes }) => bytes);
    expect((await town.hand(batch)).map(said)).toEqual(['settled', 'insufficient_funds']);
    await move(town, payer.offline.ledgerAccount, person.offline.ledgerAccount, 500n);
    // By the same bytes, which are the same upload.
    expect((await town.hand(batch)).map(said)).toEqual(['settled', 'settled']);
    await town.checkMoney();
  });

  test('20 at once over a balance of 10: ten settle, nothing goes below zero', async () => {
    const person = await town.person({ offline: 1_000 });
    const key = await keyOf(town, person);
    const items = await Promise.all(
      Array.from({ length: 20 }, () => pay(key, shopKey, { amount: 100 })),
    );
    const outcomes = await Promise.all(items.map(({ bytes }) => town.hand([bytes])));
    const count = outcomes.flat().filter(({ result }) => result === 'settled').length;
    expect(count).toBe(10);
    expect(await town.balance(person.offline.ledgerAccount)).toBe(0n);
    await town.checkMoney();
  });

  test('a transfer that takes the money between reading and posting: decided again', async () => {
    const person = await town.person({ offline: 1_000 });
    const key = await keyOf(town, person);
    const items = await Promise.all(
      Array.from({ length: 12 }, () => pay(key, shopKey, { amount: 300 })),
    );
    const [outcomes] = await Promise.all([
      Promise.all(items.map(({ bytes }) => town.hand([bytes]))),
      ...Array.from({ length: 8 }, () =>
        move(town, person.offline.ledgerAccount, payer.offline.ledgerAccount, 100n),
      ),
    ]);
    const settled = outcomes.flat().filter(({ result }) => result === 'settled').length;
    expect(settled).toBeLessThanOrEqual(3);
    expect(outcomes.flat().every(({ result }) => result !== 'pending')).toBe(true);
    expect(await town.balance(person.offline.ledgerAccount)).toBeGreaterThanOrEqual(0n);
    await town.checkMoney();
  });
});

test('mixed batches in opposite orders never deadlock, and pay each once', async () => {
  const people = await Promise.all(
    Array.from({ length: 4 }, () => town.person({ offline: 50_000 })),
  );
  const keys = await Promise.all(people.map((person) => keyOf(town, person)));
  const packets: Uint8Array[] = [];
  for (const [i, key] of keys.entries()) {
    const allowance = await town.allowance(await town.device(people[i]!));
    const native = await journal(
      town,
      allowance,
      Array.from({ length: 5 }, () => ({ amount: 10, payee: shop.current.number })),
    );
    packets.push(...native.map(({ packet }) => packet));
    for (let k = 0; k < 5; k++) packets.push((await pay(key, shopKey, { amount: 10 })).bytes);
  }
  const before = await shopBalance();
  const batches = Array.from({ length: 8 }, (_, i) => {
    const turned = [...packets.slice(i * 5), ...packets.slice(0, i * 5)];
    return i % 2 === 0 ? turned : turned.reverse();
  });
  const outcomes = await Promise.all(batches.map((batch) => town.hand(batch)));
  for (const answers of outcomes) expect(new Set(answers.map(said))).toEqual(new Set(['settled']));
  expect(await shopBalance()).toBe(before + 400n);
  const { rows } = await db.ownerPool.query<{ deadlocks: bigint }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  expect(rows).toEqual([{ deadlocks: 0n }]);
  await town.checkMoney();
});

async function move(at: Town, debit: bigint, credit: bigint, amount: bigint): Promise<void> {
  await at.db.serverPool.query(
    `select ledger_try_post(array[$1::bigint], array[$2::bigint], array[$3::bigint], array[586],
      array['transfer'], array[null::bytea], now())`,
    [debit, credit, amount],
  );
}

function shown(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}
