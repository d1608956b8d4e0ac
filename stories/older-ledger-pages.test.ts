import { audit } from '@sikka/auditor';
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, launchChromium } from './browser/support/chromium.ts';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';

/**
 * http-api.md, "Sealed ledger": a sender's and a receiver's page as there were before us, with
 * WebCrypto and JSON.stringify and nothing of ours, from origins of their own, without a token.
 */

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

const folder = new URL('browser/older-pages/', import.meta.url);
const ORIGINS = { sender: 'http://localhost:5173', receiver: 'http://localhost:5174' } as const;

type Json = Readonly<Record<string, unknown>>;
interface Said {
  readonly status: number;
  readonly body: Json;
}
interface Shown {
  readonly userId: string;
}
interface Entry {
  readonly transaction: Json;
}
type Change = (ledger: readonly Entry[]) => readonly Entry[];

/** In the pages: what their scripts define. */
declare const sender: {
  register(name: string): Promise<Json>;
  requestWallet(limit: number): Promise<Said>;
  readWallet(): Promise<Json>;
  pay(receiver: Shown, amount: number): Promise<string>;
};
declare const receiver: {
  register(name: string): Promise<Json>;
  show(): Shown;
  take(file: string): Promise<string>;
  verify(change?: Change): Promise<Said>;
  settle(change?: Change): Promise<Said>;
  plain(): Readonly<Record<'array' | 'entry' | 'ledger', unknown>>;
};
declare const admin: {
  approvePerson(userId: string): Promise<Json>;
  approveWallet(walletId: string, limit: number): Promise<Json>;
  logs(): Promise<Json>;
};
declare const ask: (path: string, body?: unknown) => Promise<Said>;

describe.skipIf(executable === undefined)(`older pages of sealed ledgers in Chromium${why}`, () => {
  let story: StoryBank;
  let browser: Browser;
  let context: BrowserContext;
  let payer: Page;
  let payee: Page;

  beforeAll(async () => {
    story = await openStoryBank();
    await story.database.ownerPool.query(
      `insert into account_roles (account_id, role, granted_at)
       select id, 'finance', created_at from accounts where public_id = 'operator'`,
    );
    const token = await story.bank.token('operator', ['finance']);
    const funded = await fetch(`${story.bank.url}/api/v1/operator/funding`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        ...{ account: 'credit_line', currency: 'PKR', amount: '5000.00', note: 'week 47' },
      }),
    });
    expect(funded.status).toBe(200);
    browser = await launchChromium(executable ?? '');
    // Their pages are answered by this test: to the browser no loopback, unlike the bank.
    context = await browser.newContext({ permissions: ['local-network-access'] });
    payer = await openPage('sender');
    payee = await openPage('receiver');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await story?.stop();
  });

  async function openPage(name: 'sender' | 'receiver', origin: string = ORIGINS[name]) {
    const page = await context.newPage();
    const scripts = ['sealing.js', 'bank.js', `${name}.js`];
    const tags = scripts.map((file) => `<script src="/${file}"></script>`).join('');
    await page.route(`${origin}/**`, async (route) => {
      const file = new URL(route.request().url()).pathname.slice(1);
      if (scripts.includes(file)) {
        const body = readFileSync(new URL(file, folder), 'utf8');
        return route.fulfill({ contentType: 'text/javascript', body });
      }
      const body = `<!doctype html><meta charset="utf-8"><title>${name}</title>${tags}`;
      return route.fulfill({ contentType: 'text/html', body });
    });
    await page.goto(`${origin}/?bank=${encodeURIComponent(story.bank.url)}`);
    return page;
  }

  async function pay(amount: number): Promise<string> {
    const shown = await payee.evaluate(() => receiver.show());
    const file = await payer.evaluate(([to, sum]) => sender.pay(to, sum), [shown, amount] as const);
    return payee.evaluate((text) => receiver.take(text), file);
  }

  const verify = async () => (await payee.evaluate(() => receiver.verify())).body;
  const settle = async () => (await payee.evaluate(() => receiver.settle())).body;
  const replayOf = (txnId: string) => `Transaction ${txnId} already settled (replay detected)`;
  const wallet = () => payer.evaluate(() => sender.readWallet());

  it('register, are approved, and one of them is given a limit', async () => {
    const userId = String((await payer.evaluate(() => sender.register('Ayesha Bibi')))['user_id']);
    const shopId = String((await payee.evaluate(() => receiver.register('Bilal')))['user_id']);
    const early = await payer.evaluate(() => sender.requestWallet(1000));
    expect(early.status).toBe(400);
    for (const id of [userId, shopId]) {
      await payer.evaluate((each) => admin.approvePerson(each), id);
    }
    const asked = await payer.evaluate(() => sender.requestWallet(1000));
    expect(asked).toMatchObject({ status: 200, body: { status: 'pending' } });
    expect((await payer.evaluate(() => sender.requestWallet(1000))).status).toBe(400);
    const walletId = String(asked.body['wallet_id']);
    await payer.evaluate((id) => admin.approveWallet(id, 1000), walletId);
    expect(await wallet()).toMatchObject({
      ...{ wallet_id: walletId, user_id: userId, status: 'approved' },
      ...{ approved_limit: 1000, current_balance: 1000, used_amount: 0, locked_amount: 0 },
    });
  });

  let paid: string[] = [];

  it('pay twice offline; the ledger is verified, settled, and a replay moves nothing', async () => {
    paid = [await pay(100), await pay(12.5)];
    expect(await verify()).toEqual({ valid: true, errors: [], verified_transactions: paid });
    expect(await wallet()).toMatchObject({ used_amount: 0 });
    expect(await settle()).toEqual({
      ...{ settled: true, settled_transactions: paid, errors: [] },
      audit_log_ids: paid.map(() => expect.stringMatching(/./) as string),
    });
    expect(await wallet()).toMatchObject({ current_balance: 887.5, used_amount: 112.5 });
    expect(await settle()).toEqual({
      ...{ settled: false, settled_transactions: [], errors: paid.map(replayOf) },
      audit_log_ids: [],
    });
    expect(await verify()).toMatchObject({ valid: false, errors: paid.map(replayOf) });
    expect(await wallet()).toMatchObject({ used_amount: 112.5 });
  });

  it('go on: of a grown ledger only what is new settles, beyond the limit nothing', async () => {
    const third = await pay(0.25);
    const tooMuch = await pay(900);
    const answer = await settle();
    expect(answer).toMatchObject({ settled: true, settled_transactions: [third] });
    expect(answer['audit_log_ids']).toHaveLength(1);
    expect(answer['errors']).toEqual([
      ...paid.map(replayOf),
      `Insufficient limit for transaction ${tooMuch}`,
    ]);
    expect(await wallet()).toMatchObject({ current_balance: 887.25, used_amount: 112.75 });
    paid.push(third, tooMuch);
  });

  it.each(['array', 'entry', 'ledger'] as const)(
    'sent unsealed as %s it is a replay',
    async (as) => {
      const answer = await payee.evaluate(
        (name) => ask('/settle-ledger', receiver.plain()[name]),
        as,
      );
      expect(answer).toMatchObject({ status: 200, body: { settled: false } });
      expect((answer.body['errors'] as string[])[0]).toContain(paid[0]);
    },
  );

  it('altered after it was signed, nothing of it is taken', async () => {
    const answer = await payee.evaluate(() =>
      receiver.settle((ledger) =>
        ledger.map((each) => ({ ...each, transaction: { ...each.transaction, amount: 1 } })),
      ),
    );
    expect(answer).toMatchObject({ status: 200, body: { settled: false, audit_log_ids: [] } });
    expect(answer.body['errors']).not.toEqual([]);
  });

  it('are logged, and a page from elsewhere is told nothing', async () => {
    const logs = (await payer.evaluate(() => admin.logs()))['logs'] as readonly Json[];
    expect(logs.map((log) => log['txn_id'])).toEqual(expect.arrayContaining(paid.slice(0, 2)));
    const foreign = await openPage('sender', 'http://localhost:5999');
    await expect(foreign.evaluate(() => ask('/bank-public-key'))).rejects.toThrow(
      'Failed to fetch',
    );
    await foreign.close();
  });

  it('and afterwards an auditor finds nothing wrong', async () => {
    const report = await audit({ databaseUrl: story.bank.databaseUrl });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
