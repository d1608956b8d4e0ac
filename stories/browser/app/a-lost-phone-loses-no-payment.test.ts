import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStoryBank } from '../../support/bank.ts';
import type { StoryBank } from '../../support/bank.ts';
import { balanceOf, done, enrolPhone } from '../../support/phones.ts';
import type { StoryPhone } from '../../support/phones.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import { keepForLater, PIN, press, said, settleIn, typeDigits } from './support/person.ts';
import { openPhone } from './support/phone.ts';
import type { Phone } from './support/phone.ts';
import { drawQr } from './support/qr-picture.ts';
import { copyJournal, putBackJournal } from './support/storage.ts';
import type { JournalCopy } from './support/storage.ts';

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

describe.skipIf(executable === undefined)(`a phone that is lost, and another one${why}`, () => {
  let story: StoryBank;
  let old: Phone;
  let fresh: Phone;
  let till: StoryPhone;
  let before: string;
  let backupCode: string;
  let journal: JournalCopy;

  beforeAll(async () => {
    story = await openStoryBank({ env: { WALLET_APP_DIR: inject('walletAppDir') } });
    const options = { executable: executable ?? '', bankUrl: story.bank.url };
    [old, fresh] = await Promise.all([openPhone(options), openPhone(options)]);
    till = await enrolPhone(story.bank, { account: 'bilal', role: 'payee' });
    before = await balanceOf(till, 'current');
    await Promise.all([settleIn(old, 'ayesha'), settleIn(fresh, 'ayesha')]);
  });

  afterAll(async () => {
    await Promise.all([old?.close(), fresh?.close()]);
    await story?.stop();
  });

  const unlock = ({ page }: Phone) => typeDigits(page, PIN);

  it('pays without a network, and shows a backup of what the bank has not got', async () => {
    await press(old.page, 'home.loadOffline');
    await typeDigits(old.page, '5000');
    await old.page.locator('.foot .button-primary').click();
    await old.page.locator('.dock').waitFor();
    await keepForLater(old.page);
    await old.goOffline();
    await old.keepDisk();
    const request = done(await till.payee.createRequest({ amountMinor: 125_000n }));
    await old.camera.show(await drawQr(request.text), { size: 0.9 });
    await old.open('/scan');
    journal = await copyJournal(old.page);
    await unlock(old);
    await old.page.locator('.payee-name').waitFor();
    await typeDigits(old.page, PIN);
    await old.page.locator('.qr-card').waitFor();
    await old.open('/phone/backup');
    await unlock(old);
    const { page } = old;
    await page.getByRole('button', { name: said('phone.makeBackup') }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await press(page, 'phone.makeBackup');
    await page.getByText(said('phone.writeCode')).waitFor();
    backupCode = ((await page.locator('.card').textContent()) ?? '').replaceAll(/\D/g, '');
    expect(backupCode).toMatch(/^\d{12}$/);
    expect(await findBarriers(page)).toEqual([]);
    await press(page, 'phone.showCodes');
    await page.locator('.frames').waitFor();
  });

  it('the other one scans the codes, and says what the bank did with each', async () => {
    const { page } = fresh;
    await fresh.open('/phone/restore');
    await unlock(fresh);
    await press(page, 'phone.scanBackup');
    const field = page.getByLabel(said('phone.codeField'), { exact: true });
    const until = Date.now() + 120_000;
    while (Date.now() < until && !(await field.isVisible())) {
      await fresh.look(old.page.locator('.qr-card'), { size: 0.9 });
      await page.waitForTimeout(300);
    }
    await field.fill('000000000000');
    await press(page, 'phone.openIt');
    await page.getByRole('alert').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await field.fill(backupCode);
    await press(page, 'phone.openIt');
    const row = page.locator('.row');
    await row.waitFor();
    expect(await row.textContent()).toContain(said('phone.notSent'));
    expect(await balanceOf(till, 'current')).toBe(before);
    await press(page, 'phone.sendToBank');
    await row.filter({ hasText: said('common.stateSettled') }).waitFor();
    expect(await row.textContent()).toContain('1,250');
    expect(await findBarriers(page)).toEqual([]);
    expect(await balanceOf(till, 'current')).toBe((Number(before) + 1_250).toFixed(2));
  }, 240_000);

  it('the old one, its journal alone put back, is told so without a network', async () => {
    const { page } = old;
    await putBackJournal(page, journal);
    await old.open();
    await unlock(old);
    await page.getByRole('button', { name: said('phone.startAnew') }).waitFor();
    const request = done(await till.payee.createRequest({ amountMinor: 700n }));
    await old.camera.show(await drawQr(request.text), { size: 0.9 });
    await press(page, 'home.scanToPay');
    await page.getByText(said('pay.spendingStopped')).waitFor();
  });

  it('the old one, its disk rolled back to before it paid, spends no more', async () => {
    await old.rollBackDisk();
    await old.open();
    await unlock(old);
    const { page } = old;
    // Without a network it cannot know: what it has loaded is still there to be seen.
    await page.locator('.dock').waitFor();
    await old.goOnline();
    await page.getByRole('button', { name: /^Sync/ }).click();
    await page.getByRole('button', { name: said('phone.startAnew') }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    const request = done(await till.payee.createRequest({ amountMinor: 700n }));
    await old.camera.show(await drawQr(request.text), { size: 0.9 });
    await press(page, 'home.scanToPay');
    await page.getByText(said('pay.spendingStopped')).waitFor();
    expect(await balanceOf(till, 'current')).toBe((Number(before) + 1_250).toFixed(2));
    // It goes on with a fresh journal, which has nothing to spend yet.
    await old.open('/phone/start-anew');
    await unlock(old);
    await press(page, 'phone.startAnew');
    await typeDigits(page, PIN);
    await page.getByText(said('start.enterPin')).waitFor();
    await unlock(old);
    await page.locator('.ring').waitFor();
    expect(await page.getByText(said('home.nothingLoaded')).count()).toBe(1);
  });

  it('is frozen from the other one by its PIN, and the bank’s news says so', async () => {
    const { page } = fresh;
    await fresh.open('/phone/devices');
    await unlock(fresh);
    await page.locator('.row-pressable').first().click();
    expect(await findBarriers(page)).toEqual([]);
    await press(page, 'phone.freeze');
    await typeDigits(page, PIN);
    await page.getByText(said('phone.frozen'), { exact: true }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    const client = await enrolPhone(story.bank, { account: 'ayesha', role: 'payer' });
    const devices = await client.client.listDevices();
    const states = devices.ok ? devices.value.devices.map(({ status }) => status) : [];
    expect(states.filter((status) => status === 'revoked')).toHaveLength(1);
    expect([...old.complaints, ...fresh.complaints]).toEqual([]);
  });
});
