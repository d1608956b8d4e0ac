import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStoryBank } from '../../support/bank.ts';
import type { StoryBank } from '../../support/bank.ts';
import { balanceOf, done, enrolPhone, loadPhone } from '../../support/phones.ts';
import type { StoryPhone } from '../../support/phones.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import * as person from './support/person.ts';
import { openPhone } from './support/phone.ts';
import type { Phone } from './support/phone.ts';
import { leaveVerdict, pressUntil } from './support/press-until.ts';
import { drawQr, readQr } from './support/qr-picture.ts';

const { press, said, typeDigits, unlock, visit } = person;
const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

const proceed = (page: Page) => page.locator('.foot .button-primary').click();
const code = (page: Page) => page.locator('.qr-card canvas');
/** The message up to its first value. */
const see = (page: Page, key: string) =>
  page
    .getByText(said(key).split('{')[0]?.trim() ?? '')
    .first()
    .waitFor();

/** Each page's size in points (PDF 32000-1, 7.7.3.3). */
function pagesIn(pdf: Buffer): readonly string[] {
  const boxes = pdf.toString('latin1').matchAll(/\/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]/g);
  return [...boxes].map(([, width, height]) => [width, height].map(rounded).join('x'));
}

const rounded = (points?: string) => Math.round(Number(points));

describe.skipIf(executable === undefined)(`a shop with a printed code${why}`, () => {
  let story: StoryBank;
  let shop: Phone;
  let ayesha: Phone;
  /** A customer without the app. */
  let other: StoryPhone;
  let desk: StoryPhone;
  let before = 0;

  beforeAll(async () => {
    story = await openStoryBank({ env: { WALLET_APP_DIR: inject('walletAppDir') } });
    const options = { executable: executable ?? '', bankUrl: story.bank.url };
    [shop, ayesha] = await Promise.all([openPhone(options), openPhone(options)]);
    other = await enrolPhone(story.bank, { account: 'chaudhry', role: 'payer' });
    desk = await enrolPhone(story.bank, { account: 'bilal', role: 'payer' });
    await loadPhone(other, 50_000n);
    await Promise.all([person.settleIn(shop, 'bilal'), person.settleIn(ayesha, 'ayesha')]);
    await Promise.all([person.makeTill(shop.page), person.setAside(ayesha.page, '5000')]);
    before = await shopHas();
  });

  afterAll(async () => {
    await Promise.all([shop?.close(), ayesha?.close()]);
    await story?.stop();
  });

  const shopHas = async () => Number(await balanceOf(desk, 'current'));
  const ask = async (digits: string): Promise<Uint8Array> => {
    await visit(shop.page, '/till');
    await typeDigits(shop.page, digits);
    await proceed(shop.page);
    await code(shop.page).waitFor();
    return shop.page.locator('.qr-card').screenshot({ type: 'png' });
  };

  it('prints it on A4 or A6, one page with the sign alone', async () => {
    const { page } = shop;
    await visit(page, '/till/standee');
    await expect.poll(() => page.locator('.standee-code').count(), { timeout: 20_000 }).toBe(2);
    expect(await findBarriers(page)).toEqual([]);
    for (const [paper, size] of [
      ['receive.paperA6', '298x420'],
      ['receive.paperA4', '595x842'],
    ] as const) {
      await page.getByText(said(paper), { exact: true }).click();
      await page.emulateMedia({ media: 'print' });
      const seen = [page.locator('.foot'), page.locator('.chips'), page.locator('.standee')];
      expect(await Promise.all(seen.map((one) => one.isVisible()))).toEqual([false, false, true]);
      await page.emulateMedia({ media: null });
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
      expect(pagesIn(pdf)).toEqual([size]);
    }
  });

  it('is paid by who scans the paper, and confirms it at the till without a network', async () => {
    await ayesha.look(shop.page.locator('.standee'), { size: 0.98 });
    await Promise.all([person.keepForLater(shop.page), person.keepForLater(ayesha.page)]);
    await Promise.all([shop.goOffline(), ayesha.goOffline()]);
    const { page } = ayesha;
    await press(page, 'home.scanToPay');
    await page.getByText(said('pay.nameChecked')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await typeDigits(page, '300');
    await proceed(page);
    await page.locator('.pay-sum, .payee-name').first().waitFor();
    await unlock(page);
    await code(page).waitFor();
    await shop.look(page.locator('.qr-card'), { size: 0.95 });
    await visit(shop.page, '/till');
    await press(shop.page, 'receive.scanAPayment');
    await shop.page.locator('.verdict-ok').waitFor();
    expect(await shop.page.locator('.verdict-amount').textContent()).toContain('300');
    await leaveVerdict(shop.page, 'receive.showReceipt');
    await code(shop.page).waitFor();
    await ayesha.look(shop.page.locator('.qr-card'), { size: 0.8 });
    await press(page, 'pay.scanReceipt');
    await see(page, 'pay.theyHaveIt');
    // The same paper asks again; the same payment shown again is counted once.
    await visit(shop.page, '/till');
    await press(shop.page, 'receive.scanAPayment');
    await shop.page.locator('.verdict-warn').waitFor();
    await leaveVerdict(shop.page, 'receive.seeFirst');
  }, 240_000);

  it('is paid from a photo of its code, by a file', async () => {
    const { page } = ayesha;
    const photo = await ask('120');
    await ayesha.camera.showNothing();
    await visit(page, '/scan');
    let choosing = page.waitForEvent('filechooser');
    await page.getByText(said('pay.fromPhoto')).click();
    await (
      await choosing
    ).setFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from(photo) });
    await page.locator('.payee-name').waitFor();
    await unlock(page);
    await code(page).waitFor();
    await press(page, 'pay.notScanning');
    expect(await findBarriers(page)).toEqual([]);
    const saving = page.waitForEvent('download');
    await page.getByText(said('pay.sendFile'), { exact: true }).click();
    const file = await (await saving).path();
    await shop.camera.showNothing();
    await press(shop.page, 'receive.scanTheirs');
    choosing = shop.page.waitForEvent('filechooser');
    await shop.page.getByText(said('receive.openFile')).click();
    await (
      await choosing
    ).setFiles({
      name: '"><img src=x>.sikka',
      mimeType: 'text/html',
      buffer: await readFile(file),
    });
    await shop.page.locator('.verdict-ok').waitFor();
    expect(await shop.page.locator('.verdict-amount').textContent()).toContain('120');
    await leaveVerdict(shop.page, 'receive.nextSale');
  });

  it('gives some of it back, and never more than there was', async () => {
    const { page } = shop;
    await visit(page, '/till/queue');
    await page.locator('.row', { hasText: '300' }).click();
    await press(page, 'receive.giveBack');
    await typeDigits(page, '301');
    await see(page, 'receive.refundTooMuch');
    expect(await findBarriers(page)).toEqual([]);
    for (let digit = 0; digit < 3; digit++) await press(page, 'common.delete');
    await typeDigits(page, '100');
    await proceed(page);
    await unlock(page);
    await see(page, 'receive.refundSigned');
    expect(await findBarriers(page)).toEqual([]);
    await press(page, 'common.done');
  });

  it('with an old clock or old news takes what is good, and says what to look at', async () => {
    const { page } = shop;
    const real = Date.now();
    for (const [hours, key] of [
      [3, 'receive.newsOld'],
      [-1, 'receive.clockUnsure'],
    ] as const) {
      await page.clock.setFixedTime(real + hours * 3_600_000);
      const request = await readQr(await ask('40'));
      await shop.camera.show(await drawQr(done(await other.payer.pay(request)).text), {
        size: 0.9,
      });
      await press(page, 'receive.scanTheirs');
      await page.locator('.verdict-warn').waitFor();
      await see(page, key);
      expect(await findBarriers(page)).toEqual([]);
      await leaveVerdict(page, 'receive.nextSale');
    }
    await page.clock.setFixedTime(Date.now());
  });

  it('sends what it took from another phone, by a file, and sees it in its account', async () => {
    const { page } = shop;
    await visit(page, '/till/queue');
    await page.locator('.deadline').waitFor();
    await press(page, 'receive.sendFromAnother');
    await press(page, 'phone.makeBackup');
    await see(page, 'phone.writeCode');
    const words = ((await page.locator('.card').textContent()) ?? '').replaceAll(/\D/g, '');
    const saving = page.waitForEvent('download');
    await press(page, 'phone.sendBackup');
    const file = await (await saving).path();
    await see(page, 'phone.backupLeft');
    await ayesha.goOnline();
    const helper = ayesha.page;
    await visit(helper, '/phone/restore');
    const choosing = helper.waitForEvent('filechooser');
    await press(helper, 'phone.openBackup');
    await (await choosing).setFiles(file);
    await helper.getByLabel(said('phone.codeField'), { exact: true }).fill(words);
    await press(helper, 'phone.openIt');
    await helper.locator('.row', { hasText: said('phone.refund') }).waitFor();
    expect(await helper.locator('.row').count()).toBe(5);
    await press(helper, 'phone.sendToBank');
    const settled = helper.locator('.row', { hasText: said('common.stateSettled') });
    await expect.poll(() => settled.count(), { timeout: 45_000 }).toBe(5);
    expect(await findBarriers(helper)).toEqual([]);
    expect(await shopHas()).toBe(before + 300 + 120 + 80 - 100);
    await shop.goOnline();
    await visit(page, '/till/queue');
    const again = page.getByRole('button', { name: said('receive.tryNetwork') });
    await pressUntil(again, () => page.getByText(said('receive.queueEmpty')).isVisible());
    expect(await shopHas()).toBe(before + 400);
  });

  it('gives back the rest online, and the customer has it in the online balance', async () => {
    const { page } = shop;
    await visit(page, '/till/day');
    await page.locator('.row', { hasText: '300' }).click();
    await press(page, 'receive.giveBack');
    await page.getByText(said('receive.refundAll')).click();
    await proceed(page);
    await unlock(page);
    await see(page, 'receive.refundSigned');
    await expect.poll(shopHas, { timeout: 45_000 }).toBe(before + 200);
    await visit(page, '/till/day');
    await page.locator('.facts', { hasText: said('receive.givenBack') }).waitFor();
    const { page: payer } = ayesha;
    await visit(payer, '/');
    // 25,000 that a demo gives, 5,000 put aside, and all of the sale back.
    const back = payer.locator('.card', { hasText: '20,300' });
    await pressUntil(payer.locator('.pill-target').first(), () => back.isVisible());
    expect([...shop.takeComplaints(), ...ayesha.takeComplaints()]).toEqual([]);
  });
});
