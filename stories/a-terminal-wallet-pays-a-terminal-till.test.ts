import { run as runSikka } from '@sikka/cli';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';

describe('a terminal wallet pays a terminal till, picture by picture', () => {
  let story: StoryBank;
  let at: (name: string) => string;

  beforeAll(async () => {
    story = await openStoryBank();
    at = (name) => join(story.folder, name);
  });
  afterAll(() => story.stop());

  const say = async (who: string, ...words: readonly string[]): Promise<string> => {
    const lines: string[] = [];
    const out = { line: (text = '') => lines.push(text), progress: () => undefined };
    const where = ['--dir', at(who), '--pin', '2468'];
    const status = await runSikka(['wallet', ...words, ...where], out);
    expect(status).toBe(0);
    return lines.join('\n');
  };
  const refused = (who: string, ...words: readonly string[]): Promise<unknown> =>
    say(who, ...words).then(
      () => undefined,
      (error: unknown) => error,
    );
  const enrol = (who: string): Promise<string> =>
    say(who, 'enrol', '--account', who, '--bank', story.bank.url, '--data-dir', story.folder);

  it('goes from enrolment to settlement', async () => {
    expect(await enrol('ayesha')).toContain('Enrolled for ayesha');
    expect(await enrol('bilal')).toContain('Enrolled for bilal');
    await say('ayesha', 'sync');
    await say('bilal', 'sync');
    expect(await say('ayesha', 'load', '1000.00')).toContain('PKR 1000.00');
    await say('bilal', 'request', '250.00', '--png', at('request.png'));
    const paid = await say('ayesha', 'pay', at('request.png'), '--png', at('payment.png'));
    expect(paid).toContain('Bilal Kiryana Store, Chakwal');
    const words = /Words: (.+)/.exec(paid)?.[1] ?? 'none';
    const taken = await say('bilal', 'accept', at('payment.png'), '--png', at('receipt.png'));
    expect(taken).toContain('PAID  PKR 250.00, not yet settled');
    expect(taken).toContain(words);
    expect(await say('ayesha', 'receipt', at('receipt.png'))).toContain('Receipt kept');
    expect(await say('bilal', 'accept', at('payment.png'))).toContain('accepted before');
    expect(await say('ayesha', 'history')).toContain('received');
    expect(await say('bilal', 'sync')).toContain('1 decided, 0 pending');
    expect(await say('ayesha', 'sync')).toContain('1 decided, 0 pending');
    expect(await say('ayesha', 'history')).toContain('settled');
    const balance = await say('ayesha', 'balance');
    expect(balance).toContain('(750.00 reserved)');
    expect(balance).toContain('can still spend PKR 750.00');
  });

  it('pays a printed code, is refunded, and returns the rest', async () => {
    await say('bilal', 'code', '--png', at('code.png'));
    await say('ayesha', 'pay', at('code.png'), '--amount', '40.00', '--png', at('static.png'));
    const taken = await say('bilal', 'accept', at('static.png'));
    expect(taken).toContain('PAID  PKR 40.00');
    const id = /([0-9a-f]{64})/.exec(await say('bilal', 'history'))?.[1] ?? '';
    await say('bilal', 'sync');
    expect(await say('bilal', 'refund', id, '15.00')).toContain('Refund signed');
    expect(await say('bilal', 'sync')).toContain('1 decided');
    // 25,000 − 1,000 loaded, and 15 of the refund.
    expect(await say('ayesha', 'balance')).toContain('PKR 24015.00');
  });

  it('shows the bank’s staff what all of it moved', async () => {
    const lines: string[] = [];
    const out = { line: (text = '') => lines.push(text), progress: () => undefined };
    const since = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const books = ['books', 'export', '--bank', story.bank.url, '--data-dir', story.folder];
    expect(await runSikka([...books, '--from', since], out)).toBe(0);
    const rows = lines.join('\n').split('\r\n');
    const reserved = rows.filter((row) => row.startsWith('reservation,PKR,'));
    expect(reserved.join('\n')).toContain(',settlement,wallet_current,,2,290.00,,');
    // Of 1,000 loaded; the payer still holds them.
    expect(reserved.at(-1)).toContain(',closing,,,,,,710.00');
    const file = at('books.xml');
    await runSikka([...books, '--from', since, '--format', 'camt.053', '--out', file], out);
    expect(await readFile(file, 'utf8')).toContain('<Sum>290.00</Sum>');
    await expect(runSikka([...books, '--to', since, '--from', '2999-01-01'], out)).rejects.toThrow(
      'statement/period_empty',
    );
  });

  it('says in words what it refuses', async () => {
    expect(await refused('ayesha', 'pay', at('request.png'))).toMatchObject({
      code: 'cli/wallet_refused',
      message: expect.stringContaining('request_already_paid') as string,
    });
    expect(await refused('ayesha', 'load', '900000.00')).toMatchObject({
      code: 'cli/bank_refused',
    });
    expect(await refused('ayesha', 'pay', at('code.png'))).toMatchObject({
      message: expect.stringContaining('wallet/amount_missing') as string,
    });
    expect(await refused('ayesha', 'load', 'ten')).toMatchObject({ code: 'cli/usage' });
  });
});
