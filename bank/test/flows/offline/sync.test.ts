import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryHash, GENESIS } from '../../../src/flows/offline/chain.ts';
import { chainHead } from '../../../src/flows/offline/index.ts';
import type { HeldKey, SignedItem } from '../../settlement/key-town.ts';
import { dictOf, keyOf, makeKey, pay, retireKey, signDict } from '../../settlement/key-town.ts';
import type { Person, Town } from '../../settlement/town.ts';
import { createTown } from '../../settlement/town.ts';
import { createTestDatabase } from '../../support/index.ts';
import type { TestDatabase } from '../../support/index.ts';
import { bodyText, elementText, openOlderBank } from './older-bank.ts';
import type { OlderBank, SyncAnswer } from './older-bank.ts';

/** What older clients hand in, and what they are told (http-api.md, "Offline transactions"). */

let db: TestDatabase;
let town: Town;
let bank: OlderBank;
let payer: Person;
let shop: Person;
let payerKey: HeldKey;
let shopKey: HeldKey;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  town.now = Math.floor(Date.now() / 1000);
  bank = openOlderBank(town);
  payer = await town.person({ offline: 100_000_000 });
  shop = await town.person({ offline: 0 });
  payerKey = await keyOf(town, payer);
  shopKey = await keyOf(town, shop);
});
afterAll(() => db.drop());

const handIn = (by: Person, items: readonly SignedItem[], more: readonly object[] = []) =>
  bank.syncText(by, bodyText(items.map((item, at) => elementText(item, more[at]))));
const told = ({ results }: SyncAnswer) =>
  results.map(({ result, error_reason: reason }) => [result, reason]);
const SYNCED = ['synced', null];
const shopBalance = () => town.balance(shop.current.ledgerAccount);

/** A person of its own, so that a block hurts no other test. */
async function person(offline = 1_000_000): Promise<{ who: Person; key: HeldKey }> {
  const who = await town.person({ offline });
  return { who, key: await keyOf(town, who) };
}

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

  test('of two generations is one: six members minified, then the whole dict in quotes', async () => {
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

  test('whose signature does not hold, or that an unknown or retired key signed, fails', async () => {
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

  test('that the wallet cannot pay yet is pending, never failed, and paid when it can', async () => {
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

  test('that names another payee than its key’s fails; the six members alone are paid', async () => {
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

interface Link {
  readonly device_fingerprint: string;
  readonly ledger_prev_hash: string;
  readonly ledger_entry_hash: string;
  readonly ledger_sequence: number;
  readonly integrity_canonical_json: string;
}

function link(previous: string, sequence: number, canonical = `{"n":${sequence}}`): Link {
  return {
    device_fingerprint: 'phone-1',
    ledger_prev_hash: previous,
    ledger_entry_hash: entryHash({ previous, canonical }),
    ledger_sequence: sequence,
    integrity_canonical_json: canonical,
  };
}

const isBlocked = async ({ accountId }: Person) => {
  const { rows } = await db.ownerPool.query<{ status: string }>(
    'select status from accounts where id = $1',
    [accountId],
  );
  return rows[0]?.status === 'review';
};

describe('the chain of a device', () => {
  test('grows by what is taken; the same upload again is known', async () => {
    const { who, key } = await person();
    const items = await Promise.all([1, 2, 3].map(() => pay(key, shopKey, { amount: 100 })));
    const first = link(GENESIS, 1);
    const second = link(first.ledger_entry_hash, 2);
    const links = [first, second, link(second.ledger_entry_hash, 3)];
    for (let time = 1; time <= 3; time += 1) {
      expect(told(await handIn(who, items, links))).toEqual([SYNCED, SYNCED, SYNCED]);
    }
    expect(await chainHead(db.serverPool, who.accountId, 'phone-1')).toEqual({
      previous: links[2]?.ledger_entry_hash,
      nextSequence: 4,
    });
    expect(await chainHead(db.serverPool, who.accountId, 'phone-2')).toEqual({
      previous: GENESIS,
      nextSequence: 1,
    });
    expect(await isBlocked(who)).toBe(false);
  });

  test.each<[string, (head: string) => Partial<Link> | Link, string, boolean]>([
    ['incomplete', () => ({ ledger_sequence: 2 }), 'INCOMPLETE_FIELDS', false],
    [
      'of sequence 1.5',
      (head) => ({ ...link(head, 2), ledger_sequence: 1.5 }),
      'INVALID_SEQUENCE',
      false,
    ],
    [
      'of no hash',
      (head) => ({ ...link(head, 2), ledger_entry_hash: 'xyz' }),
      'INVALID_HASH_FORMAT',
      true,
    ],
    ['a fork', () => link(GENESIS, 1, '{"fork":1}'), 'SEQUENCE_MISMATCH', false],
    ['a gap', (head) => link(head, 3), 'SEQUENCE_MISMATCH', false],
    ['of another past', () => link('ab'.repeat(32), 2), 'PREV_MISMATCH', false],
    [
      'that hashed something else',
      (head) => ({ ...link(head, 2), integrity_canonical_json: '{}' }),
      'HASH_MISMATCH',
      true,
    ],
  ])('%s is refused', async (_what, next, code, blocked) => {
    const { who, key } = await person();
    const first = link(GENESIS, 1);
    expect(told(await handIn(who, [await pay(key, shopKey)], [first]))).toEqual([SYNCED]);
    const before = await shopBalance();
    const item = await pay(key, shopKey);
    const answer = await handIn(who, [item], [next(first.ledger_entry_hash)]);
    expect(told(answer)).toEqual([['failed', `LEDGER_INTEGRITY_${code}`]]);
    expect(await shopBalance()).toBe(before);
    expect(await isBlocked(who)).toBe(blocked);
    if (blocked) {
      const { rows } = await db.ownerPool.query(
        `select outcome from audit_events where action = 'ledger_chain.broken' and subject = $1`,
        [`account:${who.name}`],
      );
      expect(rows).toEqual([{ outcome: `LEDGER_INTEGRITY_${code}` }]);
      return;
    }
    // Its payee is paid without it.
    expect(told(await handIn(shop, [item]))).toEqual([SYNCED]);
  });

  test('of a device never seen may begin anywhere, but its hash has to fit', async () => {
    const { who, key } = await person();
    const wrong = { ...link('cd'.repeat(32), 41), integrity_canonical_json: 'other' };
    const item = await pay(key, shopKey);
    expect(told(await handIn(who, [item], [wrong]))).toEqual([
      ['failed', 'LEDGER_INTEGRITY_HASH_MISMATCH_FIRST_SEEN_DEVICE'],
    ]);
    expect(await isBlocked(who)).toBe(false);
    expect(told(await handIn(who, [item], [link('cd'.repeat(32), 41)]))).toEqual([SYNCED]);
  });

  test('cannot be used against a payee: who did not sign is not blocked by it', async () => {
    const { who, key } = await person();
    const item = await pay(payerKey, key);
    const broken = { ...link(GENESIS, 1), ledger_entry_hash: 'xyz' };
    expect(told(await handIn(who, [item], [broken]))).toEqual([SYNCED]);
    // Nor by an element of one’s own wallet that somebody else signed.
    const forged = await signDict(payerKey, dictOf(key, shopKey));
    expect(told(await handIn(who, [forged], [broken]))).toEqual([
      ['failed', 'Invalid or missing transaction signature'],
    ]);
    expect(await isBlocked(who)).toBe(false);
  });

  test('does not take an old entry for another transaction', async () => {
    const { who, key } = await person();
    const first = link(GENESIS, 1);
    await handIn(who, [await pay(key, shopKey)], [first]);
    const reused = { ...first, integrity_canonical_json: '{"other":1}' };
    expect(told(await handIn(who, [await pay(key, shopKey)], [reused]))).toEqual([
      ['failed', 'LEDGER_INTEGRITY_SEQUENCE_MISMATCH'],
    ]);
  });

  test('keeps nobody from hearing that a payment is settled', async () => {
    const { who, key } = await person();
    const item = await pay(key, shopKey);
    await handIn(shop, [item]);
    const broken = { ...link(GENESIS, 1), integrity_canonical_json: '{}' };
    expect(told(await handIn(who, [item], [broken]))).toEqual([SYNCED]);
    expect(await isBlocked(who)).toBe(false);
  });
});

interface Attested {
  readonly amount?: string;
  readonly nonce: string;
  readonly payee?: string;
  readonly wallet?: number;
  readonly by?: HeldKey;
}

/** A receiver's side of it, signed over the nine fields, minified, as given. */
async function attest(receiver: Person, fields: Attested): Promise<unknown> {
  const { amount = '50.00', nonce, by = shopKey } = fields;
  const data = {
    amount,
    currency: 'PKR',
    direction: 'RECEIVED',
    nonce,
    payee_id: fields.payee ?? receiver.name,
    payer_id: payer.name,
    receiver_wallet_id: fields.wallet ?? receiver.offline.number,
    timestamp: 1_795_000_000_000,
    tx_id: `tx-${nonce}`,
  };
  const signature = await by.signer.sign(new TextEncoder().encode(JSON.stringify(data)));
  return { transaction_data: data, signature: Buffer.from(signature).toString('base64') };
}

describe('what a receiver attests', () => {
  test('is kept once, moves nothing, and shows beside the payment', async () => {
    const item = await pay(payerKey, shopKey);
    const before = await shopBalance();
    const attested = await attest(shop, { nonce: item.nonce });
    expect(told(await bank.sync(shop, [attested, attested]))).toEqual([SYNCED, SYNCED]);
    expect(await shopBalance()).toBe(before);
    expect((await bank.history(shop, '50')).find((own) => own.nonce === item.nonce)).toMatchObject({
      perspective: 'receiver',
      first_sync_party: 'receiver',
      sync_coverage: 'receiver_only',
      offline_transaction_id: null,
    });
    await handIn(payer, [item]);
    const both = { nonce: item.nonce, sync_coverage: 'both', tx_id: `tx-${item.nonce}` };
    const seenBy = async (who: Person) =>
      (await bank.history(who, '50')).filter(({ nonce }) => nonce === item.nonce);
    expect(await seenBy(shop)).toMatchObject([{ ...both, perspective: 'receiver' }]);
    const parties = { payer_id: payer.name, payee_id: shop.name };
    expect(await seenBy(payer)).toMatchObject([{ ...both, ...parties, perspective: 'sender' }]);
  });

  test.each<[string, (nonce: string, stranger: Person, key: HeldKey) => Promise<unknown>, string]>([
    [
      'with other content under its nonce',
      async (nonce) => {
        await bank.sync(shop, [await attest(shop, { nonce })]);
        return attest(shop, { nonce, amount: '51.00' });
      },
      'Duplicate transaction: this nonce was attested with other content',
    ],
    [
      'by another key',
      (nonce, _stranger, key) => attest(shop, { nonce, by: key }),
      'Invalid or missing transaction signature',
    ],
    [
      'for somebody else’s wallet',
      (nonce, stranger) => attest(shop, { nonce, wallet: stranger.offline.number }),
      'Sender wallet not found',
    ],
    [
      'in somebody else’s name',
      (nonce, stranger) => attest(shop, { nonce, payee: stranger.name }),
      'The signed receiver does not own the receiver’s key',
    ],
  ])('%s fails', async (_what, make, reason) => {
    const { who, key } = await person();
    const { nonce } = await pay(payerKey, shopKey);
    const rows = await town.count('receiver_attestations');
    const element = await make(nonce, who, key);
    const answer = await bank.sync(shop, [element]);
    expect(told(answer)).toEqual([['failed', reason]]);
    expect((await town.count('receiver_attestations')) - rows).toBeLessThanOrEqual(1);
  });

  test('is no payment, and a payment is no attestation, whatever is said around it', async () => {
    const { nonce } = await pay(payerKey, shopKey);
    const before = await shopBalance();
    const { transaction_data: data, signature } = (await attest(shop, { nonce })) as {
      transaction_data: object;
      signature: string;
    };
    const six = { receiver_public_key: payerKey.pem, sender_wallet_id: shop.offline.number };
    const sent = { transaction_data: { ...data, ...six, direction: 'SENT' }, signature };
    const received = { transaction_data: { ...data, ...six }, signature };
    expect(told(await bank.sync(shop, [sent, received]))).toEqual([
      ['failed', 'Invalid or missing transaction signature'],
      SYNCED,
    ]);
    expect(await shopBalance()).toBe(before);
  });

  test('by a stranger is shown to nobody else', async () => {
    const { who, key } = await person();
    const item = await pay(payerKey, shopKey);
    await handIn(payer, [item]);
    const attested = await attest(who, { nonce: item.nonce, by: key });
    expect(told(await bank.sync(who, [attested]))).toEqual([SYNCED]);
    const mine = (await bank.history(payer, '50')).filter(({ nonce }) => nonce === item.nonce);
    expect(mine).toMatchObject([{ sync_coverage: 'sender_only', receiver_sync_id: null }]);
    expect(await bank.history(who)).toMatchObject([{ sync_coverage: 'receiver_only' }]);
  });
});

test('the books are even after all of it', async () => {
  await town.checkMoney();
});
