import { randomBytes } from 'node:crypto';
import { documentId, signDocument } from '@sikka/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { post } from '../../src/ledger/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import type { RefundFields, SignedRefund, Till, TillTerms } from './till.ts';
import { signRefund, tillOf } from './till.ts';
import type { Person, SignedPayment, Town } from './town.ts';
import { createTown, DAY, journal, PKR, said, START } from './town.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;
let till: Till;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
});
beforeEach(async () => {
  payer = await town.person({ offline: 100_000 });
  shop = await town.person({ offline: 0 });
  till = await tillOf(town, shop);
});
afterAll(() => db.drop());

function refund(payment: SignedPayment, fields: RefundFields, by: Till = till) {
  return signRefund(payment, fields, by);
}

const tillFor = (owner: Person, terms?: TillTerms) => tillOf(town, owner, terms);

async function paid(amount = 500): Promise<SignedPayment> {
  const allowance = await town.allowance(await town.device(payer));
  const [payment] = await journal(town, allowance, [{ amount, payee: shop.current.number }]);
  expect((await town.hand([payment!.packet])).map(said)).toEqual(['settled']);
  return payment!;
}

const shopMoney = () => town.balance(shop.current.ledgerAccount);
const payerMoney = () => town.balance(payer.current.ledgerAccount);

test('a refund goes once from current to current wallet, not into the allowance', async () => {
  const payment = await paid();
  const back = await refund(payment, { amount: 200 });
  const [outcome] = await town.hand([back.packet]);
  expect(outcome).toMatchObject({
    kind: 'refund',
    result: 'recorded',
    documentId: back.id,
    paymentId: payment.id,
    amountMinor: 200n,
    currency: PKR,
  });
  const again = await Promise.all([
    town.hand([back.packet]),
    town.hand([back.packet, back.packet]),
    town.hand([new Uint8Array(1), back.packet]),
  ]);
  expect([again[0][0], again[1][1], again[2][1]]).toEqual([outcome, outcome, outcome]);
  expect(await shopMoney()).toBe(300n);
  expect(await payerMoney()).toBe(200n);
  await town.checkMoney();
});

test('the same refund 20 times at once, in batches of their own, is done once (08b)', async () => {
  const payment = await paid();
  const back = await refund(payment, { amount: 100 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const [outcome] = await town.hand([back.packet, new Uint8Array([i])]);
      return outcome;
    }),
  );
  expect(new Set(answers.map((each) => said(each!)))).toEqual(new Set(['recorded']));
  expect(await payerMoney()).toBe(100n);
  await town.checkMoney();
});

test('refunds of one payment in one batch, in any order, with the payment itself', async () => {
  const allowance = await town.allowance(await town.device(payer));
  const [payment] = await journal(town, allowance, [{ amount: 500, payee: shop.current.number }]);
  const one = await refund(payment!, { amount: 200 });
  const two = await refund(payment!, { number: 2, amount: 300, cumulative: 500, previous: one.id });
  const outcomes = await town.hand([two.packet, payment!.packet, one.packet]);
  expect(outcomes.map(said)).toEqual(['recorded', 'settled', 'recorded']);
  expect(await payerMoney()).toBe(500n);
  expect(await shopMoney()).toBe(0n);
});

test('refunded again by a second signature: the same document, the first answer', async () => {
  const payment = await paid();
  const [one, copy] = [
    await refund(payment, { amount: 50 }),
    await refund(payment, { amount: 50 }),
  ];
  expect(one.id).toEqual(copy.id);
  expect(one.packet).not.toEqual(copy.packet);
  const [first] = await town.hand([one.packet]);
  expect(await town.hand([copy.packet])).toEqual([first]);
  expect(await payerMoney()).toBe(50n);
});

/** Each row breaks its rule and, where it can, every one after it. */
const rows: readonly {
  readonly code: string;
  readonly about: string;
  readonly make: (payment: SignedPayment) => Promise<Uint8Array>;
}[] = [
  {
    code: 'issuer_unknown',
    about: 'a credential by a key that the bank does not have',
    make: async (payment) => {
      const fields = { ...till.credential.fields, issuerKey: 99 };
      const credential = await signDocument(fields, town.issuer);
      const id = documentId({ type: 'credential', suite: credential.suite }, credential.payload);
      return packetOf(refund(payment, { amount: 900 }, { ...till, credential, id }));
    },
  },
  {
    code: 'issuer_signature_invalid',
    about: 'a credential the till signed for itself',
    make: async (payment) => {
      const credential = await signDocument(till.credential.fields, till.device.signer);
      return packetOf(refund(payment, { amount: 900 }, { ...till, credential }));
    },
  },
  {
    code: 'credential_unknown',
    about: 'signed by the stolen issuer key, never given out',
    make: async (payment) =>
      packetOf(refund(payment, { amount: 900 }, await tillFor(shop, { known: 'unknown' }))),
  },
  {
    code: 'payee_signature_invalid',
    about: 'one byte of the signature changed',
    make: async (payment) => {
      const { packet } = await refund(payment, { amount: 900 });
      return packet.map((byte, index) => (index === packet.length - 1 ? byte ^ 1 : byte));
    },
  },
  {
    code: 'credential_revoked',
    about: 'by a revoked credential',
    make: async (payment) => {
      await db.ownerPool.query('update credentials set revoked_at = now() where id = $1', [
        till.id,
      ]);
      return packetOf(refund(payment, { amount: 900 }));
    },
  },
  {
    code: 'device_revoked',
    about: 'by a revoked device',
    make: async (payment) => {
      await db.ownerPool.query(`update devices set status = 'revoked' where no = $1`, [
        till.device.no,
      ]);
      return packetOf(refund(payment, { amount: 900 }));
    },
  },
  {
    code: 'expired',
    about: 'by a credential past its end',
    make: async (payment) =>
      packetOf(refund(payment, { amount: 900 }, await tillFor(shop, { until: START + DAY }))),
  },
  {
    code: 'refund_unknown_payment',
    about: 'of a payment that never settled',
    make: async (payment) => {
      const id = new Uint8Array(randomBytes(32));
      return packetOf(refund({ ...payment, id }, { amount: 900 }));
    },
  },
  {
    code: 'refund_wrong_payee',
    about: 'by another shop (08a)',
    make: async (payment) =>
      packetOf(refund(payment, { amount: 900 }, await tillFor(await town.person()))),
  },
  {
    code: 'wrong_currency',
    about: 'in another currency',
    make: async (payment) => packetOf(refund(payment, { amount: 900, currency: 840 })),
  },
  {
    code: 'refund_conflict',
    about: 'another content under the number of one that was done',
    make: async (payment) => {
      await town.hand([(await refund(payment, { amount: 10 })).packet]);
      return packetOf(refund(payment, { amount: 900 }));
    },
  },
  {
    code: 'refund_out_of_order',
    about: 'the second before the first',
    make: async (payment) => packetOf(refund(payment, { number: 2, amount: 400, cumulative: 900 })),
  },
  {
    code: 'refund_out_of_order',
    about: 'naming another refund as the one before',
    make: async (payment) =>
      packetOf(refund(payment, { amount: 400, previous: new Uint8Array(randomBytes(32)) })),
  },
  {
    code: 'refund_over_amount',
    about: 'one minor unit more than was paid',
    make: async (payment) => packetOf(refund(payment, { amount: 501 })),
  },
  {
    code: 'refund_over_amount',
    about: 'a total that does not add up',
    make: async (payment) => packetOf(refund(payment, { amount: 100, cumulative: 101 })),
  },
  {
    code: 'insufficient_funds',
    about: 'after the payee spent the money',
    make: async (payment) => {
      await spend(400n);
      return packetOf(refund(payment, { amount: 200 }));
    },
  },
];

async function packetOf(signed: Promise<SignedRefund>): Promise<Uint8Array> {
  return (await signed).packet;
}

async function spend(amountMinor: bigint): Promise<void> {
  const [debit, credit] = [shop.current.ledgerAccount, payer.offline.ledgerAccount];
  const transfer = { kind: 'transfer', currency: PKR, debit, credit, amountMinor };
  await inTransaction(db.serverPool, (tx) => post(tx, [transfer], new Date()));
}

describe('every refusal, in the order of precedence', () => {
  test.each(rows)('$code: $about', async ({ code, make }) => {
    const payment = await paid();
    const packet = await make(payment);
    const [outcome] = await town.hand([packet]);
    expect(said(outcome!)).toBe(code);
    expect((await town.hand([packet])).map(said)).toEqual([code]);
    expect((await town.hand([packet, packet])).map(said)).toEqual([code, code]);
    await town.checkMoney();
  });
});

test('short of money it refuses itself only, and passes when the money is there', async () => {
  const payment = await paid(500);
  const other = await paid(100);
  await spend(600n);
  const back = await refund(payment, { amount: 400 });
  const small = await refund(other, { amount: 1 });
  const allowance = await town.allowance(await town.device(payer));
  const [more] = await journal(town, allowance, [{ amount: 1, payee: shop.current.number }]);
  const batch = [back.packet, small.packet, more!.packet];
  // The payment of this batch pays for the small one.
  expect((await town.hand(batch)).map(said).toSorted()).toEqual([
    'insufficient_funds',
    'recorded',
    'settled',
  ]);
  await paid(700);
  expect((await town.hand(batch)).map(said)).toEqual(['recorded', 'recorded', 'settled']);
  expect((await town.hand(batch)).map(said)).toEqual(['recorded', 'recorded', 'settled']);
  expect(await payerMoney()).toBe(401n);
  await town.checkMoney();
});

test('a refund that came before its payment is done when it comes again', async () => {
  const allowance = await town.allowance(await town.device(payer));
  const [payment] = await journal(town, allowance, [{ amount: 500, payee: shop.current.number }]);
  const back = await refund(payment!, { amount: 500 });
  expect((await town.hand([back.packet])).map(said)).toEqual(['refund_unknown_payment']);
  expect((await town.hand([payment!.packet])).map(said)).toEqual(['settled']);
  expect((await town.hand([back.packet])).map(said)).toEqual(['recorded']);
});

test('refunds and spending at once never overdraw, and every batch is answered', async () => {
  const payments = await Promise.all(Array.from({ length: 8 }, () => paid(100)));
  const refunds = await Promise.all(payments.map((each) => refund(each, { amount: 100 })));
  const answers = await Promise.all([
    ...refunds.map(({ packet }) => town.hand([packet])),
    ...Array.from({ length: 4 }, async () => {
      await spend(50n);
      return [];
    }),
  ]);
  const said1 = answers.flat().map(said);
  expect(said1).toHaveLength(8);
  for (const each of said1) expect(['recorded', 'insufficient_funds']).toContain(each);
  expect(await shopMoney()).toBeGreaterThanOrEqual(0n);
  await town.checkMoney();
});

test('who paid himself gets his refund on paper, and no money moves', async () => {
  const own = await tillFor(payer);
  const allowance = await town.allowance(await town.device(payer));
  const [payment] = await journal(town, allowance, [{ amount: 50, payee: payer.current.number }]);
  expect((await town.hand([payment!.packet])).map(said)).toEqual(['settled']);
  const back = await refund(payment!, { amount: 50 }, own);
  expect((await town.hand([back.packet])).map(said)).toEqual(['recorded']);
  expect(await payerMoney()).toBe(50n);
  await town.checkMoney();
});

test('a revoked till: what was done stays answered, a new refund is refused', async () => {
  const payment = await paid();
  const one = await refund(payment, { amount: 100 });
  const [first] = await town.hand([one.packet]);
  await db.ownerPool.query('update credentials set revoked_at = now() where id = $1', [till.id]);
  const two = await refund(payment, { number: 2, amount: 1, cumulative: 101, previous: one.id });
  const outcomes = await town.hand([one.packet, two.packet]);
  expect(outcomes[0]).toEqual(first);
  expect(said(outcomes[1]!)).toBe('credential_revoked');
});
