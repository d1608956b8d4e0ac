import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDesk } from '../../support/counter.ts';
import { done, enrolPhone } from '../../support/phones.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import { openMoneyStory } from './support/money.ts';
import type { MoneyStory } from './support/money.ts';
import { keepForLater, PIN, press, said, typeDigits } from './support/person.ts';
import type { Phone } from './support/phone.ts';
import { pressUntil } from './support/press-until.ts';
import { drawQr } from './support/qr-picture.ts';

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

describe.skipIf(executable === undefined)(`money between one’s own wallets${why}`, () => {
  let her: MoneyStory;
  let phone: Phone;
  let online = 0;
  const goOnUntil = (isSo: () => Promise<boolean>) =>
    pressUntil(phone.page.getByRole('button', { name: said('money.goOn'), exact: true }), isSo);

  beforeAll(async () => {
    her = await openMoneyStory({
      ...{ executable: executable ?? '', walletAppDir: inject('walletAppDir') },
    });
    phone = her.phone;
    [online] = await her.balances();
  });

  afterAll(async () => {
    await her?.close();
  });

  it('whose replies are lost in the middle of loading is moved once', async () => {
    const { page } = phone;
    const lose = ['/api/v1/wallets/transfer', '/api/v1/allowances'];
    for (const path of lose) {
      // The bank does it, and the phone never hears so.
      await page.route(`**${path}`, async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        await route.fetch();
        await route.abort();
      });
    }
    await press(page, 'home.loadOffline');
    await typeDigits(page, '3000');
    await page.locator('.foot .button-primary').click();
    await page.getByRole('alert').waitFor();
    expect(await her.balances()).toEqual([online - 3_000, 0, 3_000]);
    expect(await findBarriers(page)).toEqual([]);
    await page.reload();
    await typeDigits(page, PIN);
    await page.getByText(said('money.movedOnce')).waitFor();
    // The same order again, and its reply is lost again: it stays one.
    await goOnUntil(async () => (await page.getByRole('alert').count()) > 0);
    expect(await her.balances()).toEqual([online - 3_000, 0, 3_000]);
    await page.unroute(`**${lose[0] ?? ''}`);
    await goOnUntil(async () => (await her.balances())[1] === 3_000);
    expect(await her.balances()).toEqual([online - 3_000, 3_000, 0]);
    await page.unroute(`**${lose[1] ?? ''}`);
    // A sync that she did not ask for ends it under her eyes: it is said, and her screen is done.
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.locator('.dock').waitFor();
    expect(await her.balances()).toEqual([online - 3_000, 3_000, 0]);
    expect(await page.locator('.ring').textContent()).toContain('3,000');
  });

  it('that the bank will not set aside comes back by itself, and the screen says why', async () => {
    const { page } = phone;
    await phone.open('/money/load');
    await typeDigits(page, PIN);
    await page.locator('.chips').waitFor();
    await typeDigits(page, '20001');
    await page.locator('.foot .button-primary').click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain(
      said('refusals.allowance/over_limit'),
    );
    expect(await her.balances()).toEqual([online - 3_000, 3_000, 0]);
  });

  it('and what was paid from it stand in the history without a network', async () => {
    const bilal = await enrolPhone(her.story.bank, { role: 'payee', account: 'bilal' });
    const request = done(await bilal.payee.createRequest({ amountMinor: 45_000n }));
    await phone.open();
    await typeDigits(phone.page, PIN);
    await phone.page.locator('.dock').waitFor();
    await keepForLater(phone.page);
    await phone.goOffline();
    await phone.camera.show(await drawQr(request.text));
    await press(phone.page, 'home.scanToPay');
    await typeDigits(phone.page, PIN);
    await phone.page.locator('.qr-card').waitFor();
    await phone.restart();
    await phone.open('/history');
    const { page } = phone;
    await typeDigits(page, PIN);
    await page.locator('.row').first().waitFor();
    const rows = await page.locator('.row').allTextContents();
    expect(rows[0]).toContain('Bilal Kiryana Store');
    expect(rows[0]).toContain(said('common.stateGiven'));
    expect(rows.some((row) => row.includes(said('history.load')))).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
  });

  it('are found by an amount, saved as a table, shown with their proof', async () => {
    const { page } = phone;
    await press(page, 'history.search');
    await page.locator('.field-search input').fill('450');
    await expect.poll(() => page.locator('.row').count()).toBe(1);
    await press(page, 'history.save');
    const saving = page.waitForEvent('download');
    await page.getByText(said('history.asTable')).click();
    const table = await readFile(await (await saving).path(), 'utf8');
    expect(table.split('\r\n')[1]).toMatch(/,Bilal Kiryana Store,out,450\.00,Given,,[0-9a-f]{64}$/);
    await page.locator('.row').click();
    await page.locator('.timeline').waitFor();
    expect(await page.locator('[aria-current=step]').textContent()).toContain(
      said('common.stateGiven'),
    );
    expect(await findBarriers(page)).toEqual([]);
    await press(page, 'history.somethingWrong');
    const sharing = page.waitForEvent('download');
    await press(page, 'history.shareProof');
    expect((await sharing).suggestedFilename()).toMatch(/^payment-[0-9a-f]{12}\.sikka$/);
    await page.getByText(said('history.disputeAway')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  it('are disputed once the network is back, and what staff decide is told', async () => {
    const { page } = phone;
    await phone.goOnline();
    const again = page.getByRole('button', { name: said('common.tryAgain'), exact: true });
    const reason = page.locator('.choice-row', { hasText: said('history.reasonWrongAmount') });
    // It is handed in by itself, and the screen hears of it.
    await pressUntil(again, async () => (await reason.count()) > 0);
    expect(await findBarriers(page)).toEqual([]);
    await reason.click();
    // The bank hears it, and the phone never hears so: what was chosen is still there.
    await page.route('**/api/v1/disputes', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      await route.abort();
    });
    await press(page, 'history.tellTheBank');
    await page.getByRole('alert').waitFor();
    await page.unroute('**/api/v1/disputes');
    await press(page, 'history.tellTheBank');
    await page.getByText(said('history.disputeOpen')).waitFor();
    const desk = await openDesk(her.story);
    const open = await desk.ask('/api/v1/operator/disputes');
    const [dispute, ...others] = open['disputes'] as { readonly id: string }[];
    const known = { account: 'ayesha', side: 'payer', reason: 'wrong_amount', status: 'open' };
    expect(dispute).toMatchObject(known);
    expect(others).toEqual([]);
    await desk.ask(`/api/v1/operator/disputes/${dispute?.id ?? ''}/decide`, {
      ...{ outcome: 'upheld', reason: 'The till’s own journal says 45.' },
    });
    await page.goBack();
    await press(page, 'history.somethingWrong');
    await page.getByText(said('history.disputeUpheld')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    // Besides the replies that this story lost.
    expect(phone.complaints.filter((one) => !one.includes('ERR_FAILED'))).toEqual([]);
  });
});
