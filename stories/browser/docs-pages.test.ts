import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig, startBank } from '@sikka/bank';
import type { Bank } from '@sikka/bank';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDataFolder } from '../support/data-folder.ts';
import { findChromium, launchChromium } from './support/chromium.ts';

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

describe.skipIf(executable === undefined)(`the description as a page in a browser${why}`, () => {
  let folder = '';
  let bank: Bank;
  let browser: Browser;

  beforeAll(async () => {
    folder = await makeDataFolder('docs');
    const settings = { DATA_DIR: join(folder, 'data'), PORT: '0', LOG_LEVEL: 'error' };
    const config = readConfig({ ...settings, RATE_LIMIT_ENABLED: 'false' }, folder);
    if (!config.ok) throw new Error(config.errors.join(' '));
    bank = await startBank({ ...config.value, port: 0 });
    browser = await launchChromium(executable ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await bank?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['/docs', '#docs .opblock-summary-path'],
    ['/redoc', '#docs [data-section-id]'],
  ])('%s is drawn, says nothing to the console, and asks nobody else', async (path, drawn) => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    const elsewhere: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const isOurs = /^(data|blob):/.test(request.url()) || request.url().startsWith(bank.url);
      if (!isOurs) elsewhere.push(request.url());
    });
    await page.goto(`${bank.url}${path}`);
    await page.waitForSelector(drawn, { timeout: 75_000 });
    // Long lists are drawn only where one looks: so we look from the top to the end.
    const seen = new Set<string>();
    const lookOn = async () => {
      const shown = page.locator(drawn);
      const rows = await shown.evaluateAll((all) => all.map(({ outerHTML }) => outerHTML));
      for (const row of rows) seen.add(row);
      await page.mouse.wheel(0, 400);
      return seen.size;
    };
    await expect.poll(lookOn, { timeout: 75_000 }).toBeGreaterThan(100);
    expect(complaints).toEqual([]);
    expect(elsewhere).toEqual([]);
    await page.close();
  });
});
