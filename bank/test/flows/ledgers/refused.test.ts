import { createHash } from 'node:crypto';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStaffedBank } from '../../support/staffed-bank.ts';
import type { StaffedBank } from '../../support/staffed-bank.ts';
import { unmoved } from '../../support/unmoved.ts';
import type { PageUser, Sender } from './pages.ts';
import {
  approved,
  chained,
  decide,
  fundLine,
  pay,
  register,
  sealed,
  send,
  sender,
} from './pages.ts';
import { alteredAfterSigning, sealText } from './raw.ts';

let bank: StaffedBank;
let payer: Sender;
let shop: PageUser;
beforeAll(async () => {
  bank = await startStaffedBank({ CORS_ORIGINS: 'http://localhost:5173' });
  await fundLine(bank, '49000.00');
  payer = await sender(bank, 5000);
  shop = await approved(bank);
});
afterAll(() => bank.stop());

/** What the audit chain says of a body. */
async function eventsOf(body: string): Promise<readonly string[]> {
  const sha256 = createHash('sha256').update(body).digest('hex');
  const { rows } = await bank.ownerPool.query<{ outcome: string }>(
    `select outcome from audit_events where action = 'ledger.refused' and subject = $1`,
    [`ledger:${sha256}`],
  );
  return rows.map(({ outcome }) => outcome);
}

const twoPaid = async () => chained([await pay(payer, shop), await pay(payer, shop)]);
const listOf = (entries: readonly string[]) => `[${entries.join(',')}]`;
const keyPair = async () => {
  const { privateKey } = await generateNodeSigningKey('ES256');
  return nodeSigner('ES256', privateKey);
};

type Row = readonly [name: string, code: string, sentence: RegExp, body: () => Promise<string>];

/** Each alone, in the order in which they are looked at. */
const ROWS: readonly Row[] = [
  [
    'more entries than a sealed ledger has',
    'ledger/too_large',
    /too large/,
    async () => {
      const [entry = ''] = chained([await pay(payer, shop)]);
      return listOf(Array.from({ length: 5_001 }, () => entry));
    },
  ],
  ['another form', 'ledger/malformed', /not a ledger/, async () => '{"hello":1}'],
  [
    'an envelope without its key',
    'ledger/malformed',
    /not a ledger/,
    async () => '{"encrypted_payload":"AAAA"}',
  ],
  [
    'an envelope of a key that is none',
    'ledger/key_invalid',
    /Invalid key/,
    async () => {
      const body = JSON.parse(await sealed(bank, shop, await twoPaid())) as object;
      return JSON.stringify({ ...body, receiver_public_key: { kty: 'EC' } });
    },
  ],
  [
    'what is sealed to somebody else',
    'ledger/open_failed',
    /not sealed to a key/,
    async () => sealed(bank, shop, await twoPaid(), shop.signer.publicKey),
  ],
  ['no entries', 'ledger/empty', /no entries/, async () => '[]'],
  [
    'an entry that is no transaction',
    'ledger/transaction_malformed',
    /Entry 1 cannot/,
    async () => listOf([(await twoPaid())[0] ?? '', '{"ledger_index":1}']),
  ],
  [
    'a key twice inside',
    'ledger/malformed',
    /not a ledger/,
    async () => {
      return sealText(bank, '{"ledger":[],"ledger":[]}');
    },
  ],
  [
    'a ledger by nobody who is registered',
    'ledger/receiver_unknown',
    /receiver/,
    async () => sealed(bank, { signer: await keyPair() }, await twoPaid()),
  ],
  [
    'a ledger by somebody not approved yet',
    'ledger/receiver_unknown',
    /receiver/,
    async () => sealed(bank, await register(bank), await twoPaid()),
  ],
  [
    'an export by nobody',
    'ledger/receiver_unknown',
    /receiver/,
    async () => `{"ledger":{"receiver_id":"nobody","entries":${listOf(await twoPaid())}}}`,
  ],
  [
    'another ledger’s hash',
    'ledger/hash_mismatch',
    /hash mismatch/,
    async () => {
      return alteredAfterSigning(bank, shop, await twoPaid(), 'hash');
    },
  ],
  [
    'a signature over something else',
    'ledger/receiver_signature_invalid',
    /Receiver/,
    async () => {
      return alteredAfterSigning(bank, shop, await twoPaid(), 'signature');
    },
  ],
  [
    'one altered amount',
    'ledger/transaction_hash_mismatch',
    /hash mismatch/,
    async () =>
      sealed(
        bank,
        shop,
        (await twoPaid()).map((text, i) =>
          i === 1 ? text.replace('"amount":50', '"amount":51') : text,
        ),
      ),
  ],
  [
    'entries in another order',
    'ledger/chain_broken',
    /Entry 0: hash chain/,
    async () => sealed(bank, shop, (await twoPaid()).toReversed()),
  ],
  [
    'a cut in the middle',
    'ledger/chain_broken',
    /hash chain/,
    async () => {
      const paid = await Promise.all([1, 2, 3].map(() => pay(payer, shop)));
      return sealed(
        bank,
        shop,
        chained(paid).filter((_, i) => i !== 1),
      );
    },
  ],
  [
    'one transaction twice',
    'ledger/duplicate_transaction',
    /twice/,
    async () => {
      const paid = await pay(payer, shop);
      return sealed(bank, shop, chained([paid, paid]));
    },
  ],
  [
    'an entry for somebody else',
    'ledger/receiver_mismatch',
    /not for the receiver/,
    async () =>
      sealed(bank, shop, chained([await pay(payer, shop), await pay(payer, await approved(bank))])),
  ],
  [
    'a sender whom nobody knows',
    'ledger/sender_unknown',
    /not registered/,
    async () => {
      const stranger = { ...payer, userId: 'stranger' };
      return sealed(bank, shop, chained([await pay(payer, shop), await pay(stranger, shop)]));
    },
  ],
  [
    'another key than the sender’s',
    'ledger/sender_key_mismatch',
    /registered one/,
    async () => {
      const forged = await pay(payer, shop, { signer: await keyPair() });
      return sealed(bank, shop, chained([await pay(payer, shop), forged]));
    },
  ],
  [
    'a signature by another key',
    'ledger/sender_signature_invalid',
    /sender signature/,
    async () => {
      const paid = await pay(payer, shop);
      const { signature } = JSON.parse(await pay(payer, shop)) as { readonly signature: string };
      const forged = JSON.stringify({ ...(JSON.parse(paid) as object), signature });
      return sealed(bank, shop, chained([await pay(payer, shop), forged]));
    },
  ],
];

describe('nothing of a ledger settles that has', () => {
  test.each(ROWS)('%s', async (_, code, sentence, make) => {
    const body = await make();
    for (const route of ['/verify-ledger', '/settle-ledger'] as const) {
      const told = await unmoved(bank, () => send(bank, route, body));
      expect(told).toMatchObject({ status: 200, ok: false, transactions: [], logIds: [] });
      expect(told.errors[0]).toMatch(sentence);
    }
    expect(await eventsOf(body)).toEqual([code, code]);
  });
});

describe('a body that is no JSON of ours', () => {
  test.each<[string, number, string, () => string]>([
    ['four megabytes of brackets', 400, 'request/malformed', () => '['.repeat(4 << 20)],
    ['a key twice', 400, 'request/duplicate_key', () => '{"ledger":{},"ledger":{}}'],
    ['more than six megabytes', 413, 'request/too_large', () => `["${'a'.repeat(6 << 20)}"]`],
    ['more values than a ledger has', 400, 'request/malformed', () => `[${'1,'.repeat(330_000)}1]`],
  ])('%s is refused at the door', async (_, status, code, make) => {
    const answer = await bank.fetch('/settle-ledger', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: make(),
    });
    const said = (await answer.json()) as Readonly<Record<string, unknown>>;
    expect([answer.status, said['code']]).toEqual([status, code]);
  });
});

test('a receiver who was approved once settles nothing while he is rejected', async () => {
  const former = await approved(bank);
  const body = await sealed(bank, former, chained([await pay(payer, former)]));
  await decide(bank, former, 'rejected');
  expect(await unmoved(bank, () => send(bank, '/settle-ledger', body))).toMatchObject({
    ok: false,
  });
  await decide(bank, former, 'approved');
  expect(await send(bank, '/settle-ledger', body)).toMatchObject({ ok: true });
});

test('pages elsewhere may call: those that the settings name, no others', async () => {
  for (const [origin, allowed] of [
    ['http://localhost:5173', 'http://localhost:5173'],
    ['https://thief.example', null],
  ] as const) {
    const answer = await bank.fetch('/settle-ledger', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
    const key = await bank.fetch('/bank-public-key', { headers: { origin } });
    expect(key.headers.get('access-control-allow-origin')).toBe(allowed);
  }
});
