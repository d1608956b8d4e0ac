import { createClient } from '@sikka/api';
import { serveTill } from '@sikka/cli/till';
import { createMemoryKeystore, openMemoryStore } from '@sikka/wallet/memory';
import { openPayee } from '@sikka/wallet/payee';
import type { Payee } from '@sikka/wallet/payee';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStoryBank } from '../../support/bank.ts';
import type { StoryBank } from '../../support/bank.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import { BLUETOOTH_ARGUMENT, openEmulatedRadio } from './support/bluetooth.ts';
import { keepForLater, PIN, press, said, settleIn, typeDigits } from './support/person.ts';
import { openPhone } from './support/phone.ts';
import type { Phone } from './support/phone.ts';
import { pressUntil } from './support/press-until.ts';

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

/** What somebody has by the bank's own word, in minor units, over all wallets. */
async function wealthOf({ bank }: StoryBank, account: string): Promise<number> {
  const client = createClient({ baseUrl: bank.url, token: () => bank.token(account) });
  const wallets = await client.listWallets();
  if (!wallets.ok) throw new Error(wallets.problem.title);
  return wallets.value.reduce((sum, { balance }) => sum + Number(balance.replace('.', '')), 0);
}

/** A till of Bilal's that has no camera: the command line's, with its keys in memory. */
async function openTerminalTill({ bank }: StoryBank): Promise<Payee> {
  const client = createClient({ baseUrl: bank.url, token: () => bank.token('bilal') });
  const keys = await client.getIssuerKeys();
  if (!keys.ok) throw new Error(keys.problem.title);
  const opened = await openPayee({
    ...{ client, store: openMemoryStore(), keystore: await createMemoryKeystore() },
    bank: { id: keys.value.bank, account: 'bilal', currency: 586 },
    clock: { now: () => Math.floor(Date.now() / 1_000) },
    random,
  });
  if (!opened.ok) throw new Error(opened.code);
  expect(await opened.payee.enrol({ role: 'payee' })).toEqual({ ok: true });
  return opened.payee;
}

const random = {
  randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};

/** Chromium says on a desktop that Bluetooth is new there. */
const isNews = (complaint: string) => complaint.includes('Web Bluetooth is experimental');

/** What a phone that meets the bank asks for first. */
const WALLETS = '**/api/v1/wallets/';

const PAID_MINOR = 125_000;
const NEARBY_MINOR = 30_000n;

const words = (page: Page) => page.locator('.two-words-en').first().textContent();
const code = (page: Page) => page.locator('.qr-card');

describe.skipIf(executable === undefined)(`two phones and no network${why}`, () => {
  let story: StoryBank;
  let ayesha: Phone;
  let bilal: Phone;
  let before: number;

  beforeAll(async () => {
    story = await openStoryBank({ env: { WALLET_APP_DIR: inject('walletAppDir') } });
    const options = { executable: executable ?? '', bankUrl: story.bank.url };
    [ayesha, bilal] = await Promise.all([
      openPhone({ ...options, args: [BLUETOOTH_ARGUMENT] }),
      openPhone(options),
    ]);
    await Promise.all([settleIn(ayesha, 'ayesha'), settleIn(bilal, 'bilal')]);
    before = await wealthOf(story, 'bilal');
  });

  afterAll(async () => {
    await Promise.all([ayesha?.close(), bilal?.close()]);
    await story?.stop();
  });

  it('while there is one, puts money aside, and makes the other phone a till', async () => {
    const { page } = ayesha;
    await press(page, 'home.loadOffline');
    await typeDigits(page, '5000');
    await page.locator('.foot .button-primary').click();
    await page.locator('.dock').waitFor();
    expect(await page.locator('.ring').textContent()).toContain('5,000');
    const till = bilal.page;
    // The rounds that follow come to nothing: a till has the bank's news once it is set up.
    await till.route(WALLETS, (route) => route.abort());
    await press(till, 'home.receive');
    await till.locator('.foot .button-primary').click();
    await typeDigits(till, PIN);
    await till.locator('.display').waitFor();
    await Promise.all([keepForLater(page), keepForLater(till)]);
    await Promise.all([ayesha.goOffline(), bilal.goOffline()]);
    await till.unroute(WALLETS);
    expect(bilal.takeComplaints().filter((line) => !line.endsWith('net::ERR_FAILED'))).toEqual([]);
  });

  it('the payer sees a name that the bank checked, gives a PIN, and gets one code', async () => {
    const till = bilal.page;
    await typeDigits(till, '1250');
    await till.locator('.foot .button-primary').click();
    await code(till).waitFor();
    await ayesha.look(code(till), { turned: 4, size: 0.8 });
    const { page } = ayesha;
    await press(page, 'home.scanToPay');
    await page.locator('.payee-name').waitFor();
    expect(await page.locator('.payee-name').textContent()).toBe('Bilal Kiryana Store');
    expect(await findBarriers(page)).toEqual([]);
    await typeDigits(page, '000000');
    await page.getByRole('alert').waitFor();
    await typeDigits(page, PIN);
    await code(page).waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  it('a phone whose battery falls out shows the same code, and pays no second time', async () => {
    const { page: first } = ayesha;
    const [shown, two] = [await code(first).screenshot(), await words(first)];
    const { pathname } = new URL(first.url());
    await ayesha.restart();
    await ayesha.open(pathname.replace('/app', ''));
    const { page } = ayesha;
    await typeDigits(page, PIN);
    await code(page).waitFor();
    expect(await words(page)).toBe(two);
    expect((await code(page).screenshot()).equals(shown)).toBe(true);
    // The request is still before the camera: it leads to the payment made.
    await ayesha.open('/scan');
    await typeDigits(page, PIN);
    await code(page).waitFor();
    expect(page.url()).toContain(pathname);
  });

  it('the till says paid with the same two words, and its receipt tells the payer', async () => {
    const till = bilal.page;
    await bilal.look(code(ayesha.page), { turned: -3, size: 0.95 });
    await till.locator('.foot .button-primary').click();
    await till.locator('.verdict-ok').waitFor();
    expect(await till.locator('.verdict-amount').textContent()).toContain('1,250');
    expect(await words(till)).toBe(await words(ayesha.page));
    const receipt = till.getByRole('button', { name: said('receive.showReceipt'), exact: true });
    await pressUntil(receipt, () => code(till).isVisible());
    await ayesha.look(code(till), { size: 0.8 });
    await press(ayesha.page, 'pay.scanReceipt');
    await ayesha.page.getByText(said('pay.theyHaveIt')).waitFor();
    expect(await findBarriers(ayesha.page)).toEqual([]);
    await press(ayesha.page, 'common.done');
    const row = ayesha.page.locator('.row', { hasText: 'Bilal Kiryana Store' });
    expect(await row.textContent()).toContain(said('common.stateReceived'));
    expect(await ayesha.page.locator('.ring').textContent()).toContain('3,750');
  });

  it('the till’s phone meets the network first, then the payer’s: it is settled once', async () => {
    expect(await wealthOf(story, 'bilal')).toBe(before);
    await bilal.goOnline();
    await expect
      .poll(() => wealthOf(story, 'bilal'), { timeout: 45_000 })
      .toBe(before + PAID_MINOR);
    await ayesha.goOnline();
    const { page } = ayesha;
    await page.getByRole('button', { name: /Synced|Syncing/ }).click();
    await page
      .locator('.row', { hasText: said('common.stateSettled') })
      .first()
      .waitFor();
    expect(await page.locator('.row').count()).toBe(1);
    expect(await wealthOf(story, 'bilal')).toBe(before + PAID_MINOR);
    expect(await findBarriers(page)).toEqual([]);
    expect([...ayesha.takeComplaints(), ...bilal.takeComplaints()]).toEqual([]);
  });

  it('pays a till close by over Bluetooth, once, though the air fails it', async () => {
    const payee = await openTerminalTill(story);
    const had = await wealthOf(story, 'bilal');
    const { page } = ayesha;
    const radio = await openEmulatedRadio(page);
    await ayesha.goOffline();
    // Nothing that the camera would take for a code.
    await ayesha.look(page.locator('body'));
    await ayesha.open('/scan');
    await typeDigits(page, PIN);
    await press(page, 'pay.nearbyTill');
    await press(page, 'pay.nearbyLook');
    await page.getByText(said('pay.bluetoothOff')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await radio.switchOn();
    const told: string[] = [];
    const paid = serveTill({
      ...{ payee, radio, random, amountMinor: NEARBY_MINOR },
      told: (event) => {
        told.push(event.kind);
      },
    });
    await expect.poll(() => told, { timeout: 30_000 }).toContain('open');
    await radio.chooseNext();
    radio.failAtAnswer();
    await press(page, 'pay.nearbyLook');
    await page.locator('.payee-name').waitFor();
    expect(await page.locator('.payee-name').textContent()).toBe('Bilal Kiryana Store');
    await typeDigits(page, PIN);
    await page.getByText(said('pay.theyHaveIt')).waitFor();
    expect(await words(page)).toBe((await paid)?.twoWords.join(' '));
    // Written and judged again, taken once.
    expect(told.filter((kind) => kind === 'judged').length).toBeGreaterThan(1);
    expect(await payee.state()).toMatchObject({ payments: { length: 1 } });
    expect(await payee.sync()).toMatchObject({ ok: true, decided: 1, pending: 0 });
    const has = had + Number(NEARBY_MINOR);
    await expect.poll(() => wealthOf(story, 'bilal'), { timeout: 45_000 }).toBe(has);
    expect(ayesha.takeComplaints().filter((each) => !isNews(each))).toEqual([]);
  });
});
