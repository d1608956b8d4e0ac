import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dictOf, makeKey, pay, retireKey, signDict } from '../../settlement/key-town.ts';
import type { Person } from '../../settlement/town.ts';
import { elementText } from './older-bank.ts';
import { openOlderTown, SYNCED, told } from './older-town.ts';
import type { OlderTown } from './older-town.ts';

/** What older clients hand in, and what they are told (http-api.md, "Offline transactions"). */

let db: OlderTown['db'];
let town: OlderTown['town'];
let bank: OlderTown['bank'];
let payer: OlderTown['payer'];
let shop: OlderTown['shop'];
let payerKey: OlderTown['payerKey'];
let shopKey: OlderTown['shopKey'];
let handIn: OlderTown['handIn'];
let shopBalance: OlderTown['shopBalance'];
let person: OlderTown['person'];
beforeAll(async () => {
  ({ db, town, bank, payer, shop, payerKey, shopKey, handIn, shopBalance, person } =
    await openOlderTown());
});
afterAll(() => db.drop());

describe('a payment', () => {
  test('is synced once, whoever hands it in and however often', async () => {
    const before = await shopBalance();
    const item = await pay(payerKey, shopKey, { amount: 25_050 });
    const first = await handIn(payer, [item]);
    expect(first).toMatchObject({
      total_synced: 1,
      total_failed: 0,
      synced: [{ nonce: item.nonce, amount: '250.50', status: 'synced' }],
      failed: [],
    });
    const again = [await handIn(payer, [item]), await handIn(shop, [item, item])];
    const ids = [first, ...again].flatMap(({ results }) =>
      results.map(({ transaction_id: id }) => id),
    );
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toEqual(expect.any(Number));
    expect(again.map(told)).toEqual([[SYNCED], [SYNCED, SYNCED]]);
    expect(await shopBalance()).toBe(before + 25_050n);
  });

  test('of two generations is one: six members minified, the whole dict in quotes', async () => {
    const before = await shopBalance();
    const text = dictOf(payerKey, shopKey, {
      more: { payer_id: payer.name, payee_id: shop.name },
    });
    const older = await signDict(payerKey, text);
    const newer = await signDict(payerKey, text, { spaced: true, stringified: true });
    expect(told(await handIn(shop, [newer]))).toEqual([SYNCED]);
    expect(told(await handIn(payer, [older]))).toEqual([SYNCED]);
    expect(await shopBalance()).toBe(before + 5_000n);
  });

  test('handed in by both at once, ten times, is paid once', async () => {
    const before = await shopBalance();
    const items = await Promise.all([1, 2, 3].map(() => pay(payerKey, shopKey, { amount: 100 })));
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        i % 2 === 0 ? handIn(payer, items) : handIn(shop, [...items].reverse()),
      ),
    );
    expect(all.flatMap(told)).toEqual(Array.from({ length: 30 }, () => SYNCED));
    expect(await shopBalance()).toBe(before + 300n);
  });

  test('of somebody else is handed in by nobody', async () => {
    const { who: stranger } = await person();
    const item = await pay(payerKey, shopKey);
    const uploads = await town.count('uploads');
    const answer = await handIn(stranger, [item]);
    expect(told(answer)).toEqual([['failed', 'Sender wallet not found']]);
    expect(answer.results[0]?.transaction_id).toBeNull();
    // Nothing of it is kept, and the log has no nonce, number or key.
    expect(await town.count('uploads')).toBe(uploads);
    expect(bank.log.at(-1)).toBe(`offline.not_a_party {"account":"${stranger.name}","elements":1}`);
    expect(told(await handIn(payer, [item]))).toEqual([SYNCED]);
  });

  test('under a nonce that another one has is a duplicate, in either order', async () => {
    const first = await pay(payerKey, shopKey, { amount: 100 });
    const other = await pay(payerKey, shopKey, { amount: 900, nonce: first.nonce });
    const duplicate = ['failed', 'Duplicate transaction: this nonce was used for another payment'];
    expect(told(await handIn(payer, [first, other]))).toEqual([SYNCED, duplicate]);
    expect(told(await handIn(shop, [other, first]))).toEqual([duplicate, SYNCED]);
  });

  test('whose signature does not hold, or of an unknown or retired key, fails', async () => {
    const text = dictOf(payerKey, shopKey);
    const forged = await signDict(shopKey, text);
    const { who, key } = await person();
    const old = await pay(key, shopKey);
    await retireKey(town, key, town.now - 60);
    const signature = ['failed', 'Invalid or missing transaction signature'];
    expect(told(await handIn(payer, [forged]))).toEqual([signature]);
    expect(told(await handIn(who, [old]))).toEqual([signature]);
    expect(told(await handIn(payer, [await signDict(payerKey, text)]))).toEqual([SYNCED]);
  });

  test('that the wallet cannot pay yet is pending, and paid when it can', async () => {
    const { who, key } = await person(100);
    const item = await pay(key, shopKey, { amount: 5_000 });
    const answer = await handIn(who, [item]);
    expect(told(answer)).toEqual([['pending', 'Insufficient balance in the offline wallet']]);
    expect([answer.total_synced, answer.total_failed]).toEqual([0, 0]);
    const [listed] = await bank.list(who);
    expect(listed).toMatchObject({ id: answer.results[0]?.transaction_id, status: 'pending' });
    await handIn(payer, [await pay(payerKey, key, { amount: 5_000 })]);
    // What it was paid is in its current wallet; so it loads.
    await load(who, 5_000n);
    expect(told(await handIn(shop, [item]))).toEqual([SYNCED]);
    expect((await bank.list(who))[0]).toMatchObject({ status: 'synced' });
  });

  test('to a key that nobody has is pending until somebody has it', async () => {
    const theirs = await makeKey(shop);
    const answer = await handIn(payer, [await pay(payerKey, theirs, { amount: 70 })]);
    expect(told(answer)).toEqual([
      ['pending', 'The receiver’s key is not registered with this bank'],
    ]);
  });

  test('that names another payee than its key’s fails; the six alone are paid', async () => {
    const text = dictOf(payerKey, shopKey, { more: { payee_id: payer.name } });
    const whole = await signDict(payerKey, text, { spaced: false, stringified: false });
    const mismatch = ['failed', 'The signed receiver does not own the receiver’s key'];
    expect(told(await handIn(shop, [whole]))).toEqual([mismatch]);
    expect(told(await handIn(payer, [await signDict(payerKey, text)]))).toEqual([SYNCED]);
  });

  test('in another currency than the wallet’s fails', async () => {
    const item = await pay(payerKey, shopKey, { currency: 'USD' });
    expect(told(await handIn(payer, [item]))).toEqual([
      ['failed', 'The currency is not that of the wallets'],
    ]);
    expect((await bank.list(payer, { status_filter: 'failed' }))[0]).toMatchObject({
      nonce: item.nonce,
      status: 'failed',
    });
  });

  test('of a blocked payer waits for the review, and is handed in all the same', async () => {
    const { who, key } = await person();
    const item = await pay(key, shopKey);
    await db.ownerPool.query(
      `update accounts set status = 'review', blocked_at = now() - interval '1 hour'
       where id = $1`,
      [who.accountId],
    );
    expect(told(await handIn(who, [item]))).toEqual([['pending', 'Held for review']]);
  });

  test('that names no proper fields is told in order, beside those that do', async () => {
    const item = await pay(payerKey, shopKey);
    const answer = await bank.syncText(
      payer,
      `{"transactions": [{}, ${elementText(item)}, {"transaction_data": {"nonce": "x"}}]}`,
    );
    expect(told(answer)).toEqual([
      ['failed', 'Missing required fields: transaction_data'],
      SYNCED,
      [
        'failed',
        'Missing required fields: amount, currency, receiver_public_key, ' +
          'sender_wallet_id, timestamp',
      ],
    ]);
    expect(answer.results.map(({ reference }) => reference)).toEqual([null, item.nonce, 'x']);
    expect(answer.failed).toHaveLength(2);
  });

  test('that the bank cannot decide now is pending, and decided by the worker', async () => {
    const item = await pay(payerKey, shopKey, { amount: 10 });
    await db.ownerPool.query('alter table settled_key_payments rename to gone');
    const answer = await handIn(payer, [item]).finally(() =>
      db.ownerPool.query('alter table gone rename to settled_key_payments'),
    );
    expect(told(answer)).toEqual([['pending', 'Stored; it will be settled soon']]);
    expect(told(await handIn(payer, [item]))).toEqual([SYNCED]);
  });
});

async function load(who: Person, minor: bigint): Promise<void> {
  await db.ownerPool.query(
    `select ledger_post(array[$1::bigint], array[$2::bigint], array[$3::bigint], array[586],
       array['transfer'], array[null::bytea], now())`,
    [who.current.ledgerAccount, who.offline.ledgerAccount, minor],
  );
}

test('the books are even after all of it', async () => {
  await town.checkMoney();
});
