import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@sikka/api';
import { startBank, readConfig } from '@sikka/bank';
import type { Bank } from '@sikka/bank';
import { createMemoryKeystore, openMemoryStore } from '@sikka/wallet/memory';
import { openPayee } from '@sikka/wallet/payee';
import type { Payee } from '@sikka/wallet/payee';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDataFolder } from '../support/data-folder.ts';
import type * as WalletPage from './page/wallet-page.ts';
import { findChromium, launchChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';

/** In the page: what its script exports. */
declare const sikka: typeof WalletPage;

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';
const BANK = 'browser-bank';
const PIN = '2580';

describe.skipIf(executable === undefined)(`a wallet in a browser${why}`, () => {
  let folder = '';
  let bank: Bank;
  let server: PageServer;
  let browser: Browser;
  let till: Payee;

  beforeAll(async () => {
    folder = await makeDataFolder('browser');
    const config = readConfig(
      {
        ...{ DATA_DIR: join(folder, 'data'), PORT: '0', BANK_ID: BANK, LOG_LEVEL: 'error' },
        RATE_LIMIT_ENABLED: 'false',
      },
      folder,
    );
    if (!config.ok) throw new Error(config.errors.join(' '));
    bank = await startBank({ ...config.value, port: 0 });
    const script = `export * from './stories/browser/page/wallet-page.ts';`;
    server = await servePage({ script, name: 'sikka', bankUrl: bank.url });
    browser = await launchChromium(executable ?? '');
    till = await openTill(bank);
    await load(bank, '4000.00');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await bank?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  const tabIn = async (context: BrowserContext): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(server.url);
    return page;
  };
  const openIn = async (page: Page, name: string, pin = PIN, account = 'ayesha') => {
    const token = await bank.token(account);
    const options = { name, pin, token, account, bank: BANK };
    return page.evaluate((given) => sikka.open(given), options);
  };
  const ask = async (amountMinor: bigint): Promise<string> => {
    const request = await till.createRequest({ amountMinor });
    return request.ok ? request.text : expect.fail(request.detail);
  };
  const payIn = (page: Page, request: string, pin: string | undefined = PIN) =>
    page.evaluate(([text, code]) => sikka.pay(text ?? '', code), [request, pin]);

  it('pays, also after a reload, and two tabs never sign one sequence', async () => {
    const context = await browser.newContext();
    const first = await tabIn(context);
    expect(await openIn(first, 'wallet')).toBe('open');
    expect(await first.evaluate(() => sikka.enrol('100000'))).toBe('enrolled');
    const second = await tabIn(context);
    expect(await openIn(second, 'wallet')).toBe('open');
    const requests = await Promise.all(Array.from({ length: 10 }, () => ask(100n)));
    const halves = [requests.slice(0, 5), requests.slice(5)];
    const shown = await Promise.all(
      [first, second].map(async (page, index) => {
        const answers = [];
        for (const request of halves[index] ?? []) answers.push(await payIn(page, request));
        return answers;
      }),
    );
    // The till compares every pair under the allowance: one sequence twice would be a proof.
    for (const { code, text } of shown.flat()) {
      expect(code).toBe('paid');
      expect(await till.accept(text)).toMatchObject({ verdict: 'accepted' });
    }
    const again = await payIn(second, requests[0] ?? '');
    expect(again).toEqual({ code: 'request_already_paid', text: shown[0]?.[0]?.text });
    await first.reload();
    expect(await openIn(first, 'wallet')).toBe('open');
    expect(await first.evaluate(() => sikka.left())).toBe('99000');
    expect(await first.evaluate(() => sikka.sync())).toBe(10);
    expect(await till.sync()).toMatchObject({ ok: true, decided: 10, pending: 0 });
    await context.close();
  });

  it('is a till, too, and forgets the key of a request that is paid', async () => {
    const [payers, tills] = [await browser.newContext(), await browser.newContext()];
    const [payer, shop] = [await tabIn(payers), await tabIn(tills)];
    expect(await openIn(payer, 'wallet')).toBe('open');
    expect(await payer.evaluate(() => sikka.enrol('20000'))).toBe('enrolled');
    expect(await openIn(shop, 'shop', PIN, 'chaudhry')).toBe('open');
    expect(await shop.evaluate(() => sikka.enrolTill())).toBe('enrolled');
    const request = await shop.evaluate(() => sikka.ask('700'));
    const before = (await shop.evaluate(() => sikka.lookAtStorage())).keys;
    const { text } = await payIn(payer, request);
    const accepted = await shop.evaluate((shown) => sikka.accept(shown), text);
    expect(accepted.verdict).toBe('accepted');
    expect((await shop.evaluate(() => sikka.lookAtStorage())).keys).toBe(before - 1);
    await shop.reload();
    expect(await openIn(shop, 'shop', PIN, 'chaudhry')).toBe('open');
    const repeated = await shop.evaluate((shown) => sikka.accept(shown), text);
    expect(repeated).toEqual({ verdict: 'duplicate', receipt: accepted.receipt });
    expect(await shop.evaluate(() => sikka.sync())).toBe(1);
    await Promise.all([payers.close(), tills.close()]);
  });

  it('asks for the PIN, counts wrong ones over reloads, and slows them down', async () => {
    const context = await browser.newContext();
    const page = await tabIn(context);
    expect(await openIn(page, 'gate')).toBe('open');
    expect(await page.evaluate(() => sikka.enrol('50000'))).toBe('enrolled');
    const request = await ask(100n);
    const withoutPin = page.evaluate((text) => sikka.pay(text), request);
    expect((await withoutPin).code).toBe('wallet/pin_required');
    expect((await payIn(page, request, '0000')).code).toBe('wallet/pin_wrong');
    await page.reload();
    expect(await openIn(page, 'gate', '1111')).toBe('wallet/pin_wrong');
    expect(await openIn(page, 'gate', '2222')).toBe('wallet/pin_wrong');
    expect(await openIn(page, 'gate')).toBe('wallet/pin_wait');
    await page.evaluate(() => sikka.setClockSkew(31));
    expect(await openIn(page, 'gate')).toBe('open');
    expect((await payIn(page, request)).code).toBe('paid');
    await context.close();
  });

  it('says how the next PIN would fare, without trying one', async () => {
    const context = await browser.newContext();
    const page = await tabIn(context);
    const standing = () => page.evaluate(() => sikka.standing('standing'));
    const fresh = { freeTries: 3, waitSeconds: 0 };
    expect(await standing()).toEqual({ exists: false, ...fresh });
    expect(await openIn(page, 'standing')).toBe('open');
    expect(await standing()).toEqual({ exists: true, ...fresh });
    expect(await openIn(page, 'standing', '1111')).toBe('wallet/pin_wrong');
    expect(await standing()).toEqual({ exists: true, freeTries: 2, waitSeconds: 0 });
    for (const wrong of ['2222', '3333']) await openIn(page, 'standing', wrong);
    const { freeTries, waitSeconds } = await standing();
    expect(freeTries).toBe(0);
    expect(waitSeconds).toBeGreaterThan(20);
    expect(waitSeconds).toBeLessThanOrEqual(30);
    await page.evaluate(() => sikka.setClockSkew(31));
    expect((await standing()).waitSeconds).toBe(0);
    expect(await openIn(page, 'standing')).toBe('open');
    expect(await standing()).toEqual({ exists: true, ...fresh });
    await context.close();
  });

  it('changes the PIN: the journal stays, the old one opens nothing, tries count', async () => {
    const context = await browser.newContext();
    const page = await tabIn(context);
    const change = (pin: string, newPin: string) =>
      page.evaluate(([from = '', to = '']) => sikka.changePin('changed', from, to), [pin, newPin]);
    expect(await openIn(page, 'changed')).toBe('open');
    expect(await page.evaluate(() => sikka.enrol('30000'))).toBe('enrolled');
    expect(await change('9999', '1470')).toBe('wallet/pin_wrong');
    expect(await change(PIN, '12')).toBe('wallet/pin_wrong');
    expect(await page.evaluate(() => sikka.standing('changed'))).toMatchObject({ freeTries: 2 });
    expect(await change(PIN, '1470')).toBe('changed');
    await page.reload();
    expect(await openIn(page, 'changed')).toBe('wallet/pin_wrong');
    expect(await openIn(page, 'changed', '1470')).toBe('open');
    expect(await page.evaluate(() => sikka.left())).toBe('30000');
    const request = await ask(100n);
    expect((await payIn(page, request)).code).toBe('wallet/pin_wrong');
    expect((await payIn(page, request, '1470')).code).toBe('paid');
    for (const wrong of ['1', '2', '3']) await change(`999${wrong}`, '2222');
    expect(await change('1470', '2222')).toBe('wallet/pin_wait');
    await context.close();
  });

  it('stores nothing in the clear, and no key can be taken out', async () => {
    const context = await browser.newContext();
    const page = await tabIn(context);
    await openIn(page, 'closed');
    expect(await page.evaluate(() => sikka.enrol('54321'))).toBe('enrolled');
    const paid = await payIn(page, await ask(12_345n));
    expect(paid.code).toBe('paid');
    await page.evaluate(() => sikka.sync());
    const { text, exportable, keys } = await page.evaluate(() => sikka.lookAtStorage());
    expect(exportable).toBe(0);
    expect(keys).toBeGreaterThanOrEqual(3);
    const hexOf = (words: string): string => Buffer.from(words).toString('hex');
    for (const secret of ['Bilal', 'Kiryana', 'Chakwal', 'ayesha', BANK, PIN]) {
      expect(text).not.toContain(hexOf(secret));
      expect(text).not.toContain(` ${secret} `);
    }
    await context.close();
  });

  it('appends all or none, takes nothing twice, and waits only so long for a tab', async () => {
    const context = await browser.newContext();
    const [first, second] = [await tabIn(context), await tabIn(context)];
    type Records = readonly { readonly text: string; readonly uniqueKey: number }[];
    const appendIn = (page: Page, position: number, records: Records) =>
      page.evaluate(async ([at, given]) => (await sikka.store('rows')).append(at, given), [
        position,
        records,
      ] as const);
    expect(await appendIn(first, 0, [{ text: 'a', uniqueKey: 1 }])).toBe('appended');
    expect(await appendIn(second, 0, [{ text: 'x', uniqueKey: 9 }])).toBe('conflict');
    const repeated = [
      { text: 'x', uniqueKey: 2 },
      { text: 'y', uniqueKey: 1 },
    ];
    expect(await appendIn(second, 1, repeated)).toBe('conflict');
    const races = await Promise.all(
      [first, second].map((page) => appendIn(page, 1, [{ text: 'race', uniqueKey: 3 }])),
    );
    expect(races.toSorted()).toEqual(['appended', 'conflict']);
    const read = await first.evaluate(async () => (await sikka.store('rows')).read());
    expect(read).toEqual(['a', 'race']);

    const holding = first.evaluate(async () => (await sikka.store('rows')).takeLock(true));
    const held = () => second.evaluate(async () => (await navigator.locks.query()).held?.length);
    await expect.poll(held, { timeout: 30_000 }).toBe(1);
    const waited = await second.evaluate(async () => (await sikka.store('rows')).takeLock());
    expect(waited).toMatchObject({ ok: false, code: 'wallet/store_busy' });
    await first.evaluate(async () => (await sikka.store('rows')).letGo());
    expect(await holding).toMatchObject({ ok: true });
    const kept = await second.evaluate(async () => (await sikka.store('rows')).bulletin(7));
    expect(kept).toBe(7);
    await context.close();
  });
});

/** A till on Node, so that the two sides are different platforms. */
async function openTill(bank: Bank): Promise<Payee> {
  const token = await bank.token('bilal');
  const opened = await openPayee({
    store: openMemoryStore(),
    keystore: await createMemoryKeystore(),
    client: createClient({ baseUrl: bank.url, token }),
    bank: { id: BANK, account: 'bilal', currency: 586 },
    clock: { now: () => Math.floor(Date.now() / 1_000) },
    random: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
  });
  if (!opened.ok) throw new Error(opened.detail);
  const enrolled = await opened.payee.enrol({ role: 'payee' });
  if (!enrolled.ok) throw new Error(enrolled.detail);
  return opened.payee;
}

/** Moves the payer's money to the offline wallet. */
async function load(bank: Bank, amount: string): Promise<void> {
  const client = createClient({ baseUrl: bank.url, token: await bank.token('ayesha') });
  const wallets = await client.listWallets();
  if (!wallets.ok) throw new Error(wallets.problem.title);
  const idOf = (kind: string): number =>
    wallets.value.find((each) => each.wallet_type === kind)?.id ?? 0;
  const moved = await client.createTransfer({
    body: {
      from_wallet_id: idOf('current'),
      to_wallet_id: idOf('offline'),
      amount,
      currency: 'PKR',
    },
  });
  if (!moved.ok) throw new Error(moved.problem.title);
}
