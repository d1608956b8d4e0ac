import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { CPU_SLOWDOWN, openPhoneBrowser } from './browser.ts';

/** What one opening of the app took on a phone that is as slow as said. */
export interface Start {
  /** From the navigation to the first screen that can be touched, in milliseconds. */
  readonly usableMs: number;
  /** The paths of what was loaded until then. */
  readonly loaded: readonly string[];
}

export interface Starts {
  /** Nothing of the app is on the phone; a poor line. */
  readonly cold: Start;
  /** The app was opened before, and there is no network. */
  readonly offline: Start;
}

/** 1.6 Mbit/s and 150 ms: a poor mobile line. */
const POOR_LINE = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 } as const;

/**
 * In the page: the time, since the navigation began, when a button has been painted. A text, since
 * what loads this file adds names to functions that the page does not know.
 */
const NOTE_WHEN_USABLE = `
  const look = () => {
    if (document.querySelector('button') === null) return void requestAnimationFrame(look);
    requestAnimationFrame(() => {
      globalThis.usableAt = performance.now();
    });
  };
  requestAnimationFrame(look);
`;

/** Opens the app in a new browser, twice: over a poor line, then without any. */
export async function measureStarts(options: {
  readonly executable: string;
  readonly url: string;
}): Promise<Starts> {
  const disk = await mkdtemp(join(tmpdir(), 'sikka-bench-app-'));
  const context = await openPhoneBrowser({ executable: options.executable, disk });
  try {
    await context.addInitScript({ content: NOTE_WHEN_USABLE });
    const cold = await openSlowly(context, options.url, POOR_LINE);
    await awaitKept(cold.page);
    await cold.page.close();
    await context.setOffline(true);
    const offline = await openSlowly(context, options.url, undefined);
    return { cold: cold.start, offline: offline.start };
  } finally {
    await context.close();
    await rm(disk, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function openSlowly(
  context: BrowserContext,
  url: string,
  line: typeof POOR_LINE | undefined,
): Promise<{ readonly page: Page; readonly start: Start }> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  if (line !== undefined) await slowDown(session, line);
  const loaded: string[] = [];
  const note = (asked: { url(): string }) => void loaded.push(new URL(asked.url()).pathname);
  page.on('request', note);
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => 'usableAt' in globalThis, undefined, { timeout: 60_000 });
  page.off('request', note);
  const usableMs = await page.evaluate(() => (globalThis as unknown as Noted).usableAt);
  // What follows is not measured: let the app be kept quickly.
  await session.detach();
  return { page, start: { usableMs, loaded } };
}

async function slowDown(session: CDPSession, line: typeof POOR_LINE): Promise<void> {
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, ...line });
}

/** Until the service worker holds the whole app. */
async function awaitKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active === null || active.state === 'activated') return;
    await new Promise((done) => {
      active.addEventListener('statechange', done);
    });
  });
}

interface Noted {
  readonly usableAt: number;
}
