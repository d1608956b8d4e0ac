import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HeldKey } from '../../settlement/key-town.ts';
import { pay } from '../../settlement/key-town.ts';
import type { Person } from '../../settlement/town.ts';
import { openOlderTown, SYNCED, told } from './older-town.ts';
import type { OlderTown } from './older-town.ts';

/** What receivers of older clients say of payments (http-api.md, "Offline transactions"). */

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

  test('is no payment, whatever is said around it', async () => {
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
