import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { createLocalVault } from '../../src/keys/index.ts';
import { openRail } from '../../src/rail/index.ts';
import type { BankRail } from '../../src/rail/index.ts';
import { readMessage } from '../../src/rail/messages.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { camt053, DEBITED, OUR_ACCOUNT, pacs002 } from './messages.ts';

const THEIRS = 'PK12SIKK0000000000000017';
const now = new Date('2026-11-21T10:00:00Z');
const later = new Date('2026-11-21T11:00:00Z');

describe('money that goes out by files', () => {
  let database: TestDatabase;
  let dir = '';
  let rail: BankRail;
  let ended: string[] = [];
  let warnings: string[] = [];
  let number = 0;
  /** Fails the transaction that a payout ends in. */
  let isDown = false;
  const vault = createLocalVault([createSecretKey(randomBytes(32))]);

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'sikka-payout-'));
    for (const folder of ['in', 'out', 'done', 'refused']) mkdirSync(path.join(dir, folder));
    [ended, warnings, isDown] = [[], [], false];
    rail = start();
    return async () => {
      // It makes its folders beside what is asked of it: once it has looked, they are made.
      await collect().catch(() => undefined);
      rmSync(dir, { recursive: true });
    };
  });

  function start(): BankRail {
    const warn = (event: string, fields: Readonly<Record<string, string>>) =>
      void warnings.push([event, fields['code'] ?? fields['outcome']].join(' '));
    const pool = database.serverPool;
    return openRail({ kind: 'files', dir, account: OUR_ACCOUNT, pool, vault, warn });
  }

  const list = (folder: string) => readdirSync(path.join(dir, folder));
  const out = (name: string) => readFileSync(path.join(dir, 'out', name), 'utf8');
  const put = (name: string, text: string) => writeFileSync(path.join(dir, 'in', name), text);
  const collect = (by: BankRail = rail) =>
    by.collect(
      {
        settle: () => Promise.reject(new Error('money came in')),
        endPayout: async (tx, { endToEndId, outcome }) => {
          await tx.query('select 1');
          if (isDown) throw new Error('away');
          ended.push(`${endToEndId} ${outcome}`);
        },
      },
      () => later,
    );
  async function pay(amountMinor = 50_000n, name = 'Ayesha Bibi'): Promise<string> {
    number += 1;
    const endToEndId = `SIKKA-OUT-${number}`;
    const payout = { endToEndId, iban: THEIRS, name, amountMinor, currency: 586 };
    expect(await inTransaction(database.serverPool, (tx) => rail.pay(tx, payout, now))).toBe(
      'ordered',
    );
    return endToEndId;
  }
  /** One payout, its message sent. */
  async function paid(amountMinor?: bigint) {
    const id = await pay(amountMinor);
    await rail.send(now);
    const [file = ''] = list('out');
    const messageId = file.replace('.pacs.008.xml', '');
    const answer = (name: string, status: string, answers = messageId) =>
      put(name, pacs002({ messageId: name, answers, statuses: [[id, status]] }));
    return { id, file, messageId, answer };
  }

  it('is written as a message that another bank reads as ours says it', async () => {
    const ids = [await pay(50_000n), await pay(75n, 'Tariq & <Sons>')];
    expect(await rail.send(now)).toBe(1);
    const [name = ''] = list('out');
    const credits = ids.map((endToEndId, at) => {
      const amountMinor = [50_000n, 75n][at];
      return { endToEndId, reference: endToEndId, amountMinor, currency: 586, from: OUR_ACCOUNT };
    });
    expect(readMessage(Buffer.from(out(name)), THEIRS)).toMatchObject({
      ok: true,
      value: { kind: 'pacs.008.001.08', credits, unread: 0 },
    });
    expect(out(name)).toContain('<Cdtr><Nm>Tariq &amp; &lt;Sons&gt;</Nm></Cdtr>');
    expect(await rail.send(now)).toBe(0);
    expect(list('out')).toEqual([name]);
  });

  it('is not written where the transaction that ordered it was undone', async () => {
    const payout = { endToEndId: 'SIKKA-OUT-999', iban: THEIRS, name: 'A', amountMinor: 1n };
    const undone = inTransaction(database.serverPool, async (tx) => {
      await rail.pay(tx, { ...payout, currency: 586 }, now);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await rail.send(now)).toBe(0);
  });

  it('says nothing of whose account it is to who reads the database', async () => {
    await pay();
    const { rows } = await database.ownerPool.query<{ text: string }>(
      `select encode(payee, 'escape') || to_jsonb(p)::text as text from rail_payouts as p
       where payee is not null`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows) expect(text).not.toMatch(/Ayesha|SIKK0000/);
    await rail.send(now);
  });

  it('killed between file and mark, writes the same bytes under the same name', async () => {
    const { file } = await paid();
    const before = out(file);
    await database.ownerPool.query(
      `update rail_payouts set status = 'sending' where message_id = $1`,
      [file.replace('.pacs.008.xml', '')],
    );
    await pay();
    expect(await start().send(later)).toBe(2);
    expect(list('out')).toHaveLength(2);
    expect(out(file)).toBe(before);
  });

  it('killed before the file, writes it the next time, with what it held then', async () => {
    await collect();
    rmSync(path.join(dir, 'out'), { recursive: true });
    await pay();
    await expect(rail.send(now)).rejects.toThrow('ENOENT');
    mkdirSync(path.join(dir, 'out'));
    const second = await pay();
    expect(await start().send(later)).toBe(2);
    const holding = list('out').filter((name) => out(name).includes(`>${second}<`));
    expect(holding).toHaveLength(1);
    expect(out(holding[0] ?? '')).toContain('<NbOfTxs>1</NbOfTxs>');
  });

  it('is in one message, however many processes send at once', async () => {
    const ids = [];
    for (let each = 0; each < 5; each += 1) ids.push(await pay());
    await Promise.all([rail.send(now), start().send(now), start().send(later)]);
    const text = list('out').map(out).join('');
    for (const id of ids) {
      expect(text.split(`<EndToEndId>${id}</EndToEndId>`)).toHaveLength(2);
    }
  });

  it.each([
    ['settled', 'ACSC'],
    ['settled', 'ACCC'],
    ['rejected', 'RJCT'],
  ])('is %s by the answer %s, once, whatever says it again', async (outcome, status) => {
    const { id, answer } = await paid();
    answer(`a${number}.xml`, status);
    answer(`b${number}.xml`, status);
    expect(await collect()).toBe(1);
    answer(`a${number}.xml`, status);
    answer(`c${number}.xml`, status);
    expect(await collect(start())).toBe(0);
    expect(ended).toEqual([`${id} ${outcome}`]);
    expect(warnings).toEqual([]);
    expect(list('done')).toHaveLength(3);
  });

  it.each([
    ['ACSC', 'RJCT', 'settled'],
    ['RJCT', 'ACSC', 'rejected'],
  ])('answered %s and then %s stays %s: a person looks at it', async (first, then, outcome) => {
    const { id, answer } = await paid();
    answer(`1-${number}.xml`, first);
    answer(`2-${number}.xml`, then);
    expect(await collect()).toBe(1);
    expect(ended).toEqual([`${id} ${outcome}`]);
    expect(warnings).toEqual(['rail.payout_word contradicts']);
  });

  it('stays open by an answer that ends nothing', async () => {
    const { answer } = await paid();
    for (const status of ['ACSP', 'PDNG', 'ACTC']) answer(`${status}-${number}.xml`, status);
    expect(await collect()).toBe(0);
    expect([ended, warnings]).toEqual([[], []]);
  });

  it.each([
    ['contradicts', 'to another message of ours', { answers: 'f'.repeat(32) }],
    ['unknown', 'about nothing that we ordered', { id: 'SIKKA-OUT-424242' }],
    ['unknown', 'about somebody’s words', { id: '1; drop table withdrawals' }],
  ])('is not ended (%s) by an answer %s', async (outcome, _what, change) => {
    const { id, messageId } = await paid();
    const { id: about, answers } = { id, answers: messageId, ...change };
    put(`odd-${number}.xml`, pacs002({ messageId: 'ODD', answers, statuses: [[about, 'RJCT']] }));
    expect(await collect()).toBe(0);
    expect(ended).toEqual([]);
    expect(warnings).toEqual([`rail.payout_word ${outcome}`]);
  });

  it('is not ended before it was sent', async () => {
    const id = await pay();
    const statuses = [[id, 'RJCT']] as const;
    put(`early-${number}.xml`, pacs002({ messageId: 'E', answers: 'f'.repeat(32), statuses }));
    expect(await collect()).toBe(0);
    expect(warnings).toEqual(['rail.payout_word contradicts']);
    await rail.send(now);
  });

  it('is settled by the statement that shows the debit, where no answer came', async () => {
    const { id, answer } = await paid(12_300n);
    const line = { endToEndId: id, txId: 'B1', amount: '123.00', entry: DEBITED };
    put(`day-${number}.xml`, camt053({ messageId: 'DAY', lines: [line] }));
    expect(await collect()).toBe(1);
    answer(`late-${number}.xml`, 'ACSC');
    expect(await collect()).toBe(0);
    expect(ended).toEqual([`${id} settled`]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['contradicts', 'of another amount', { amount: '123.01' }],
    ['contradicts', 'in another currency', { currency: 'USD' }],
    ['unknown', 'that we never ordered', { endToEndId: 'FEE' }],
  ])('is not settled (%s) by a debit %s', async (outcome, _what, change) => {
    const { id } = await paid(12_300n);
    const line = { endToEndId: id, txId: 'B1', amount: '123.00', entry: DEBITED, ...change };
    put(`day-${number}.xml`, camt053({ messageId: 'DAY', lines: [line] }));
    expect(await collect()).toBe(0);
    expect(warnings).toEqual([`rail.payout_word ${outcome}`]);
  });

  it('a file is read again whole where its transaction failed', async () => {
    const { id, answer } = await paid();
    answer(`down-${number}.xml`, 'RJCT');
    isDown = true;
    await expect(collect()).rejects.toThrow('away');
    isDown = false;
    expect(await collect()).toBe(1);
    expect(ended).toEqual([`${id} rejected`]);
  });

  it.each([
    ['no transaction', /<TxInfAndSts>[\s\S]*<\/TxInfAndSts>/, ''],
    ['no status', /<TxSts>.*<\/TxSts>/, ''],
    ['no id', /<OrgnlEndToEndId>.*<\/OrgnlEndToEndId>/, ''],
    ['no message that it answers', /<OrgnlMsgId>.*<\/OrgnlMsgId>/, ''],
    ['no id of its own', /<MsgId>.*<\/MsgId>/, ''],
  ])('an answer with %s is refused whole', async (_what, part, instead) => {
    const { id, messageId } = await paid();
    const statuses = [[id, 'RJCT']] as const;
    const text = pacs002({ messageId: 'CUT', answers: messageId, statuses });
    put(`cut-${number}.xml`, text.replace(part, instead));
    expect(await collect()).toBe(0);
    expect(warnings).toEqual(['rail.file_refused rail/malformed']);
    expect(list('refused')).toEqual([`cut-${number}.xml`]);
  });

  it('its file is the bank’s own: nobody else may read it', async () => {
    const { file } = await paid();
    expect(statSync(path.join(dir, 'out', file)).mode & 0o077).toBe(0);
  });
});
