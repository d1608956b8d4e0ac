import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StoryBank } from '../../support/bank.ts';
import { done, enrolPhone } from '../../support/phones.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import { openMoneyStory } from './support/money.ts';
import type { MoneyStory } from './support/money.ts';
import * as person from './support/person.ts';
import type { Phone } from './support/phone.ts';
import { pressUntil } from './support/press-until.ts';

const { press, said, typeMailedCode, unlock, visit } = person;
const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

const IBAN = 'PK36SCBL0000001123456702';
const NEW_PASSWORD = 'Quiet-Lamp-77';

describe.skipIf(executable === undefined)(
  `money comes and goes, and so does its owner${why}`,
  () => {
    let her: MoneyStory;
    let story: StoryBank;
    let phone: Phone;
    let online = 0;
    const balances = () => her.balances();
    const fill = (name: string, text: string) =>
      phone.page.locator(`input[name=${name}]`).fill(text);
    const proceed = () => phone.page.locator('.foot .button-primary').click();
    const see = (key: string) => phone.page.getByText(said(key)).first().waitFor();
    const signIn = async (account: string, password: string) => {
      await fill('email', `${account}@example.com`);
      await fill('password', password);
      await proceed();
      await typeMailedCode(phone.page);
    };

    beforeAll(async () => {
      her = await openMoneyStory({
        ...{ executable: executable ?? '', walletAppDir: inject('walletAppDir') },
      });
      ({ story, phone } = her);
      [online] = await balances();
    });

    afterAll(async () => {
      await her?.close();
    });

    it('from an account at another bank, with the mailed code, once', async () => {
      const { page } = phone;
      await visit(page, '/money/top-up');
      await fill('amount', '9,000');
      await fill('bank-account', 'PK00SCBL0000001123456702');
      await fill('password', person.PASSWORD);
      expect(await findBarriers(page)).toEqual([]);
      await proceed();
      await page.getByRole('alert').waitFor();
      await fill('bank-account', IBAN);
      await proceed();
      await page.locator('.code-input').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      expect(await balances()).toEqual([online, 0, 0]);
      await typeMailedCode(page);
      await page.locator('.ring').waitFor();
      expect(await balances()).toEqual([(online += 9_000), 0, 0]);
    });

    it('and to it, once proved anew; of another tab’s order is said what came of it', async () => {
      const { page } = phone;
      await story.database.ownerPool.query(
        `update sessions set stepped_up_at = stepped_up_at - interval '1 day'`,
      );
      await visit(page, '/money/withdraw');
      await fill('amount', '900000');
      await fill('bank-account', IBAN);
      expect(await findBarriers(page)).toEqual([]);
      await proceed();
      await page.locator('.code-input').waitFor();
      await typeMailedCode(page);
      await page.getByRole('alert').waitFor();
      expect(await page.locator('input[name=amount]').inputValue()).toBe('900000');
      await fill('amount', '500');
      // Another tab left an order behind that the bank never heard of.
      const tab = await page.context().newPage();
      await tab.route('**/withdraw', (route) => route.abort());
      await tab.goto(page.url());
      await unlock(tab);
      await tab.locator('input[name=amount]').fill('800000');
      await tab.locator('input[name=bank-account]').fill(IBAN);
      await tab.locator('.foot .button-primary').click();
      await tab.getByRole('alert').waitFor();
      await tab.close();
      for (const one of phone.takeComplaints()) expect(one).toContain('ERR_FAILED');
      await proceed();
      await see('money.earlierRefused');
      expect(await page.locator('.body').textContent()).toContain('800,000');
      expect(await findBarriers(page)).toEqual([]);
      await proceed();
      expect(await page.locator('input[name=amount]').inputValue()).toBe('500');
      expect(await balances()).toEqual([online, 0, 0]);
      await proceed();
      await page.locator('.ring').waitFor();
      expect(await balances()).toEqual([(online -= 500), 0, 0]);
    });

    it('back from the offline wallet: what is free at once, what was set aside later', async () => {
      const { page } = phone;
      await person.setAside(page, '3000');
      const { current, offline } = await her.wallets();
      const ends = { from_wallet_id: current?.id ?? 0, to_wallet_id: offline?.id ?? 0 };
      const body = { ...ends, amount: '700.00', currency: 'PKR' };
      done(await her.client.createTransfer({ body }));
      await page.locator('.pill-target').first().click();
      await visit(page, '/money/return');
      await press(page, 'money.giveBackNow');
      await page.locator('.dock').waitFor();
      expect(await balances()).toEqual([(online -= 3_000), 3_000, 0]);
      await visit(page, '/money/return');
      await page.locator('.row-pressable').click();
      await page.locator('.sheet').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await press(page, 'money.stopNow');
      await see('money.waiting');
      expect(await page.locator('.row', { hasText: '3,000' }).count()).toBe(1);
      expect(await findBarriers(page)).toEqual([]);
      // Nobody can spend it meanwhile, and the bank knows so.
      await visit(page, '/');
      await page.locator('.ring').waitFor();
      expect(await page.locator('.ring').textContent()).not.toContain('3,000');
      const returned = async () => {
        const list = await her.client.listAllowances();
        return list.ok ? list.value.allowances.map(({ status }) => status) : [];
      };
      await expect.poll(returned, { timeout: 30_000 }).toEqual(['returned']);
      expect(await balances()).toEqual([online, 3_000, 0]);
    });

    it('and all of it is in the bank’s statement, as a table and as banks read it', async () => {
      const { page } = phone;
      await visit(page, '/money/statement');
      await see('money.statementMore');
      expect(await findBarriers(page)).toEqual([]);
      const save = async (key: string) => {
        const saving = page.waitForEvent('download');
        await press(page, key);
        const file = await saving;
        return [file.suggestedFilename(), await readFile(await file.path(), 'utf8')];
      };
      const [name, table = ''] = await save('money.saveTable');
      expect(name).toMatch(/^sikka-current-.*\.csv$/);
      for (const amount of ['9000.00', '500.00', '3000.00']) expect(table).toContain(amount);
      const [other, message = ''] = await save('money.saveForBanks');
      expect(other).toMatch(/\.xml$/);
      expect(message).toContain('camt.053');
    });

    it('signs nobody out while a payment is here alone, and does once it is sent', async () => {
      const { page } = phone;
      await person.setAside(page, '1000');
      const shop = await enrolPhone(story.bank, { account: 'bilal', role: 'payee' });
      const request = done(await shop.payee.createRequest({ amountMinor: 25_000n }));
      await person.keepForLater(page);
      await phone.goOffline();
      await visit(page, '/scan/paste');
      await page.locator('.body input').fill(request.text);
      expect(await findBarriers(page)).toEqual([]);
      await proceed();
      await page.locator('.payee-name').waitFor();
      await unlock(page);
      await page.locator('.qr-card').waitFor();
      await visit(page, '/settings/sign-out');
      await see('settings.unsyncedMore');
      expect(await page.getByRole('button', { name: said('settings.signOut') }).count()).toBe(0);
      expect(await findBarriers(page)).toEqual([]);
      await press(page, 'settings.sendNow');
      await see('settings.bankNotReached');
      await phone.goOnline();
      // By itself or by the button, whichever is quicker.
      const choice = page.getByText(said('settings.whatIsHere'));
      const again = page.getByRole('button', { name: said('settings.sendNow') });
      await pressUntil(again, () => choice.isVisible());
      expect(await findBarriers(page)).toEqual([]);
      await press(page, 'settings.signOut');
      await see('start.enterPin');
    });

    it('keeps what is here under the PIN, and lets no other account near it', async () => {
      const { page } = phone;
      await unlock(page);
      await page.locator('.dock').waitFor();
      expect(await page.locator('.ring').textContent()).toContain('750');
      expect(await findBarriers(page)).toEqual([]);
      await press(page, 'home.signIn');
      await signIn('bilal', person.PASSWORD);
      await see('refusals.app/other_account');
      expect(await findBarriers(page)).toEqual([]);
      await visit(page, '/');
      await page.locator('.dock').waitFor();
      expect(await page.locator('.ring').textContent()).toContain('750');
    });

    it('is where one went in that moment: nothing is typed into the screen before', async () => {
      const { page } = phone;
      await press(page, 'home.signIn');
      const forgot = page.getByRole('button', { name: said('start.forgotPassword') });
      const title = await forgot.evaluate(async (button: HTMLElement) => {
        button.click();
        await new Promise((resolve) => setTimeout(resolve, 0));
        return document.querySelector('h1')?.textContent;
      });
      expect(title).toBe(said('start.newPassword'));
    });

    it('lets its owner in again by a new password, with all that was here', async () => {
      const { page } = phone;
      await fill('email', 'ayesha@example.com');
      await fill('new-password', NEW_PASSWORD);
      expect(await findBarriers(page)).toEqual([]);
      await proceed();
      await typeMailedCode(page);
      await see('start.passwordSet');
      await fill('email', 'ayesha@example.com');
      await fill('password', person.PASSWORD);
      await proceed();
      await page.getByRole('alert').waitFor();
      await signIn('ayesha', NEW_PASSWORD);
      await page.locator('.dock').waitFor();
      expect(await page.locator('.ring').textContent()).toContain('750');
      expect(await page.getByText(said('home.signedOut')).count()).toBe(0);
      await page.locator('.row', { hasText: 'Bilal' }).filter({ hasText: '250' }).waitFor();
      expect(phone.takeComplaints()).toEqual([]);
    });
  },
);
