import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { BankProcess } from '../bank/start.ts';
import { CPU_SLOWDOWN, openPhoneBrowser } from './browser.ts';
import { createCameraFile } from './camera.ts';
import type { CameraFile } from './camera.ts';
import { openPayer } from './payer.ts';
import type { BenchPayer } from './payer.ts';
import { readCode } from './read-code.ts';

/** Milliseconds from the first camera frame that shows a payment to the verdict on the screen. */
export interface Verdicts {
  readonly asFastAsHere: readonly number[];
  /** The page's own thread slowed down, as a cheap phone's. */
  readonly slowed: readonly number[];
}

/** Of the demo's bank. */
const PAYER = 'ayesha';
const TILL = { email: 'bilal@example.com', password: 'Seven-Rivers-9' };
const PIN = '314159';
const AMOUNT = '12';
/** Between two touches of a verdict: an earlier one was not meant (the app's own rule). */
const UNTIL_MEANT_MS = 700;
/**
 * In the page: when a frame first was not the bare table, and when a verdict was painted. A text,
 * since what loads this file adds names to functions that the page does not know.
 */
const NOTE_VERDICT = `
  const spot = document.createElement('canvas');
  spot.width = spot.height = 8;
  const pen = spot.getContext('2d', { willReadFrequently: true });
  globalThis.seen = {};
  const onFrame = (video) => (now) => {
    const { videoWidth: width, videoHeight: height } = video;
    pen.drawImage(video, width / 2 - 160, height / 2 - 160, 320, 320, 0, 0, 8, 8);
    const shades = pen.getImageData(0, 0, 8, 8).data.filter((_, i) => i % 4 === 0);
    const bare = Math.max(...shades) - Math.min(...shades) < 40;
    if (!bare && seen.armed) seen.frameAt ??= now;
    if (video.isConnected) video.requestVideoFrameCallback(onFrame(video));
  };
  const known = new WeakSet();
  new MutationObserver(() => {
    const video = document.querySelector('video');
    if (video !== null && !known.has(video)) {
      known.add(video);
      video.requestVideoFrameCallback(onFrame(video));
    }
    if (!seen.armed || seen.asked || document.querySelector('.verdict') === null) return;
    seen.asked = true;
    requestAnimationFrame(() => setTimeout(() => (seen.verdictAt = performance.now())));
  }).observe(document, { subtree: true, childList: true });
`;

/** A till in a real browser takes payments of a wallet in this process, through its camera. */
export async function measureVerdicts(options: {
  readonly executable: string;
  readonly bank: BankProcess;
  readonly times: number;
}): Promise<Verdicts> {
  const { executable, bank, times } = options;
  const folder = await mkdtemp(join(tmpdir(), 'sikka-bench-till-'));
  const camera = await createCameraFile(join(folder, 'camera.y4m'));
  const context = await openPhoneBrowser({
    ...{ executable, disk: join(folder, 'disk') },
    more: [
      ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      `--use-file-for-fake-video-capture=${join(folder, 'camera.y4m')}`,
    ],
  });
  try {
    await context.addInitScript({ content: NOTE_VERDICT });
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(60_000);
    const [payer] = await Promise.all([openPayer(bank, PAYER), openTill(page, bank.url)]);
    const session = await context.newCDPSession(page);
    const sample = async (rate: number) => {
      const taken: number[] = [];
      await session.send('Emulation.setCPUThrottlingRate', { rate });
      // The first opens the camera and loads the finder of codes: nobody's usual sale.
      for (let time = 0; time <= times; time++) taken.push(await sell(page, { camera, payer }));
      await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
      return taken.slice(1);
    };
    return { asFastAsHere: await sample(1), slowed: await sample(CPU_SLOWDOWN) };
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Signs in, gives the phone a PIN, and makes it a till: until its keypad is there. */
async function openTill(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/app/sign-in`);
  await page.getByText('English', { exact: true }).click();
  await page.locator('input[type=email]').fill(TILL.email);
  await page.locator('input[type=password]').fill(TILL.password);
  await page.keyboard.press('Enter');
  const code = page.locator('input[autocomplete=one-time-code]');
  await code.waitFor();
  // A demo's bank mails nobody: the app shows the code.
  const shown = await page.getByText(/code.*\b\d{6}\b/i).textContent();
  await code.fill(/\d{6}/.exec(shown ?? '')?.[0] ?? '');
  await page.locator('.key').first().waitFor();
  await typeDigits(page, PIN);
  await page.getByText('Enter it again').waitFor();
  await typeDigits(page, PIN);
  const home = page.locator('.ring');
  const offer = page.getByRole('button', { name: 'Not now', exact: true });
  await home.or(offer).first().waitFor();
  if (await offer.isVisible()) await offer.click();
  await home.waitFor();
  await page.getByRole('button', { name: 'Receive', exact: true }).click();
  await page.locator('.foot .button-primary').click();
  await typeDigits(page, PIN);
  await page.locator('.display').waitFor();
}

/** One sale, from the keypad to the keypad: how long the verdict took. */
async function sell(
  page: Page,
  { camera, payer }: { readonly camera: CameraFile; readonly payer: BenchPayer },
): Promise<number> {
  await camera.showNothing();
  await typeDigits(page, AMOUNT);
  await page.locator('.foot .button-primary').click();
  const request = await readCode(await page.locator('.qr-card').screenshot());
  const payment = await payer.pay(request);
  await page.locator('.foot .button-primary').click();
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
  await page.evaluate(() => void Object.assign(globalThis, { seen: { armed: true } }));
  await camera.show(payment);
  await page.waitForFunction(() => (globalThis as unknown as Noted).seen.verdictAt !== undefined);
  const seen = await page.evaluate(() => (globalThis as unknown as Noted).seen);
  await page.locator('.verdict-ok').waitFor();
  await page.waitForTimeout(UNTIL_MEANT_MS);
  await page.locator('.verdict .button-primary').click();
  await page.locator('.display').waitFor();
  return (seen.verdictAt ?? NaN) - (seen.frameAt ?? NaN);
}

interface Noted {
  readonly seen: { readonly frameAt?: number; readonly verdictAt?: number };
}

async function typeDigits(page: Page, digits: string): Promise<void> {
  for (const digit of digits) {
    await page.locator('.key', { hasText: new RegExp(`^${digit}$`) }).click();
  }
}
