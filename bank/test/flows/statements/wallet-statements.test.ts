import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { writeCamt053 } from '../../../src/flows/statements/camt053.ts';
import { writeCsv } from '../../../src/flows/statements/csv.ts';
import type { Statement } from '../../../src/flows/statements/statement.ts';
import { readWalletAccount } from '../../../src/flows/statements/store.ts';
import { walletStatement } from '../../../src/flows/statements/wallet.ts';
import { readMessage } from '../../../src/rail/messages.ts';
import { createTransferDesk } from '../../../src/wallets/index.ts';
import type { WalletRecord } from '../../../src/wallets/index.ts';
import { keyOf, pay } from '../../settlement/key-town.ts';
import { settledAt } from '../../settlement/settled-at.ts';
import { signRefund, tillOf } from '../../settlement/till.ts';
import { createTown, DAY, journal, said, START } from '../../settlement/town.ts';
import type { Person, SignedPayment, Town } from '../../settlement/town.ts';
import { createTestDatabase } from '../../support/index.ts';
import type { TestDatabase } from '../../support/index.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;
let first: SignedPayment;
let second: SignedPayment;

const MOST = 100;
const FORMULA = '=HYPERLINK("http://x")';
const begin = new Date((START - DAY) * 1000);
/** The very moment of what comes second: it belongs to what begins there. */
let middle: Date;
const end = new Date(Date.now() + DAY * 1000);

/** Two payments under an allowance before the middle; a key's, a refund and a transfer after it. */
beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 100_000 });
  shop = await town.person({ offline: 0 });
  const payee = shop.current.number;
  const allowance = await town.allowance(await town.device(payer));
  const payments = [700, 800].map((amount) => ({ amount, payee }));
  [first, second] = (await journal(town, allowance, payments)) as [SignedPayment, SignedPayment];
  const hand = async (...packets: Uint8Array[]) =>
    expect((await town.hand(packets)).every(({ result }) => result !== 'rejected')).toBe(true);
  await hand(first.packet, second.packet);
  const before = await settledAt(db, second.id);
  // What is settled is dated in whole seconds, by the database.
  while ((await databaseSecond()) === before) await pause(50);
  const keys = [await keyOf(town, payer), await keyOf(town, shop)] as const;
  await hand((await pay(...keys, { amount: 5_000 })).bytes);
  middle = new Date((await lastSettled()) * 1000);
  const refund = { amount: 300 };
  await hand((await signRefund(first, refund, await tillOf(town, shop))).packet);
  const paid = await createTransferDesk(db.serverPool).transfer({
    ...{ accountId: shop.accountId, account: shop.name, from: payee, to: payer.current.number },
    ...{ currency: 586, amountMinor: 1_000n, kind: 'payment', reference: FORMULA },
    ...{ idempotencyKey: undefined, unprovedLimitMinor: undefined },
    at: new Date(((await databaseSecond()) + 1) * 1000),
  });
  expect(paid).toMatchObject({ ok: true });
});
afterAll(() => db.drop());

async function databaseSecond(): Promise<number> {
  const { rows } = await db.ownerPool.query<{ now: bigint }>(
    'select floor(extract(epoch from clock_timestamp()))::bigint as now',
  );
  return Number(rows[0]!.now);
}

async function lastSettled(): Promise<number> {
  const { rows } = await db.ownerPool.query<{ at: bigint }>(
    `select max(extract(epoch from at))::bigint as at from ledger_transfers
      where kind = 'settlement'`,
  );
  return Number(rows[0]!.at);
}

const ask = (wallet: WalletRecord, from = begin, until = end, most = MOST) =>
  inTransaction(
    db.serverPool,
    async (tx) => {
      const number = String(wallet.number);
      const account = await readWalletAccount(tx, { number, accountId: wallet.accountId });
      return walletStatement(tx, account!, { from, until, most });
    },
    { isolation: 'repeatable read', readOnly: true },
  );

async function statementOf(...asked: Parameters<typeof ask>): Promise<Statement> {
  const read = await ask(...asked);
  if (!read.ok) throw new Error(read.code);
  return read.value;
}

const shown = ({ entries }: Statement) =>
  entries.map(({ kind, amountMinor, other }) => [kind, amountMinor, other]);

describe('a wallet’s statement', () => {
  test('tells the shop everything that moved, and not who paid under an allowance', async () => {
    const all = await statementOf(shop.current);
    expect([all.openingMinor, all.closingMinor]).toEqual([
      0n,
      await town.balance(shop.current.ledgerAccount),
    ]);
    expect(shown(all)).toEqual([
      ['settlement', 700n, undefined],
      ['settlement', 800n, undefined],
      ['settlement', 5_000n, String(payer.offline.number)],
      ['refund', -300n, undefined],
      ['transfer', -1_000n, String(payer.current.number)],
    ]);
    expect(all.entries[0]?.reference).toBe(Buffer.from(first.id).toString('hex'));
  });

  test('tells a payer of what was reserved, and of what his wallet’s key paid', async () => {
    const all = await statementOf(payer.offline);
    const { ledgerAccount } = payer.offline;
    expect([all.openingMinor, all.closingMinor]).toEqual([0n, await town.balance(ledgerAccount)]);
    expect(shown(all)).toEqual([
      ['deposit', 100_000n, undefined],
      ['reserve', -10_000n, undefined],
      ['settlement', -5_000n, String(shop.offline.number)],
    ]);
  });

  test('ends where the next one begins, at any moment between', async () => {
    for (const wallet of [shop.current, payer.offline, payer.current]) {
      const [before, after] = [
        await statementOf(wallet, begin, middle),
        await statementOf(wallet, middle, end),
      ];
      expect(before.closingMinor).toBe(after.openingMinor);
      const all = await statementOf(wallet);
      expect([...before.entries, ...after.entries]).toEqual(all.entries);
    }
    expect((await statementOf(shop.current, begin, middle)).closingMinor).toBe(1_500n);
  });

  test('with more entries than one file tells of is refused, not cut short', async () => {
    expect(await ask(shop.current, begin, end, 4)).toEqual({
      ok: false,
      code: 'statement/too_many_entries',
    });
    expect((await statementOf(shop.current, begin, end, 5)).entries).toHaveLength(5);
  });

  test('is one snapshot: what is paid meanwhile is in none of it', async () => {
    const { ledgerAccount } = shop.current;
    const read = await inTransaction(
      db.serverPool,
      async (tx) => {
        const asked = { number: String(shop.current.number), accountId: shop.accountId };
        const account = await readWalletAccount(tx, asked);
        const before = await town.balance(ledgerAccount);
        const allowance = await town.allowance(await town.device(payer));
        const payment = { amount: 40, payee: shop.current.number };
        const [one] = await journal(town, allowance, [payment]);
        expect((await town.hand([one!.packet])).map(said)).toEqual(['settled']);
        expect(await town.balance(ledgerAccount)).toBe(before + 40n);
        return {
          before,
          ...(await walletStatement(tx, account!, { from: begin, until: end, most: MOST })),
        };
      },
      { isolation: 'repeatable read', readOnly: true },
    );
    expect(read).toMatchObject({ ok: true, value: { closingMinor: read.before } });
  });
});

describe('as a file', () => {
  test('camt.053 is read back by the reader of other banks’ statements', async () => {
    const all = await statementOf(shop.current);
    const text = writeCamt053([all], end);
    const read = readMessage(new TextEncoder().encode(text), String(shop.current.number));
    if (!read.ok) throw new Error(read.code);
    expect(read.value.kind).toBe('camt.053.001.08');
    const { credits, words, unread } = read.value;
    const came = all.entries.filter(({ amountMinor }) => amountMinor > 0n);
    expect(unread).toBe(0);
    expect(credits.map(({ reference, amountMinor }) => [reference, amountMinor])).toEqual(
      came.map(({ id, amountMinor }) => [id, amountMinor]),
    );
    expect(words.map(({ amount }) => amount?.amountMinor)).toEqual([300n, 1_000n]);
    expect(text).toContain('=HYPERLINK(&quot;http://x&quot;)');
    expect(readMessage(new TextEncoder().encode(text), String(payer.current.number))).toMatchObject(
      { code: 'rail/wrong_account' },
    );
  });

  test('CSV has a running balance, and a payer’s formula is only text', async () => {
    const rows = writeCsv([await statementOf(shop.current)]).split('\r\n');
    const transfer = rows.find((row) => row.includes(',transfer,'));
    expect(transfer).toContain(`,"'=HYPERLINK(""http://x"")",1,10.00,,`);
    expect(rows.at(1)).toMatch(/,opening,,,,,,0\.00$/);
    expect(rows.at(2)).toMatch(/,settlement,,[0-9a-f]{64},1,,7\.00,7\.00$/);
    expect(rows.at(-1)).toBe('');
  });
});
