import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStoryBank } from '../../support/bank.ts';
import type { StoryBank } from '../../support/bank.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import { keepForLater, PIN, press, said, typeDigits } from './support/person.ts';
import { openPhone } from './support/phone.ts';
import type { Phone } from './support/phone.ts';
import { readStorage } from './support/storage.ts';

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

const EMAIL = 'newcomer.of.today@example.com';
const PASSWORD = 'Quiet-Lamp-77';
const OTHER_PIN = '271828';
/** Hashing a password takes its time on a machine that does other things as well. */
const SLOWLY = { timeout: 30_000 };
/** Markup, a template, and a mark that turns the direction of what follows. */
const NAME = `Zubaida <img src=x onerror="alert(1)"> {{7*7}} \u202eزبیدہ</b>`;

describe.skipIf(executable === undefined)(`a newcomer${why}`, () => {
  let story: StoryBank;
  let phone: Phone;
  const tokens: string[] = [];
  const dialogs: string[] = [];

  beforeAll(async () => {
    story = await openStoryBank({ env: { WALLET_APP_DIR: inject('walletAppDir') } });
    phone = await openPhone({ executable: executable ?? '', bankUrl: story.bank.url });
    phone.page.on('dialog', (dialog) => void (dialogs.push(dialog.message()), dialog.dismiss()));
    // Read on the way: a body is gone from the browser's memory whenever it likes.
    await phone.page.route('**/auth/login/confirm', async (route) => {
      const response = await route.fetch();
      const signedIn = (await response.json()) as Record<string, string>;
      tokens.push(signedIn['access_token'] ?? '', signedIn['refresh_token'] ?? '');
      await route.fulfill({ response });
    });
  });

  afterAll(async () => {
    await phone?.close();
    await story?.stop();
  });

  it('opens an account, proves the address, signs in, chooses a PIN nobody guesses', async () => {
    const { page } = phone;
    await phone.open();
    await page.getByText('English', { exact: true }).click();
    await press(page, 'start.openAccount');
    await page.locator('input[name=name]').fill(NAME);
    await page.locator('input[type=email]').fill(EMAIL);
    await page.locator('input[type=password]').fill('password12');
    await press(page, 'common.continue');
    await page.getByText(said('refusals.auth/password_weak')).waitFor();
    await page.locator('input[type=password]').fill(PASSWORD);
    await press(page, 'common.continue');
    const first = await enterCode(page);
    await expect.poll(() => shownCode(page), SLOWLY).not.toBe(first);
    expect(await findBarriers(page)).toEqual([]);
    await enterCode(page);
    await typeDigits(page, '123456');
    await page.getByText(said('start.pinGuessable')).waitFor();
    await typeDigits(page, PIN);
    await page.getByText(said('start.repeatPin')).waitFor();
    await typeDigits(page, PIN);
    const offer = page.getByRole('button', { name: said('start.notNow'), exact: true });
    await page.locator('.ring').or(offer).first().waitFor();
    if (await offer.isVisible()) await offer.click();
    await page.locator('.ring').waitFor();
    await keepForLater(page);
  });

  it('is told why nobody can pay it offline yet, and what to do', async () => {
    const { page } = phone;
    await press(page, 'home.receive');
    await page.getByText(said('receive.unverifiedTitle')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await press(page, 'receive.lookAgain');
    await page.getByText(said('receive.unverifiedStill')).waitFor();
    await page.getByRole('button', { name: said('common.back'), exact: true }).click();
    await page.locator('.ring').waitFor();
  });

  it('unlocks with the network gone, after wrong PINs that are counted over a reload', async () => {
    const { page } = phone;
    await phone.goOffline();
    await page.reload();
    await page.getByText(said('start.enterPin')).waitFor();
    await typeDigits(page, '000001');
    await page.getByText(said('start.pinWrong')).waitFor();
    await page.reload();
    await typeDigits(page, '000002');
    await page.getByText('try left').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await typeDigits(page, PIN);
    await page.locator('.ring').waitFor();
    await press(page, 'home.settings');
    // What somebody wrote is text: in no place does it become anything else.
    const row = page.locator('.row').first();
    expect(await row.textContent()).toContain(NAME.slice(0, 40));
    expect(await page.locator('main img, main b').count()).toBe(0);
    expect(await page.locator('main bdi').count()).toBeGreaterThan(0);
    expect(dialogs).toEqual([]);
    expect(await findBarriers(page)).toEqual([]);
  });

  it('locks every window when one is locked', async () => {
    const { page } = phone;
    const other = await page.context().newPage();
    await other.goto(page.url());
    await typeDigits(other, PIN);
    const lockNow = other.getByText(said('settings.lockNow'), { exact: true });
    await lockNow.waitFor();
    await page.getByText(said('settings.lockNow'), { exact: true }).click();
    await other.getByText(said('start.enterPin')).waitFor();
    expect(await lockNow.count()).toBe(0);
    await other.close();
    await page.bringToFront();
    await typeDigits(page, PIN);
    await page.getByText(said('settings.lockNow'), { exact: true }).waitFor();
  });

  it('changes the PIN, and the old one opens nothing', async () => {
    const { page } = phone;
    await page.getByText(said('settings.security'), { exact: true }).click();
    await page.getByText(said('settings.changePin'), { exact: true }).click();
    await typeDigits(page, PIN);
    await page.getByText(said('settings.newPin')).waitFor();
    await typeDigits(page, OTHER_PIN);
    await page.getByText(said('start.repeatPin')).waitFor();
    await typeDigits(page, OTHER_PIN);
    await page.getByText(said('settings.pinChanged')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.reload();
    await typeDigits(page, PIN);
    await page.getByText(said('start.pinWrong')).waitFor();
    await typeDigits(page, OTHER_PIN);
    await page.getByText(said('settings.changePin'), { exact: true }).waitFor();
  });

  it('leaves nothing on the disk that can be read: no name, address, PIN or token', async () => {
    const kept = await readStorage(phone.page);
    // The sealed rows are among what was read: these are their names.
    expect(kept.split('\n')).toEqual(expect.arrayContaining(['profile', 'session', 'lock']));
    expect(tokens.filter((token) => token.length > 20)).toHaveLength(2);
    for (const secret of [...tokens, 'Zubaida', 'newcomer', PASSWORD, PIN, OTHER_PIN]) {
      expect(kept).not.toContain(secret);
    }
    expect(await phone.page.title()).toBe('Sikka');
    expect(phone.takeComplaints()).toEqual([]);
  });

  it('forgets everything once a forgotten PIN is explained and that is confirmed', async () => {
    const { page } = phone;
    await page.reload();
    await press(page, 'start.forgotPin');
    await page.getByText(said('start.forgotLoses')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await press(page, 'start.startAnew');
    await page.getByText(said('start.startAnewMore')).waitFor();
    await page.goBack();
    await press(page, 'start.startAnew');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: said('start.startAnew') })
      .click();
    await page.getByText(said('start.welcome')).waitFor();
    const names = await page.evaluate(async () =>
      (await indexedDB.databases()).map(({ name }) => name),
    );
    expect(names).not.toContain('sikka-drawer');
    expect(names).not.toContain('sikka-payer');
  });
});

/** A demo's bank mails nobody: the app shows the code. */
async function shownCode(page: Page): Promise<string> {
  const demo = page.getByText(said('start.demoCode').split('{')[0] ?? '');
  return /\d{6}/.exec((await demo.textContent()) ?? '')?.[0] ?? '';
}

async function enterCode(page: Page): Promise<string> {
  const code = await shownCode(page);
  await page.locator('input[autocomplete=one-time-code]').fill(code);
  return code;
}
