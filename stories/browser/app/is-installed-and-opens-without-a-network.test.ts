import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStoryBank } from '../../support/bank.ts';
import type { StoryBank } from '../../support/bank.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import { keepForLater, settleIn, unlock } from './support/person.ts';
import { openPhone } from './support/phone.ts';
import type { Phone } from './support/phone.ts';
import { readPng } from './support/png.ts';

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

/** Asks for a later version again, where one did not arrive whole; answers how far one came. */
function lookForUpdate(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    if (registration.installing === null) await registration.update();
    return registration.waiting?.state;
  });
}

describe.skipIf(executable === undefined)(`the wallet app${why}`, () => {
  let story: StoryBank;
  let phone: Phone;
  /** The app as the bank has it: a later version takes its place. */
  let served: string;
  /** The bank has a version of that name from now on. */
  const publish = async (name: string, edit = (worker: string) => worker) => {
    const [page, worker] = [join(served, 'index.html'), join(served, 'service-worker.js')];
    const titled = (await readFile(page, 'utf8')).replace(/>Sikka[^<]*</, `>Sikka ${name}<`);
    const script = (await readFile(worker, 'utf8')).replace(
      /"version":"\w+"/,
      `"version":"${name}"`,
    );
    await writeFile(page, titled);
    await writeFile(worker, edit(script));
    // Compressed twins are of the older one.
    for (const file of [page, worker])
      for (const kind of ['br', 'gz']) await rm(`${file}.${kind}`, { force: true });
  };

  beforeAll(async () => {
    served = await mkdtemp(join(tmpdir(), 'sikka-served-'));
    await cp(inject('walletAppDir'), served, { recursive: true });
    story = await openStoryBank({ env: { WALLET_APP_DIR: served } });
    phone = await openPhone({ executable: executable ?? '', bankUrl: story.bank.url });
    await phone.open();
    await phone.page.getByRole('button').first().waitFor();
  });

  afterAll(async () => {
    await phone?.close();
    await story?.stop();
    await rm(served, { recursive: true, force: true });
  });

  it('can be installed: a manifest without a fault, icons of the sizes it says', async () => {
    const session = await phone.page.context().newCDPSession(phone.page);
    const { url, data = '', errors } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    expect(url).toBe(`${phone.line.url}/app/manifest.webmanifest`);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
    const manifest = JSON.parse(data) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      ...{ name: 'Sikka', short_name: 'Sikka', start_url: '/app/', scope: '/app/', id: '/app/' },
      ...{ display: 'standalone', lang: 'en', dir: 'ltr' },
    });
    const icons = manifest['icons'] as { src: string; sizes: string; type: string }[];
    const pictures = icons.filter(({ type }) => type === 'image/png');
    expect(pictures.map(({ sizes }) => sizes)).toEqual(['192x192', '512x512', '512x512']);
    for (const { src, sizes } of pictures) {
      const icon = await fetch(new URL(src, url));
      const { width, height } = readPng(new Uint8Array(await icon.arrayBuffer()));
      expect(`${width}x${height}`).toBe(sizes);
    }
  });

  it('opens from the network where the browser cannot read what it keeps', async () => {
    const { page } = phone;
    await page.evaluate(() => navigator.serviceWorker.ready);
    const [worker] = page.context().serviceWorkers();
    await worker?.evaluate(() => {
      const { open } = CacheStorage.prototype;
      Object.assign(globalThis, { mend: () => (CacheStorage.prototype.open = open) });
      CacheStorage.prototype.open = () => Promise.reject(new DOMException('', 'UnknownError'));
    });
    await page.reload();
    await page.locator('button').first().waitFor();
    await worker?.evaluate(() => void (globalThis as unknown as { mend(): void }).mend());
    expect(worker).toBeDefined();
  });

  it('takes no script that is a text, and no address of one but its own', async () => {
    expect(phone.takeComplaints()).toEqual([]);
    const refused = await phone.page.evaluate(() => {
      const attempt = (act: () => unknown): string => {
        try {
          act();
          return 'done';
        } catch (error) {
          return (error as Error).name;
        }
      };
      const types = (globalThis as unknown as { trustedTypes: { createPolicy(n: string): void } })
        .trustedTypes;
      return {
        markup: attempt(() => (document.createElement('div').innerHTML = '<img src=x>')),
        script: attempt(() => (document.createElement('script').src = 'https://evil.example/x.js')),
        worker: attempt(() => new Worker('/app/service-worker.js')),
        policy: attempt(() => {
          types.createPolicy('sikka-script-url');
        }),
        other: attempt(() => {
          types.createPolicy('evil');
        }),
      };
    });
    const refusal = 'TypeError';
    // The browser says each refusal aloud.
    for (const one of phone.takeComplaints()) expect(one).toContain('Trusted');
    expect(refused).toEqual({
      ...{ markup: refusal, script: refusal, worker: refusal, policy: refusal, other: refusal },
    });
  });

  it('opens again with the network gone, from what the phone keeps', async () => {
    await keepForLater(phone.page);
    await phone.goOffline();
    await expect(fetch(`${phone.line.url}/health`)).rejects.toThrow();
    await phone.page.reload();
    await phone.page.getByRole('button').first().waitFor();
    await phone.open('/history');
    await phone.page.getByRole('button').first().waitFor();
    const kept = await phone.page.evaluate(async () => {
      const [name = ''] = await caches.keys();
      const requests = await (await caches.open(name)).keys();
      return requests.map(({ url }) => new URL(url).pathname);
    });
    expect(kept).toContain('/app/index.html');
    expect(kept.filter((path) => !path.startsWith('/app/'))).toEqual([]);
    await phone.restart();
    await phone.open();
    await phone.page.getByRole('button').first().waitFor();
    await phone.goOnline();
  });

  it('gives way to a later version while nothing is open', async () => {
    const script = await readFile(join(served, 'service-worker.js'), 'utf8');
    // Of two tabs one is in the middle of something; the later version has dropped a file of it.
    const [, dropped = ''] = /"([^"]+\.wasm)"/.exec(script) ?? [];
    const older = await phone.page.context().newPage();
    await older.goto(`${phone.line.url}/app/icons/icon-192.png`);
    await publish('later', (worker) => worker.replace(`"${dropped}",`, ''));
    await phone.open();
    const titled = async () => {
      await lookForUpdate(phone.page).catch(() => undefined);
      return phone.page.title();
    };
    await expect.poll(titled, { timeout: 90_000, interval: 250 }).toBe('Sikka later');
    // All of it, styles as well: what is cut off while it loads would be another story.
    await phone.page.waitForLoadState('load');
    await phone.page.getByRole('button').first().waitFor();
    await phone.goOffline();
    const stillThere = await older.evaluate(
      async (path) => (await fetch(`/app/${path}`, { cache: 'no-store' })).status,
      dropped,
    );
    await phone.goOnline();
    expect([dropped.endsWith('.wasm'), stillThere]).toEqual([true, 200]);
    await older.close();
    // The browser's own page around a picture has styles of its own.
    for (const one of phone.takeComplaints()) expect(one).toContain('inline style');
    const kept = () =>
      phone.page.evaluate(() => {
        navigator.serviceWorker.controller?.postMessage('started');
        return caches.keys();
      });
    await expect.poll(kept, { timeout: 30_000 }).toEqual(['sikka-app-later']);
  }, 240_000);

  it('opens without a network with a version that waited while it was unlocked', async () => {
    const { page } = phone;
    await settleIn(phone, 'ayesha');
    await keepForLater(page);
    await publish('next');
    await expect
      .poll(() => lookForUpdate(page), { timeout: 90_000, interval: 250 })
      .toBe('installed');
    expect(await page.title()).toBe('Sikka later');
    await phone.goOffline();
    // Tools that watch a worker keep Chromium from finding it idle once it was started anew; then
    // the newer version comes when the app is opened again.
    const opensNewer = async () => {
      await page.reload();
      const titled = expect.poll(() => page.title(), { timeout: 10_000 }).toBe('Sikka next');
      return titled.then(
        () => true,
        () => false,
      );
    };
    await expect.poll(opensNewer, { timeout: 120_000, interval: 100 }).toBe(true);
    await page.waitForLoadState('load');
    await unlock(page);
    await page.locator('.ring').waitFor();
    await phone.goOnline();
  }, 360_000);

  it('has nothing that keeps anybody out, says nothing wrong, asks nobody else', async () => {
    expect(await findBarriers(phone.page)).toEqual([]);
    expect(phone.takeComplaints()).toEqual([]);
  });
});
