import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  generateEcdhKeyPair,
  openBundle,
  proveBundle,
  publicJwk,
  readDeviceKey,
  webCryptoAgreement,
  webCryptoVerifier,
} from '@sikka/protocol';
import type { VectorCase } from '@sikka/protocol/vectors';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as TillPage from './page/till-page.ts';
import { findChromium, launchChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';

/** In the page: what its script exports. */
declare const sikka: typeof TillPage;

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';
const folder = new URL('../../vectors/', import.meta.url);

const bankKeys = await generateEcdhKeyPair({ extractable: false });
const pushes: Record<string, string>[] = [];

/** The two routes that a till needs; what it pushed is opened by the test. */
const bank = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/bank-public-key') {
      return void response.end(JSON.stringify({ public_key: publicJwk(bankKeys.publicKey) }));
    }
    pushes.push(JSON.parse(Buffer.concat(parts).toString()) as Record<string, string>);
    response.end(JSON.stringify({ success: true, status: 'accepted' }));
  });
});

describe.skipIf(executable === undefined)(`a till in a browser${why}`, () => {
  let server: PageServer;
  let browser: Browser;

  beforeAll(async () => {
    bank.listen(0, '127.0.0.1');
    await once(bank, 'listening');
    const bankUrl = `http://127.0.0.1:${(bank.address() as AddressInfo).port}`;
    const script = `export * from './stories/browser/page/till-page.ts';`;
    server = await servePage({ script, name: 'sikka', bankUrl });
    browser = await launchChromium(executable ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    bank.closeAllConnections();
    bank.close();
  });

  it('has one key in all its tabs and after a reload, of which no copy can be had', async () => {
    const context = await browser.newContext();
    const tabs = [await context.newPage(), await context.newPage()];
    for (const tab of tabs) await tab.goto(server.url);
    const keys = await Promise.all(tabs.map((tab) => tab.evaluate(() => sikka.open())));
    expect(keys[0]).toContain('BEGIN PUBLIC KEY');
    expect(keys[1]).toBe(keys[0]);
    await tabs[0]?.reload();
    expect(await tabs[0]?.evaluate(() => sikka.open())).toBe(keys[0]);
    const stored = await tabs[0]?.evaluate(() => sikka.lookAtStorage());
    expect(stored).toMatchObject({ kept: 1, exported: 0 });
    expect(stored?.text).not.toContain('PRIVATE');
    await context.close();
  });

  it('is one tab at a time, and no sale that was kept is missing', async () => {
    const context = await browser.newContext();
    const [first, second] = [await context.newPage(), await context.newPage()];
    const keys: (string | null)[] = [];
    for (const tab of [first, second]) {
      await tab.goto(server.url);
      keys.push(await tab.evaluate(() => sikka.open()));
    }
    expect(await first.evaluate(() => sikka.sell(5))).toBe(5);
    expect(await second.evaluate(() => sikka.sell(5))).toBe(0);
    expect(await second.evaluate(() => sikka.sync())).toMatchObject({
      success: false,
      errors: [expect.stringContaining('wallet/store_busy') as string],
    });
    await first.close();
    const sellOne = () => second.evaluate(() => sikka.sell(1));
    await expect.poll(sellOne, { timeout: 30_000 }).toBe(1);
    expect(await second.evaluate(() => sikka.sell(4))).toBe(4);
    expect(await second.evaluate(() => sikka.sync())).toMatchObject({
      success: true,
      bundlesPushed: 1,
    });
    const push = pushes.at(-1) ?? {};
    const key = readDeviceKey(keys[0] ?? '');
    if (!key.ok) throw new Error(key.detail);
    const sent = {
      encryptedPayload: push['encrypted_payload'] ?? '',
      signature: push['signature'] ?? '',
    };
    const signed = await proveBundle(sent, key.value, webCryptoVerifier);
    if (!signed.ok) throw new Error(signed.detail);
    const named = { deviceId: 'POS-001', bundleId: push['bundle_id'] ?? '' };
    const agreements = [webCryptoAgreement(bankKeys.privateKey, bankKeys.publicKey)];
    const opened = await openBundle(signed.value, named, { agreements });
    expect(opened.ok && new Set(opened.value.transactions.map((each) => each.localId)).size).toBe(
      10,
    );
    await context.close();
  });

  it('pays from hand to hand by a sealed ledger', async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    expect(await page.evaluate(() => sikka.payByLedger())).toEqual(['ali 12.5']);
    await page.close();
  });

  it.each(['sealed-ledger', 'device-bundle'])('answers every vector of %s', async (family) => {
    const files = readdirSync(new URL(`${family}/`, folder));
    const vectors = files.map((file) => {
      const text = readFileSync(new URL(`${family}/${file}`, folder), 'utf8');
      return JSON.parse(text) as VectorCase;
    });
    expect(vectors.length).toBeGreaterThan(100);
    const page = await browser.newPage();
    await page.goto(server.url);
    const texts = JSON.stringify(vectors);
    const different = await page.evaluate((given) => sikka.differing(given), texts);
    expect(different).toEqual([]);
    await page.close();
  });
});
