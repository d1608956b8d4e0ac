import { createClient } from '@sikka/api';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStoryBank } from '../../support/bank.ts';
import type { StoryBank } from '../../support/bank.ts';
import { done, enrolPhone } from '../../support/phones.ts';
import type { StoryPhone } from '../../support/phones.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import * as person from './support/person.ts';
import { openPhone } from './support/phone.ts';
import type { Phone } from './support/phone.ts';
import { drawQr } from './support/qr-picture.ts';

const { PIN, press, said, typeDigits, unlock, visit } = person;
const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

const OTHER_PIN = '271828';
/** On a machine that does other things as well. */
const SLOWLY = { timeout: 45_000 };
const proceed = (page: Page) => page.locator('.foot .button-primary').click();
const code = (page: Page) => page.locator('.qr-card');

describe.skipIf(executable === undefined)(`a phone guards its keys${why}`, () => {
  let story: StoryBank;
  let phone: Phone;
  let shop: StoryPhone;
  let cdp: CDPSession;
  let authenticatorId: string;

  beforeAll(async () => {
    story = await openStoryBank({ env: { WALLET_APP_DIR: inject('walletAppDir') } });
    phone = await openPhone({ executable: executable ?? '', bankUrl: story.bank.url });
    shop = await enrolPhone(story.bank, { account: 'bilal', role: 'payee' });
    await person.settleIn(phone, 'ayesha');
    await person.setAside(phone.page, '1000');
    await person.keepForLater(phone.page);
    cdp = await phone.page.context().newCDPSession(phone.page);
    await cdp.send('WebAuthn.enable');
    const options = {
      ...({ protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal' } as const),
      ...{ hasResidentKey: true, hasUserVerification: true, hasPrf: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    };
    ({ authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options }));
    // Whether there is a sensor is asked when the app starts.
    await phone.page.reload();
    await unlock(phone.page);
    await phone.page.locator('.dock').waitFor();
  });

  afterAll(async () => {
    await phone?.close();
    await story?.stop();
  });

  const ask = async (rupees: bigint) =>
    done(await shop.payee.createRequest({ amountMinor: rupees * 100n })).text;
  const client = (account: string) =>
    createClient({ baseUrl: story.bank.url, token: () => story.bank.token(account) });
  const current = async (account: string) => {
    const wallets = await client(account).listWallets();
    const all = wallets.ok ? wallets.value : [];
    const wallet = all.find(({ wallet_type }) => wallet_type === 'current');
    return { number: wallet?.id ?? 0, available: Number(wallet?.available) };
  };
  const paste = async (page: Page, text: string) => {
    await visit(page, '/scan/paste');
    await page.locator('.body input').fill(text);
    await proceed(page);
    await page.locator('.payee-name').waitFor();
  };

  it('gives the PIN out to its owner’s finger, without a network, to unlock and pay', async () => {
    const { page } = phone;
    await phone.goOffline();
    await visit(page, '/settings/security');
    const sensor = page.getByRole('switch', { name: said('settings.sensor') });
    await sensor.click();
    await unlock(page);
    await expect.poll(() => sensor.getAttribute('aria-checked'), SLOWLY).toBe('true');
    // No search for barriers before all is paid: a second session ends the emulated sensor.
    await visit(page, '/settings');
    await page.getByText(said('settings.lockNow'), { exact: true }).click();
    await press(page, 'start.useFingerprint');
    await page.getByText(said('settings.lockNow'), { exact: true }).waitFor();
    await phone.camera.show(await drawQr(await ask(100n)), { size: 0.9 });
    await visit(page, '/scan');
    await page.locator('.payee-name').waitFor();
    await press(page, 'pay.fingerprintToPay');
    await code(page).waitFor();
    // Somebody else's finger pays nothing, and the PIN does as before.
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await paste(page, await ask(50n));
    await press(page, 'pay.fingerprintToPay');
    await unlock(page);
    await code(page).waitFor();
    await visit(page, '/settings/security');
    await expect.poll(() => sensor.getAttribute('aria-checked'), SLOWLY).toBe('true');
    expect(await findBarriers(page)).toEqual([]);
    expect(phone.takeComplaints()).toEqual([]);
  });

  it('pays once where two tabs spend the same money at the same moment', async () => {
    const { page } = phone;
    const other = await page.context().newPage();
    await other.goto(page.url());
    await unlock(other);
    await other.getByText(said('settings.lockAfter')).first().waitFor();
    // 850 are left.
    await Promise.all([paste(page, await ask(600n)), paste(other, await ask(601n))]);
    // The last digit at once in both. Told of the other's payment before it, a tab has no key more.
    const tabs = [page, other];
    await Promise.all(tabs.map((tab) => typeDigits(tab, PIN.slice(0, -1))));
    const last = (tab: Page) => tab.locator('.key', { hasText: PIN.at(-1) ?? '' });
    const briefly = { timeout: 5_000 };
    await Promise.all(
      tabs.map((tab) =>
        last(tab)
          .click(briefly)
          .catch(() => undefined),
      ),
    );
    const refused = (tab: Page) => tab.getByText(said('pay.notEnough'));
    await Promise.all(tabs.map((tab) => code(tab).or(refused(tab)).first().waitFor()));
    const shown = await Promise.all(tabs.map((tab) => code(tab).count()));
    expect(shown.reduce((sum, count) => sum + count)).toBe(1);
    // The one that did not pay is told by the one that did: they are one phone without a network.
    const told = shown[0] === 1 ? other : page;
    await visit(told, '/history');
    await expect.poll(() => told.locator('.row', { hasText: 'Bilal' }).count()).toBe(3);
    await other.close();
    await phone.goOnline();
    expect(phone.takeComplaints()).toEqual([]);
  });

  it('pays a number that nobody vouches for, once, though the answer is lost', async () => {
    const { page } = phone;
    const [payee, before] = [await current('bilal'), await current('ayesha')];
    await visit(page, '/scan/till-number');
    const [number, amount] = [
      page.locator('.body input').first(),
      page.locator('.body input').last(),
    ];
    await number.fill(
      String(payee.number).replace(/.$/, (digit) => String((Number(digit) + 1) % 10)),
    );
    await amount.fill('75');
    await proceed(page);
    await page.getByText(said('pay.tillWrong')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await number.fill(String(payee.number));
    await proceed(page);
    await page.getByText(said('pay.nameNotChecked')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    const path = '**/api/v1/transactions/**';
    await page.route(path, async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      await route.abort();
    });
    await unlock(page);
    await page.getByText(said('pay.onlineUnknown')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.unroute(path);
    await press(page, 'pay.askBank');
    await page.getByText(said('pay.onlinePaid'), { exact: true }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect((await current('ayesha')).available).toBe(before.available - 75);
    phone.takeComplaints();
  });

  it.each([
    ['before the first of its two keystores has it: the old', 'sikka-payer-keys', PIN, OTHER_PIN],
    ['between its two keystores: the new', 'sikka-till-keys', OTHER_PIN, PIN],
  ])('has one PIN after a change that was cut off %s', async (_, store, opens, opensNot) => {
    const { page } = phone;
    if (store === 'sikka-payer-keys') await person.makeTill(page);
    await visit(page, '/settings/security');
    await page.getByText(said('settings.changePin'), { exact: true }).click();
    await unlock(page);
    await page.getByText(said('settings.newPin')).waitFor();
    await unlock(page, OTHER_PIN);
    await page.getByText(said('start.repeatPin')).waitFor();
    await page.evaluate((name) => {
      // That database answers nothing more; the phone dies while it waits.
      const { open } = IDBFactory.prototype;
      IDBFactory.prototype.open = function (this: IDBFactory, asked: string, version?: number) {
        if (asked !== name) return open.call(this, asked, version);
        Object.assign(globalThis, { isStuck: true });
        return Object.assign(open.call(this, `${name}-nowhere`), { dispatchEvent: () => false });
      };
    }, store);
    await unlock(page, OTHER_PIN);
    await page.waitForFunction(() => 'isStuck' in globalThis);
    await phone.restart();
    await phone.open('/till');
    await unlock(phone.page, opensNot);
    await phone.page.getByText(said('start.pinWrong')).waitFor();
    await unlock(phone.page, opens);
    await phone.page.locator('.display').waitFor();
    await phone.page.reload();
    await unlock(phone.page, opens);
    await phone.page.locator('.display').waitFor();
  });

  it('asks for the PIN once its databases can be opened, where that takes a moment', async () => {
    // What the databases above answered that were to answer nothing.
    phone.takeComplaints();
    const starting = await phone.page.context().newPage();
    await starting.addInitScript(() => {
      const { open } = IDBFactory.prototype;
      let failures = 3;
      IDBFactory.prototype.open = function (this: IDBFactory, asked: string, version?: number) {
        if (asked !== 'sikka-payer-keys') return open.call(this, asked, version);
        failures -= 1;
        if (failures < 0) return open.call(this, asked, version);
        throw new DOMException('Internal error opening backing store', 'UnknownError');
      };
    });
    await starting.goto(phone.page.url());
    await starting.getByText(said('start.enterPin')).waitFor();
    await starting.close();
    expect(phone.takeComplaints()).toEqual([]);
  });

  it('tells an owner whose browser cleared it all away that it was, and what to do', async () => {
    const { page } = phone;
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.clearDataForOrigin', {
      ...{ origin: phone.line.url, storageTypes: 'indexeddb' },
    });
    await phone.open();
    await page.getByText(said('phone.gone')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });
});
