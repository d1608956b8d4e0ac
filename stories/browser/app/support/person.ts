import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { Phone } from './phone.ts';

/** What every phone of a story is unlocked with. */
export const PIN = '314159';
/** Of the people that a demo's bank has. */
export const PASSWORD = 'Seven-Rivers-9';

const CATALOGUES = new URL('../../../../i18n/app/', import.meta.url);
const read = new Map<string, Readonly<Record<string, string>>>();

/** A message as the app says it, without values: `pay.scanReceipt`. */
export function said(key: string, language: 'en' | 'ur' = 'en'): string {
  const [area = '', name = ''] = key.split('.');
  const file = `${language}/${area}.json`;
  const messages =
    read.get(file) ??
    (JSON.parse(readFileSync(new URL(file, CATALOGUES), 'utf8')) as Record<string, string>);
  read.set(file, messages);
  const message = messages[name];
  if (message === undefined) throw new Error(`no message ${key}`);
  return message;
}

/** Presses the button of that name. */
export async function press(page: Page, key: string): Promise<void> {
  await page.getByRole('button', { name: said(key), exact: true }).click();
}

/** Types digits on the keypad of the screen, which takes none while it waits. */
export async function typeDigits(page: Page, digits: string): Promise<void> {
  for (const digit of digits) {
    const key = page.locator('.keypad[aria-busy="false"] .key', {
      hasText: new RegExp(`^${digit}$`),
    });
    await key.click().catch(async (error: Error) => {
      const shown = await page.locator('body').innerText();
      throw new Error(`No key for ${digit}, but: ${shown}`, { cause: error });
    });
  }
}

/** Gives the PIN where the app asks for it. */
export async function unlock(page: Page, pin = PIN): Promise<void> {
  await typeDigits(page, pin);
}

/** Goes to a place within the app, as Back and Forward do: nothing is loaded anew. */
export async function visit(page: Page, path: string): Promise<void> {
  // Each step within a screen takes one going away as Back, and a verdict all that come too soon.
  for (let tries = 0; tries < 50; tries++) {
    const isThere = await page.evaluate((to) => {
      history.pushState({ depth: 5 }, '', to);
      // The app goes there, or takes it as Back, before this ends.
      dispatchEvent(new PopStateEvent('popstate'));
      return location.pathname === to;
    }, `/app${path}`);
    if (isThere) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`not at ${path}`);
}

/** Puts whole rupees aside on the phone; it ends at home. */
export async function setAside(page: Page, rupees: string): Promise<void> {
  await visit(page, '/money/load');
  await page.locator('.chips').waitFor();
  await typeDigits(page, rupees);
  await page.locator('.foot .button-primary').click();
  await page.locator('.dock').waitFor();
}

/** Makes the phone a till; it ends at the till. */
export async function makeTill(page: Page): Promise<void> {
  await visit(page, '/till');
  await press(page, 'receive.setUp');
  await unlock(page);
  await page.locator('.display').waitFor();
}

/** The code that a demo's bank shows in place of mailing it, typed into its field. */
export async function typeMailedCode(page: Page): Promise<void> {
  const demo = page.getByText(said('start.demoCode').split('{')[0] ?? '');
  const [code = ''] = /\d{6}/.exec((await demo.textContent()) ?? '') ?? [];
  await page.locator('input[autocomplete=one-time-code]').fill(code);
}

/** Signs a person of the demo in, gives the phone its PIN, and waits for home. */
export async function settleIn(phone: Phone, account: string): Promise<void> {
  const { page } = phone;
  await phone.open('/sign-in');
  await page.getByText('English', { exact: true }).click();
  await page.locator('input[type=email]').fill(`${account}@example.com`);
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await typeMailedCode(page);
  await unlock(page);
  await page.getByText(said('start.repeatPin')).waitFor();
  await typeDigits(page, PIN);
  const home = page.locator('.ring');
  const offer = page.getByRole('button', { name: said('start.notNow'), exact: true });
  await home.or(offer).first().waitFor();
  if (await offer.isVisible()) await offer.click();
  await home.waitFor();
}

/** What the phone keeps to open without a network is there. */
export async function keepForLater(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active === null || active.state === 'activated') return;
    await new Promise<void>((done) => {
      active.addEventListener('statechange', () => {
        if (active.state === 'activated') done();
      });
    });
  });
}
