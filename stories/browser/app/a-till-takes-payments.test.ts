import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStoryBank } from '../../support/bank.ts';
import type { StoryBank } from '../../support/bank.ts';
import { balanceOf, done, enrolPhone, loadPhone } from '../../support/phones.ts';
import type { StoryPhone } from '../../support/phones.ts';
import { findChromium } from '../support/chromium.ts';
import { findBarriers } from './support/accessibility.ts';
import { keepForLater, PIN, press, said, settleIn, typeDigits } from './support/person.ts';
import { openPhone } from './support/phone.ts';
import type { Phone } from './support/phone.ts';
import { leaveVerdict } from './support/press-until.ts';
import { drawQr, readQr } from './support/qr-picture.ts';

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

describe.skipIf(executable === undefined)(`a till in a browser${why}`, () => {
  let story: StoryBank;
  let till: Phone;
  let ayesha: StoryPhone;
  let rival: StoryPhone;
  let settled: string;
  let payment: Uint8Array;

  beforeAll(async () => {
    story = await openStoryBank({ env: { WALLET_APP_DIR: inject('walletAppDir') } });
    till = await openPhone({ executable: executable ?? '', bankUrl: story.bank.url });
    ayesha = await enrolPhone(story.bank, { account: 'ayesha', role: 'payer' });
    rival = await enrolPhone(story.bank, { account: 'chaudhry', role: 'payee' });
    await loadPhone(ayesha, 500_000n);
    await settleIn(till, 'bilal');
  });

  afterAll(async () => {
    await till?.close();
    await story?.stop();
  });

  /** Types an amount and gives what the customer's phone reads off the till's screen. */
  const ask = async (digits: string): Promise<string> => {
    const { page } = till;
    await typeDigits(page, digits);
    await page.locator('.foot .button-primary').click();
    await page.locator('.qr-card canvas').waitFor();
    return readQr(await page.locator('.qr-card').screenshot({ type: 'png' }));
  };
  const scan = async (picture: Uint8Array, verdict: string): Promise<void> => {
    await till.camera.show(picture, { turned: 3, size: 0.9 });
    await press(till.page, 'receive.scanTheirs');
    await till.page.locator(`.verdict-${verdict}`).waitFor();
  };

  it('is set up with the PIN, once, under the name that the bank checked', async () => {
    const { page } = till;
    await press(page, 'home.receive');
    await page.locator('.payee-name', { hasText: 'Bilal Kiryana Store' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await press(page, 'receive.setUp');
    await typeDigits(page, PIN);
    await page.locator('.display').waitFor();
    const before = await balanceOf(await enrolPhone(story.bank, seller), 'current');
    settled = (Number(before) + 340).toFixed(2);
    await keepForLater(page);
    await till.goOffline();
  });

  it('takes a payment without a network: green, with the words of the payer’s phone', async () => {
    const { page } = till;
    const paid = done(await ayesha.payer.pay(await ask('340')));
    payment = await drawQr(paid.text);
    await scan(payment, 'ok');
    expect(await page.locator('.verdict-amount').textContent()).toContain('340');
    expect(await page.locator('.two-words-en').textContent()).toBe(paid.twoWords.join(' '));
    expect(await findBarriers(page)).toEqual([]);
    await leaveVerdict(page, 'receive.showReceipt');
    await page.locator('.qr-card canvas').waitFor();
    const receipt = await readQr(await page.locator('.qr-card').screenshot({ type: 'png' }));
    done(await ayesha.payer.acceptReceipt(receipt));
    await press(page, 'common.done');
  });

  it('counts the same payment once: a second showing is amber', async () => {
    const { page } = till;
    await ask('340');
    await scan(payment, 'warn');
    await page.getByText(said('receive.alreadyCounted')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await leaveVerdict(page, 'receive.askNew');
    await page.locator('.display', { hasText: '340' }).waitFor();
  });

  it('refuses what was paid to another till: red, and no goods', async () => {
    const { page } = till;
    await page.locator('.foot .button-primary').click();
    const other = done(await rival.payee.createRequest({ amountMinor: 34_000n }));
    await scan(await drawQr(done(await ayesha.payer.pay(other.text)).text), 'bad');
    await page.getByText(said('receive.keepGoods')).waitFor();
    await page.getByText(said('receive.whyOtherTill')).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await leaveVerdict(page, 'receive.showCodeAgain');
    await page.locator('.qr-card canvas').waitFor();
    await press(page, 'receive.cancelSale');
  });

  it('in a helper’s hands shows the till and nothing else, until the owner’s PIN', async () => {
    const { page } = till;
    const owners = await page.context().newPage();
    await owners.goto(new URL('/app/', page.url()).href);
    await owners.getByText(said('start.forgotPin')).waitFor();
    await typeDigits(owners, PIN);
    await owners.locator('.ring').waitFor();
    await page.bringToFront();
    await press(page, 'common.more');
    await page.getByRole('button', { name: said('receive.handOver') }).click();
    await page.locator('.sheet').waitFor({ state: 'detached' });
    // The other tab asks for the PIN, and offers no way round it: also after a reload.
    await owners.getByText(said('start.enterPin')).waitFor();
    expect(await owners.getByText(said('start.forgotPin')).count()).toBe(0);
    await owners.reload();
    await owners.getByText(said('start.enterPin')).waitFor();
    expect(await owners.getByText(said('start.forgotPin')).count()).toBe(0);
    await owners.close();
    // As a helper would: by addresses, within the app.
    await page.evaluate(() => {
      history.pushState({ depth: 9 }, '', '/app/history');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await page.getByText(said('start.enterPin')).waitFor();
    await typeDigits(page, '000000');
    await page.getByText(said('start.pinWrong')).waitFor();
    await page.evaluate(() => {
      history.back();
    });
    await page.locator('.display').waitFor();
    await page.locator('.pill-target').click();
    await page.locator('.row', { hasText: '340' }).waitFor();
    expect(await page.getByText(said('receive.sendFromAnother')).count()).toBe(0);
    await page.getByRole('button', { name: said('common.back'), exact: true }).click();
    await press(page, 'common.more');
    await page.getByRole('button', { name: said('receive.takeBack') }).click();
    await typeDigits(page, PIN);
    await page.locator('.ring').waitFor();
  });

  it('keeps it through a restart, sends it with the first network, and it is settled', async () => {
    await till.restart();
    await till.open('/till/queue');
    const { page } = till;
    await typeDigits(page, PIN);
    await page.locator('.deadline').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await till.goOnline();
    await press(page, 'receive.tryNetwork');
    await page.getByText(said('receive.queueEmpty')).waitFor();
    const desk = await enrolPhone(story.bank, seller);
    await expect.poll(() => balanceOf(desk, 'current'), { timeout: 45_000 }).toBe(settled);
    await till.open('/till/day');
    await typeDigits(page, PIN);
    await page.locator('.facts', { hasText: '340' }).waitFor();
    expect(till.complaints).toEqual([]);
  });
});

const seller = { account: 'bilal', role: 'payee' } as const;
