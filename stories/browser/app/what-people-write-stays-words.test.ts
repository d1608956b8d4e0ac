import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStoryBank } from '../../support/bank.ts';
import type { StoryBank } from '../../support/bank.ts';
import { done, enrolPhone, loadPhone } from '../../support/phones.ts';
import type { StoryPhone } from '../../support/phones.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import * as person from './support/person.ts';
import { openPhone } from './support/phone.ts';
import type { Phone } from './support/phone.ts';
import { leaveVerdict } from './support/press-until.ts';
import { drawQr, readQr } from './support/qr-picture.ts';
import { readStorage } from './support/storage.ts';

const { press, said, typeDigits, unlock, visit } = person;
const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

/** Markup, a template, one of our own messages' values, and a mark that turns the line round. */
const HOSTILE = `Zub <img src=x onerror=alert(1)> <b>{{7*7}}{amount}\u202eزبیدہ`;
/** A name that the bank checks has no more than these (spec/identifiers.md). */
const SHOP = "O'Neil & Sons (R/O), Co.";
const [PAID, TAKEN] = ['4319', '3462'] as const;

const proceed = (page: Page) => page.locator('.foot .button-primary').click();

describe.skipIf(executable === undefined)(`what people write${why}`, () => {
  let story: StoryBank;
  let phone: Phone;
  let shop: StoryPhone;
  let customer: StoryPhone;
  const dialogs: string[] = [];

  beforeAll(async () => {
    story = await openStoryBank({ env: { WALLET_APP_DIR: inject('walletAppDir') } });
    const { ownerPool } = story.database;
    await ownerPool.query(`update accounts set name = $1 where public_id = 'chaudhry'`, [SHOP]);
    phone = await openPhone({ executable: executable ?? '', bankUrl: story.bank.url });
    phone.page.on('dialog', (dialog) => void (dialogs.push(dialog.message()), dialog.dismiss()));
    shop = await enrolPhone(story.bank, { account: 'chaudhry', role: 'payee' });
    customer = await enrolPhone(story.bank, { account: 'ayesha', role: 'payer' });
    await loadPhone(customer, 1_000_000n);
    await person.settleIn(phone, 'ayesha');
    await person.makeTill(phone.page);
    await person.setAside(phone.page, '9000');
    await ownerPool.query(`update sessions set agent = $1`, [HOSTILE]);
  });

  afterAll(async () => {
    await phone?.close();
    await story?.stop();
  });

  /** It is on the screen as it was written, and nothing of it has become anything else. */
  const isWords = async (written = HOSTILE) => {
    const { page } = phone;
    const shown = page.locator('main, .screen').filter({ hasText: written.slice(0, 20) });
    await shown.first().waitFor();
    await nothingRan();
  };
  const nothingRan = async () => {
    const { page } = phone;
    expect(await page.locator('.screen :is(img, b:text("49"), script, iframe)').count()).toBe(0);
    expect(await page.getByText('49', { exact: true }).count()).toBe(0);
    expect(dialogs).toEqual([]);
  };

  it('as a name, a note or a browser’s name is words on every screen that shows it', async () => {
    const { page } = phone;
    await visit(page, '/settings/profile');
    await page.locator('.row-pressable').first().click();
    await page.locator('.body input').fill(HOSTILE);
    await proceed(page);
    await isWords();
    await visit(page, '/settings');
    await isWords();
    await visit(page, '/settings/security');
    await page.getByText(said('settings.sessions'), { exact: true }).click();
    await page.locator('.row').first().waitFor();
    await nothingRan();
    await visit(page, '/till');
    await press(page, 'receive.addNote');
    await page.locator('.sheet input').fill(HOSTILE);
    await press(page, 'common.done');
    await page.locator('.sheet').waitFor({ state: 'detached' });
    await isWords();
    expect(await findBarriers(page)).toEqual([]);
    await typeDigits(page, TAKEN);
    await proceed(page);
    await page.locator('.qr-card canvas').waitFor();
    await isWords();
    const request = await readQr(await page.locator('.qr-card').screenshot({ type: 'png' }));
    await phone.camera.show(await drawQr(done(await customer.payer.pay(request)).text), {
      size: 0.9,
    });
    await press(page, 'receive.scanTheirs');
    await page.locator('.verdict-ok').waitFor();
    await leaveVerdict(page, 'receive.nextSale');
    await visit(page, '/till/day');
    await page.locator('.row').first().waitFor();
    await isWords();
    expect(await findBarriers(page)).toEqual([]);
  });

  it('and as a shop’s name, from the payment to the evidence', async () => {
    const { page } = phone;
    const request = done(await shop.payee.createRequest({ amountMinor: BigInt(PAID) * 100n }));
    await phone.camera.show(await drawQr(request.text), { size: 0.9 });
    await visit(page, '/scan');
    await page.locator('.payee-name').waitFor();
    expect(await page.locator('.payee-name').textContent()).toBe(SHOP);
    await unlock(page);
    await page.locator('.qr-card').waitFor();
    await isWords(SHOP);
    await visit(page, '/history');
    await page.locator('.row', { hasText: SHOP }).first().click();
    await page.locator('.timeline').waitFor();
    await isWords(SHOP);
    await press(page, 'history.somethingWrong');
    await page.locator('.choice-row').first().waitFor();
    await isWords(SHOP);
    await visit(page, '/');
    await page.locator('.dock').waitFor();
    await isWords(SHOP);
  });

  it('and as a code, a file, a number, a search or an address', async () => {
    const { page } = phone;
    await phone.camera.show(await drawQr(HOSTILE), { size: 0.9 });
    await visit(page, '/scan');
    await page.getByText(said('pay.notACode')).waitFor();
    await nothingRan();
    await visit(page, '/scan/paste');
    await page.locator('.body input').fill(HOSTILE);
    await proceed(page);
    await page.getByText(said('pay.notACode')).waitFor();
    const choosing = page.waitForEvent('filechooser');
    await press(page, 'pay.openFile');
    const file = { name: `${HOSTILE.replaceAll('/', '')}.sikka`, mimeType: 'text/html' };
    await (await choosing).setFiles({ ...file, buffer: Buffer.from(HOSTILE) });
    await nothingRan();
    await visit(page, '/scan/till-number');
    await page.locator('.body input').first().fill(HOSTILE);
    await proceed(page);
    await page.getByText(said('pay.tillWrong')).waitFor();
    await visit(page, '/history');
    await press(page, 'history.search');
    await page.locator('.field-search input').fill(HOSTILE);
    await page.getByText(said('history.nothingFound')).waitFor();
    await nothingRan();
    await phone.open(`/history/${encodeURIComponent(HOSTILE)}?q=${encodeURIComponent(HOSTILE)}`);
    await unlock(page);
    await page.locator('.dock').waitFor();
    await nothingRan();
    expect(phone.takeComplaints()).toEqual([]);
  });

  it('and what was paid, taken, named and typed is read by nobody off the disk', async () => {
    const kept = await readStorage(phone.page);
    // The sealed rows and the keys are among what was read.
    expect(kept.split('\n')).toEqual(expect.arrayContaining(['profile', 'session', 'till']));
    expect(kept).toContain(' key');
    expect(kept).not.toContain('extractable');
    const amounts = [PAID, TAKEN].flatMap((rupees) => [
      `${rupees}00`,
      `${rupees}.00`,
      `${rupees.slice(0, 1)},${rupees.slice(1)}`,
      // In CBOR (RFC 8949, 3.1): an unsigned integer of four bytes.
      String.fromCharCode(0x1a, ...bytesOf(Number(rupees) * 100)),
    ]);
    const words = [HOSTILE, 'onerror', SHOP, 'Neil', 'Chaudhry', 'Ayesha', 'Chakwal', 'Bibi'];
    for (const secret of [...amounts, ...words, 'ayesha@', person.PIN, person.PASSWORD]) {
      expect(kept).not.toContain(secret);
    }
  });
});

function bytesOf(value: number): readonly number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}
