import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { post } from '../../src/ledger/index.ts';
import { createSettlementStore, createSettling } from '../../src/settlement/index.ts';
import type { Settling } from '../../src/settlement/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { keyOf, pay } from './key-town.ts';
import { signRefund, tillOf } from './till.ts';
import type { Person, SignedPayment, Town } from './town.ts';
import { batchOf, createTown, issuersOf, journal, PKR, said } from './town.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;
let payment: SignedPayment;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
});
beforeEach(async () => {
  payer = await town.person();
  shop = await town.person({ offline: 0 });
  const allowance = await town.allowance(await town.device(payer));
  const [first] = await journal(town, allowance, [{ amount: 100, payee: shop.current.number }]);
  payment = first!;
  await town.hand([payment.packet]);
});
afterAll(() => db.drop());

async function move(debit: bigint, credit: bigint): Promise<void> {
  const transfer = { kind: 'transfer', currency: PKR, debit, credit, amountMinor: 1n };
  await inTransaction(db.serverPool, (tx) => post(tx, [transfer], new Date()));
}

const spendOne = () => move(shop.current.ledgerAccount, payer.offline.ledgerAccount);
const earnOne = () => move(payer.offline.ledgerAccount, shop.current.ledgerAccount);

interface Spender {
  readonly spend: () => Promise<void>;
  readonly earn: () => Promise<void>;
}

const payee: Spender = { spend: spendOne, earn: earnOne };
const payerOffline: Spender = { spend: earnOne, earn: spendOne };

/** A bank where that one's money is there whenever it is read, and spent just afterwards. */
function overtaken(times: number, { spend, earn } = payee): Settling {
  const store = createSettlementStore(db.serverPool);
  let left = times;
  let spent = false;
  return createSettling({
    store: {
      ...store,
      deciding: (uploadId, act) =>
        store.deciding(uploadId, (deciding) =>
          act({
            ...deciding,
            readFacts: async (question, known) => {
              if (spent && left > 0) await earn();
              const facts = await deciding.readFacts(question, known);
              if (left-- <= 0) return facts;
              await spend();
              spent = true;
              return facts;
            },
          }),
        ),
    },
    issuers: async () => issuersOf(town),
    verifier: nodeVerifier(),
  });
}

async function upload(settling: Settling, amount: number): Promise<bigint> {
  const { packet } = await signRefund(payment, { amount }, await tillOf(town, shop));
  const received = await settling.receive(batchOf([packet]), 'tester');
  if (!received.ok) throw new Error(received.code);
  return received.value.uploadId;
}

test('money spent between reading and posting: decided again with what is there', async () => {
  const settling = overtaken(1);
  const outcomes = await settling.settle(await upload(settling, 100));
  expect(outcomes.map(said)).toEqual(['insufficient_funds']);
  expect(await town.balance(shop.current.ledgerAccount)).toBe(99n);
  await town.checkMoney();
});

test('overtaken again and again it keeps the upload, which settles later', async () => {
  const settling = overtaken(Infinity);
  const uploadId = await upload(settling, 100);
  await expect(settling.settle(uploadId)).rejects.toMatchObject({ code: 'settlement/overtaken' });
  expect(await town.count(`inbox where upload_id = ${uploadId}`)).toBe(1);
  await town.checkMoney();
  await earnOne();
  expect((await town.settlement.settle(uploadId)).map(said)).toEqual(['recorded']);
  await town.checkMoney();
});

test('a payment by a wallet’s key, overtaken by a transfer: decided again, or later', async () => {
  const funds = Number(await town.balance(payer.offline.ledgerAccount));
  const signed = await pay(await keyOf(town, payer), await keyOf(town, shop), { amount: funds });
  const once = overtaken(1, payerOffline);
  const received = await once.receive(batchOf([signed.bytes]), 'tester');
  if (!received.ok) throw new Error(received.code);
  const { uploadId } = received.value;
  expect((await once.settle(uploadId)).map(said)).toEqual(['insufficient_funds']);
  await payerOffline.earn();
  await once.receive(batchOf([signed.bytes]), 'tester');
  const always = overtaken(Infinity, payerOffline);
  await expect(always.settle(uploadId)).rejects.toMatchObject({ code: 'settlement/overtaken' });
  await payerOffline.earn();
  expect((await town.settlement.settle(uploadId)).map(said)).toEqual(['settled']);
  expect(await town.balance(payer.offline.ledgerAccount)).toBe(0n);
  await town.checkMoney();
});
