import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRail } from '../../src/rail/index.ts';
import type {
  BankRail,
  RailCode,
  RailNews,
  RailOutcome,
  SettleNews,
} from '../../src/rail/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { camt053, OUR_ACCOUNT, pacs008 } from './messages.ts';

/** Nothing is paid out here. */
const noPayee = {
  seal: () => Promise.reject(new Error('a payee was sealed')),
  open: () => Promise.reject(new Error('a payee was opened')),
};
const now = new Date('2026-11-21T10:00:00Z');

describe('money that comes in by files', () => {
  let database: TestDatabase;
  let dir = '';
  let rail: BankRail;
  let news: RailNews[] = [];
  let warnings: string[] = [];
  /** What is answered to each piece of news; an error fails its transaction. */
  let outcome: (one: RailNews) => RailOutcome | Error = () => 'credited';
  let number = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'sikka-rail-'));
    for (const folder of ['in', 'out', 'done', 'refused']) mkdirSync(path.join(dir, folder));
    news = [];
    warnings = [];
    outcome = () => 'credited';
    rail = start();
    return async () => {
      // It makes its folders beside what is asked of it: once it has looked, they are made.
      await collect().catch(() => undefined);
      rmSync(dir, { recursive: true });
    };
  });

  function start(): BankRail {
    const warn = (event: string, fields: Readonly<Record<string, string>>) =>
      void warnings.push([event, fields['code'] ?? fields['status']].join(' '));
    return openRail({
      ...{ kind: 'files', dir, account: OUR_ACCOUNT },
      ...{ pool: database.serverPool, vault: noPayee, warn },
    });
  }

  const settle: SettleNews = async (tx, one) => {
    // As whoever settles does: in the transaction that is given.
    await tx.query('select 1');
    const answer = outcome(one);
    if (answer instanceof Error) throw answer;
    news.push(one);
    return answer;
  };
  const endPayout = () => Promise.reject(new Error('a payout ended'));
  const collect = (by: BankRail = rail) => by.collect({ settle, endPayout }, () => now);
  const put = (name: string, text: string) => writeFileSync(path.join(dir, 'in', name), text);
  const list = (folder: string) => readdirSync(path.join(dir, folder));
  const report = () => {
    const [name = ''] = list('out');
    return readFileSync(path.join(dir, 'out', name), 'utf8');
  };
  /** Fresh ids: the tests share one database. */
  function transfer(change: { readonly amount?: string; readonly txId?: string } = {}) {
    number += 1;
    const txId = change.txId ?? `BANK-${number}`;
    const line = { endToEndId: `T${number}`, txId, amount: change.amount ?? '500.00' };
    return { name: `transfer-${number}.xml`, messageId: `MSG-${number}`, lines: [line] };
  }

  it('is told once, answered, and the file put away', async () => {
    const sent = transfer();
    put(sent.name, pacs008(sent));
    expect(await collect()).toBe(1);
    expect(news).toEqual([
      {
        rail: 'iso20022',
        endToEndId: sent.lines[0]?.endToEndId,
        reference: sent.lines[0]?.txId,
        amountMinor: 50_000n,
        currency: 586,
      },
    ]);
    expect([list('in'), list('done'), list('refused')]).toEqual([[], [sent.name], []]);
    expect(report()).toContain(`<OrgnlMsgId>${sent.messageId}</OrgnlMsgId>`);
    expect(report()).toContain('<TxSts>ACSC</TxSts>');
    expect(await collect()).toBe(0);
  });

  it('is not told again by the statement that shows it', async () => {
    const sent = transfer();
    put(sent.name, pacs008(sent));
    await collect();
    put(`day-${sent.name}`, camt053({ ...sent, messageId: `DAY-${number}` }));
    expect(await collect()).toBe(0);
    expect(warnings).toEqual([]);
    expect(list('done')).toHaveLength(2);
  });

  it('is told by the statement where no transfer was sent', async () => {
    const sent = transfer();
    put(sent.name, camt053(sent));
    expect(await collect()).toBe(1);
    expect(list('out')).toEqual([]);
  });

  it('is not told again by the same message under another name', async () => {
    const sent = transfer();
    put(sent.name, pacs008(sent));
    put(`again-${sent.name}`, pacs008(sent));
    expect(await collect()).toBe(1);
    expect(list('done')).toHaveLength(2);
  });

  it('is not told again with another amount: a person looks at it', async () => {
    const sent = transfer();
    put(sent.name, pacs008(sent));
    await collect();
    const other = { ...sent, lines: [{ ...sent.lines[0]!, amount: '5000.00' }] };
    put(`other-${sent.name}`, pacs008(other));
    expect(await collect()).toBe(0);
    expect(warnings).toEqual(['rail.credit_held contradicts']);
  });

  it('is answered as waiting where nobody ordered it', async () => {
    outcome = () => 'held';
    const sent = transfer();
    put(sent.name, pacs008(sent));
    expect(await collect()).toBe(1);
    expect(report()).toContain('<TxSts>PDNG</TxSts>');
    expect(warnings).toEqual(['rail.credit_held held']);
  });

  it('is taken again where its transaction failed, and holds up no other file', async () => {
    const first = transfer();
    const second = transfer();
    put(first.name, pacs008(first));
    put(second.name, pacs008(second));
    const failing = first.lines[0]?.endToEndId;
    outcome = ({ endToEndId }) => (endToEndId === failing ? new Error('away') : 'credited');
    await expect(collect()).rejects.toThrow('away');
    expect(list('in')).toEqual([first.name]);
    expect(news.map(({ endToEndId }) => endToEndId)).toEqual([second.lines[0]?.endToEndId]);
    outcome = () => 'credited';
    expect(await collect()).toBe(1);
    expect(list('in')).toEqual([]);
  });

  it('is answered after a kill between the transaction and the answer', async () => {
    const sent = transfer();
    // Once without a file, so that its folders are made.
    await collect();
    put(sent.name, pacs008(sent));
    rmSync(path.join(dir, 'out'), { recursive: true });
    await expect(collect()).rejects.toThrow('ENOENT');
    expect(news).toHaveLength(1);
    mkdirSync(path.join(dir, 'out'));
    expect(await collect(start())).toBe(0);
    expect(news).toHaveLength(1);
    expect(report()).toContain('<TxSts>ACSC</TxSts>');
    expect(list('done')).toEqual([sent.name]);
  });

  it('is told once by two processes that look at the same moment', async () => {
    const sent = Array.from({ length: 5 }, () => transfer());
    for (const one of sent) put(one.name, pacs008(one));
    const told = await Promise.all([collect(), collect(start()), collect(start())]);
    expect(told.reduce((sum, one) => sum + one)).toBe(5);
    expect(new Set(news.map(({ reference }) => reference)).size).toBe(5);
    expect(list('done')).toHaveLength(5);
  });

  it.each<readonly [string, string, () => string]>([
    [
      'rail/malformed',
      'a document with entities',
      () => '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
    [
      'rail/wrong_sum',
      'a sum that is not its own',
      () => pacs008({ ...transfer(), sum: '501.00' }),
    ],
    ['rail/wrong_count', 'a count that is not', () => pacs008({ ...transfer(), count: 2 })],
    [
      'rail/wrong_account',
      'money for another account',
      () => pacs008({ ...transfer(), account: 'PK12SIKK0000000000000017' }),
    ],
    ['rail/too_large', 'more than a day can hold', () => ' '.repeat(5_242_881)],
  ])('%s sets a file aside: %s', async (code, _what, text) => {
    number += 1;
    const name = `refused-${number}.xml`;
    put(name, text());
    expect(await collect()).toBe(0);
    expect([list('in'), list('refused'), list('out')]).toEqual([[], [name], []]);
    expect(warnings).toEqual([`rail.file_refused ${code}`]);
  });

  it('is not read from a name that was used for another file', async () => {
    const sent = transfer();
    put(sent.name, pacs008(sent));
    await collect();
    put(sent.name, pacs008(transfer()));
    expect(await collect()).toBe(0);
    const code: RailCode = 'rail/name_reused';
    expect(warnings).toEqual([`rail.file_refused ${code}`]);
    expect(list('refused')).toHaveLength(1);
  });

  it('is not read through a link, nor from a file still being written', async () => {
    const sent = transfer();
    writeFileSync(path.join(dir, 'elsewhere.xml'), pacs008(sent));
    symlinkSync(path.join(dir, 'elsewhere.xml'), path.join(dir, 'in', 'link.xml'));
    put('.transfer.xml', pacs008(sent));
    put('transfer.xml.part', pacs008(sent));
    expect(await collect()).toBe(0);
    expect(list('in')).toHaveLength(3);
  });

  it('is never ordered out of anybody’s account: an order writes no file', async () => {
    const { serverPool } = database;
    const order = { topUp: 1n, iban: OUR_ACCOUNT, amountMinor: 1n, currency: 586, endToEndId: 'T' };
    expect(await rail.order(serverPool as never, order)).toBe('ordered');
    expect(list('out')).toEqual([]);
  });
});

describe('without files', () => {
  it.each([
    ['settled', 'simulated', 'PK36SCBL0000001123456702'],
    ['rejected', 'simulated', 'PK36SCBL0000001123450000'],
    ['rejected', 'none', 'PK36SCBL0000001123456702'],
  ] as const)('an order and a payout are %s by the rail %s for %s', async (answer, kind, iban) => {
    const pool = undefined as never;
    const rail = openRail({ kind, pool, vault: noPayee, warn: () => undefined });
    const order = { topUp: 1n, iban, amountMinor: 1n, currency: 586, endToEndId: 'T' };
    expect(await rail.order(undefined as never, order)).toBe(answer);
    const payout = { ...order, name: 'Ayesha' };
    expect(await rail.pay(undefined as never, payout, now)).toBe(answer);
    expect(await rail.send(now)).toBe(0);
    const no = () => Promise.reject(new Error('no news'));
    expect(await rail.collect({ settle: no, endPayout: no }, () => now)).toBe(0);
  });
});
