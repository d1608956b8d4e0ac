import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HeldKey } from '../../settlement/key-town.ts';
import { dictOf, keyOf, pay, signDict } from '../../settlement/key-town.ts';
import type { Person, Town } from '../../settlement/town.ts';
import { createTown } from '../../settlement/town.ts';
import { createTestDatabase } from '../../support/index.ts';
import type { TestDatabase } from '../../support/index.ts';
import { bodyText, elementText, openOlderBank, valueOf } from './older-bank.ts';
import type { OlderBank } from './older-bank.ts';

/** Created, signed, stored, confirmed, listed and verified by older clients (http-api.md). */

let db: TestDatabase;
let town: Town;
let bank: OlderBank;
let shop: Person;
let shopKey: HeldKey;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  town.now = Math.floor(Date.now() / 1000);
  bank = openOlderBank(town);
  shop = await town.person({ offline: 0 });
  shopKey = await keyOf(town, shop);
});
afterAll(() => db.drop());

async function person(offline = 200_000): Promise<{ who: Person; key: HeldKey }> {
  const who = await town.person({ offline });
  return { who, key: await keyOf(town, who) };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe('what to sign', () => {
  const qr = () => ({ public_key: shopKey.pem, user_id: shop.name, payeeId: shop.name });
  const order = (who: Person, more: object = {}) => ({
    sender_wallet_id: who.offline.number,
    receiver_qr_data: qr(),
    amount: '500.0',
    currency: 'PKR',
    ...more,
  });

  test('has eight members, the amount and the time as they were given', async () => {
    const { who } = await person();
    const first = valueOf(
      await bank.create(who, order(who, { created_at_device: 1_795_000_000_123 })),
    );
    expect(first.transaction_data).toEqual({
      amount: '500.0',
      currency: 'PKR',
      nonce: first.nonce,
      payee_id: shop.name,
      payer_id: who.name,
      receiver_public_key: shopKey.pem,
      sender_wallet_id: who.offline.number,
      timestamp: 1_795_000_000_123,
    });
    expect(first.nonce).toMatch(/^[0-9a-f]{32}$/);
    const text = JSON.stringify(qr());
    const again = valueOf(await bank.create(who, order(who, { receiver_qr_data: text })));
    expect(again.nonce).not.toBe(first.nonce);
    expect(await town.count('key_payments')).toBe(0);
  });

  test.each<[string, (who: Person) => object, string, RegExp]>([
    [
      'without a key',
      () => ({ receiver_qr_data: { payeeId: 'x' } }),
      'wallet/qr_invalid',
      /^Invalid QR/,
    ],
    [
      'with half a key',
      () => ({ receiver_qr_data: { ...qr(), public_key: 'k' } }),
      'wallet/qr_invalid',
      /^Invalid QR/,
    ],
    ['that is no JSON', () => ({ receiver_qr_data: '{' }), 'wallet/qr_invalid', /^Invalid QR/],
    [
      'of nobody',
      () => ({ receiver_qr_data: { public_key: shopKey.pem } }),
      'wallet/qr_invalid',
      /^Invalid QR/,
    ],
    [
      'for more than there is',
      () => ({ amount: '2000.01' }),
      'wallet/insufficient_funds',
      /^Insufficient/,
    ],
    ['for nothing', () => ({ amount: '0.00' }), 'amount/invalid', /greater than 0/],
    ['for a tenth of a paisa', () => ({ amount: '1.001' }), 'amount/invalid', /^Invalid amount/],
    ['in another currency', () => ({ currency: 'USD' }), 'wallet/currency_mismatch', /currency/],
    [
      'from a current wallet',
      (who) => ({ sender_wallet_id: who.current.number }),
      'wallet/not_found',
      /./,
    ],
    [
      'from another’s wallet',
      () => ({ sender_wallet_id: shop.offline.number }),
      'wallet/not_found',
      /./,
    ],
  ])('a code %s is refused', async (_what, change, code, detail) => {
    const { who } = await person();
    const reply = await bank.create(who, order(who, change(who)));
    expect(reply).toMatchObject({
      ok: false,
      code,
      detail: expect.stringMatching(detail) as string,
    });
  });
});

describe('signed and stored', () => {
  test('is pending, has a receipt that verifies, and is paid by a sync', async () => {
    const { who, key } = await person();
    const before = await town.balance(shop.current.ledgerAccount);
    const item = await pay(key, shopKey, { amount: 50_000 });
    const stored = valueOf(await bank.store(who, elementText(item)));
    expect(stored).toMatchObject({ local_balance: '1500.00' });
    const { receipt } = stored;
    expect(receipt).toMatchObject({ version: '1.0', nonce: item.nonce, amount: 500 });
    const question = { signature: receipt.signature, sender_public_key: key.pem };
    expect(await bank.verify({ receipt_data: receipt, ...question })).toMatchObject({
      valid: true,
      transaction_data: { nonce: item.nonce, sender_wallet_id: who.offline.number },
    });
    const [listed] = await bank.list(who, { status_filter: 'pending' });
    expect(listed).toMatchObject({
      amount: '500.00',
      receiver_public_key: shopKey.pem,
      transaction_signature: base64(item.item.signature),
      receipt_hash: receipt.receipt_hash,
      synced_at: null,
    });
    expect(await bank.verify({ receipt_data: listed?.receipt_data, ...question })).toMatchObject({
      valid: true,
    });
    expect(await town.balance(shop.current.ledgerAccount)).toBe(before);
    const synced = await bank.syncText(who, bodyText([elementText(item)]));
    expect(synced.results[0]?.transaction_id).toBe(listed?.id);
    expect(await town.balance(shop.current.ledgerAccount)).toBe(before + 50_000n);
    expect(valueOf(await bank.store(who, elementText(item)))).toMatchObject({
      receipt,
      local_balance: '1500.00',
    });
  });

  test('is not called failed by a copy whose signature does not hold', async () => {
    const { who, key } = await person();
    const item = await pay(key, shopKey, { amount: 100 });
    const forged = elementText({ ...item, item: { ...item.item, signature: new Uint8Array(256) } });
    const told = async () => {
      const { results } = await bank.syncText(who, bodyText([forged]));
      return results.map(({ result, error_reason: reason }) => [result, reason]);
    };
    expect(await told()).toEqual([['failed', 'Invalid or missing transaction signature']]);
    valueOf(await bank.store(who, elementText(item)));
    expect(await told()).toEqual([['pending', 'Stored; it will be settled soon']]);
    const synced = await bank.syncText(who, bodyText([elementText(item)]));
    expect(synced.total_synced).toBe(1);
  });

  test('comes as the whole body too, with the signature in the query', async () => {
    const { who, key } = await person();
    const text = dictOf(key, shopKey, { more: { payee_id: shop.name } });
    const { item } = await signDict(key, text, { spaced: true, stringified: true });
    const stored = valueOf(await bank.store(who, text, base64(item.signature)));
    // Only what was signed is in it, as it was signed.
    expect(stored.receipt).toMatchObject({ payee_id: shop.name, amount: '50.0' });
  });

  test.each<[string, (own: { who: Person; key: HeldKey }) => Promise<string>, string]>([
    [
      'by another key',
      async ({ key }) => elementText(await signDict(shopKey, dictOf(key, shopKey))),
      'offline/signature_invalid',
    ],
    [
      'without a signature',
      async ({ key }) => `{"transaction_data": ${dictOf(key, shopKey)}}`,
      'offline/signature_invalid',
    ],
    [
      'of another’s wallet',
      async () => elementText(await pay(shopKey, shopKey)),
      'wallet/not_found',
    ],
    [
      'for more than there is',
      async ({ key }) => elementText(await pay(key, shopKey, { amount: 200_001 })),
      'wallet/insufficient_funds',
    ],
    [
      'for nothing',
      async ({ key }) => elementText(await pay(key, shopKey)).replace('50.0', '0'),
      'amount/invalid',
    ],
    ['of no fields', async () => '{"transaction_data": {}, "signature": ""}', 'request/invalid'],
  ])('%s is refused', async (_what, make, code) => {
    const own = await person();
    const rows = await town.count('key_payments');
    expect(await bank.store(own.who, await make(own))).toMatchObject({ ok: false, code });
    expect(await town.count('key_payments')).toBe(rows);
  });

  test('under a nonce that is taken, or over what is pending, is refused', async () => {
    const { who, key } = await person();
    const first = await pay(key, shopKey, { amount: 150_000 });
    valueOf(await bank.store(who, elementText(first)));
    const other = await pay(key, shopKey, { amount: 100, nonce: first.nonce });
    expect(await bank.store(who, elementText(other))).toMatchObject({ code: 'offline/duplicate' });
    const more = await pay(key, shopKey, { amount: 50_001 });
    expect(await bank.store(who, elementText(more))).toMatchObject({
      code: 'wallet/insufficient_funds',
    });
    const many = Array.from({ length: 199 }, () => pay(key, shopKey, { amount: 1 }));
    for (const item of await Promise.all(many)) valueOf(await bank.store(who, elementText(item)));
    const last = elementText(await pay(key, shopKey, { amount: 1 }));
    expect(await bank.store(who, last)).toMatchObject({ code: 'offline/too_many_pending' });
  });
});

describe('confirmed', () => {
  test('by either party once it is synced; only the payee is told his balance', async () => {
    const { who, key } = await person();
    const { who: stranger } = await person();
    const item = await pay(key, shopKey, { amount: 700 });
    valueOf(await bank.store(who, elementText(item)));
    const [{ id } = { id: 0 }] = await bank.list(who);
    expect(await bank.confirm(who, id)).toMatchObject({ code: 'offline/not_synced' });
    await bank.syncText(who, bodyText([elementText(item)]));
    expect(await bank.confirm(stranger, id)).toMatchObject({ code: 'offline/not_found' });
    expect(await bank.confirm(who, 999_999)).toMatchObject({ code: 'offline/not_found' });
    const before = await town.balance(shop.current.ledgerAccount);
    const confirmed = { transaction_id: id, amount: '7.00', status: 'confirmed' };
    const receiverBalance = (Number(before) / 100).toFixed(2);
    expect(valueOf(await bank.confirm(shop, id))).toMatchObject({
      ...confirmed,
      receiver_balance: receiverBalance,
    });
    expect(valueOf(await bank.confirm(who, id))).toMatchObject({
      ...confirmed,
      receiver_balance: null,
    });
    expect(await town.balance(shop.current.ledgerAccount)).toBe(before);
    expect(await bank.list(who, { status_filter: 'synced' })).toEqual([]);
    const [shown] = await bank.list(shop, { status_filter: 'confirmed', limit: '1' });
    expect(shown).toMatchObject({ id, status: 'confirmed' });
    expect(await bank.list(stranger)).toEqual([]);
  });

  test('and lists give what was asked for, whatever number that is', async () => {
    const { who, key } = await person();
    const items = await Promise.all([1, 2, 3].map((amount) => pay(key, shopKey, { amount })));
    for (const item of items) await bank.syncText(who, bodyText([elementText(item)]));
    expect((await bank.list(who)).map(({ amount }) => amount)).toEqual(['0.03', '0.02', '0.01']);
    expect(await bank.list(who, { limit: '2' })).toHaveLength(2);
    expect(await bank.list(who, { limit: '100000' })).toHaveLength(3);
    expect(await bank.history(who, '2')).toHaveLength(2);
    expect(await bank.list(who, { status_filter: 'failed' })).toEqual([]);
  });
});

describe('a receipt', () => {
  test.each<[string, unknown]>([
    ['nothing', {}],
    ['numbers', { receipt_data: 1, signature: 2, sender_public_key: 3 }],
    ['text that is no JSON', { receipt_data: '{', signature: 'x', sender_public_key: 'k' }],
  ])('of %s is not valid, and the answer is 200', async (_what, body) => {
    expect(await bank.verify(body)).toEqual({
      valid: false,
      signature_valid: false,
      hash_valid: false,
      transaction_data: null,
      message: expect.stringContaining('cannot be read') as string,
    });
  });

  test('that was changed, or of another key, is not valid', async () => {
    const { who, key } = await person();
    const item = await pay(key, shopKey);
    const { receipt } = valueOf(await bank.store(who, elementText(item)));
    const question = { signature: base64(item.item.signature), sender_public_key: key.pem };
    const raised = { ...receipt, amount: 9_999 };
    expect(await bank.verify({ receipt_data: raised, ...question })).toMatchObject({
      valid: false,
      signature_valid: false,
      hash_valid: false,
      transaction_data: null,
    });
    const rehashed = { receipt_data: receipt, ...question, sender_public_key: shopKey.pem };
    expect(await bank.verify(rehashed)).toMatchObject({
      valid: false,
      signature_valid: false,
      hash_valid: true,
    });
  });
});
