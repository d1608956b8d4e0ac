import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { CHROMIUM_ARGUMENTS } from '../../support/chromium.ts';
import { createFakeCamera } from './camera.ts';
import type { FakeCamera, Held } from './camera.ts';
import { openLine } from './network.ts';
import type { Line } from './network.ts';

/** A browser of its own with the app in it: a disk, a camera and a line to the bank. */
export interface Phone {
  readonly page: Page;
  readonly camera: FakeCamera;
  readonly line: Line;
  /** The app's address; `at` is a place under `/app`. */
  open(at?: string): Promise<void>;
  /** Holds what is on another screen before this phone's camera. */
  look(at: Locator, held?: Held): Promise<void>;
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  /** Opens the browser again on the same disk, after ending it at once. */
  restart(): Promise<void>;
  /** A copy of the disk as a backup of the whole phone takes it; the browser opens again. */
  keepDisk(): Promise<void>;
  /** Opens the browser on the disk as it was kept. */
  rollBackDisk(): Promise<void>;
  /** What a console should not say, and requests to anywhere else. */
  readonly complaints: readonly string[];
  /** The same, and forgets them: for a story that provokes some. */
  takeComplaints(): readonly string[];
  close(): Promise<void>;
}

export interface PhoneOptions {
  readonly executable: string;
  readonly bankUrl: string;
  readonly language?: string;
  readonly dark?: boolean;
  /** CSS pixels; a cheap phone's by default. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Arguments of the browser beside those that every phone has. */
  readonly args?: readonly string[];
}

export async function openPhone(options: PhoneOptions): Promise<Phone> {
  const folder = await mkdtemp(join(tmpdir(), 'sikka-phone-'));
  const camera = await createFakeCamera(join(folder, 'camera.y4m'));
  const line = await openLine(options.bankUrl);
  const complaints: string[] = [];
  const zone = zoneOfNow();
  let offline = false;
  const start = async () => {
    const context = await launch({ ...options, zone }, join(folder, 'disk'), camera);
    // What the browser itself says of a network that is away is not the app's doing.
    listen(context, { origin: line.url, complaints, isOffline: () => offline });
    return { context, page: context.pages()[0] ?? (await context.newPage()) };
  };
  let running = await start();
  const again = async (stop = end, meanwhile?: () => Promise<void>) => {
    await stop(running.context);
    await meanwhile?.();
    running = await start();
    if (offline) await running.context.setOffline(true);
  };
  return {
    ...{ camera, line, complaints, takeComplaints: () => complaints.splice(0) },
    get page() {
      return running.page;
    },
    open: async (at = '/') => void (await running.page.goto(`${line.url}/app${at}`)),
    look: async (at, held) => camera.show(await at.screenshot({ type: 'png' }), held),
    goOffline: async () => {
      offline = true;
      await line.cut();
      await running.context.setOffline(true);
    },
    goOnline: async () => {
      await line.mend();
      await running.context.setOffline(false);
      offline = false;
    },
    restart: () => again(),
    // Closed in peace: a browser that is killed has not written its settings down yet.
    keepDisk: () =>
      again(
        (context) => context.close(),
        () => copy(join(folder, 'disk'), join(folder, 'kept')),
      ),
    rollBackDisk: () =>
      again(end, async () => {
        await rm(join(folder, 'disk'), { recursive: true, maxRetries: 5, retryDelay: 200 });
        await copy(join(folder, 'kept'), join(folder, 'disk'));
      }),
    close: async () => {
      await running.context.close();
      await line.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

interface Launch extends PhoneOptions {
  readonly zone: string;
}

async function launch(
  { executable, language = 'en-PK', dark = false, viewport, args = [], zone }: Launch,
  disk: string,
  camera: FakeCamera,
): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(disk, {
    executablePath: executable,
    args: [
      ...CHROMIUM_ARGUMENTS,
      ...args,
      ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      `--use-file-for-fake-video-capture=${camera.file}`,
    ],
    ...{ locale: language, timezoneId: zone, colorScheme: dark ? 'dark' : 'light' },
    ...{ viewport: viewport ?? { width: 360, height: 740 }, deviceScaleFactor: 2 },
    ...{ isMobile: true, hasTouch: true, permissions: ['camera'] },
  });
  // Until a camera, the worker and the decoder have started, where much else runs.
  context.setDefaultTimeout(75_000);
  return context;
}

/** No day ends within a story: in the last hour of one in Karachi, the phone is further west. */
function zoneOfNow(): string {
  return new Date().getUTCHours() === 18 ? 'Asia/Dubai' : 'Asia/Karachi';
}

/** All but the lock that says which process has it open. */
async function copy(from: string, to: string): Promise<void> {
  await cp(from, to, {
    ...{ recursive: true, verbatimSymlinks: true },
    filter: (path) => !basename(path).startsWith('Singleton'),
  });
}

/** As a phone whose battery falls out: nothing is told to the page. */
async function end(context: BrowserContext): Promise<void> {
  const session = await context.browser()?.newBrowserCDPSession();
  const closed = new Promise<void>((resolve) => {
    context.once('close', () => {
      resolve();
    });
  });
  const known = await session?.send('SystemInfo.getProcessInfo');
  await session?.send('Browser.crash').catch(() => undefined);
  await (session === undefined ? context.close() : closed);
  while (known?.processInfo.some(({ id }) => isRunning(id)) === true) await pause(20);
}

/** A part of a browser that has ended may hold its disk a moment longer; told by Linux only. */
function isRunning(id: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

interface Listening {
  readonly origin: string;
  readonly complaints: string[];
  readonly isOffline: () => boolean;
}

function listen(context: BrowserContext, { origin, complaints, isOffline }: Listening): void {
  context.on('console', (message) => {
    const text = message.text();
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (isOffline() && text.includes('net::ERR_')) return;
    // It comes late sometimes, when the network is back.
    if (text.includes('net::ERR_INTERNET_DISCONNECTED')) return;
    // A refusal of the bank is the app's to show, and some are what a story is about.
    if (/status of 4\d\d/.test(text) && !message.location().url.includes('/app/')) return;
    complaints.push(`console: ${text}`);
  });
  context.on('weberror', (error) => {
    complaints.push(`uncaught: ${error.error().message}`);
  });
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (['data:', 'blob:'].includes(protocol) || asked === origin) return;
    complaints.push(`request to ${asked}`);
  });
}
