import { done, loadPhone } from '../../support/phones.ts';
import { drawQr, readQr } from '../../browser/app/support/qr-picture.ts';
import { keepForLater } from '../../browser/app/support/person.ts';
import { words } from '../hands.ts';
import type { Hands } from '../hands.ts';
import type { Stage } from '../stage.ts';

const ASIDE_MINOR = 500_000n;
const NOTES = { en: 'Flour, 5 kg', ur: 'آٹا، 5 کلو' } as const;

/** Bilal's phone becomes a till. */
export async function openTill({ bilal, other }: Stage): Promise<void> {
  await loadPhone(other, ASIDE_MINOR);
  await bilal.press('home.receive');
  await bilal.shoot('receive/set-up', words(bilal, 'receive.setUpMore'));
  await bilal.press('receive.setUp');
  await bilal.shoot('receive/set-up-pin', '.key');
  await bilal.pin();
  await bilal.see('.display');
  await bilal.visit('/till/standee', '.standee');
  await bilal.shoot('receive/standee');
  await bilal.visit('/till', '.display');
  await bilal.page.locator('.toast').waitFor({ state: 'detached' });
  await bilal.shoot('receive/till-empty');
  await bilal.press('common.more');
  await bilal.shoot('receive/menu', '.sheet');
  await bilal.press('receive.backToTill');
  await bilal.page.locator('.sheet').waitFor({ state: 'detached' });
  await bilal.press('receive.addNote');
  await bilal.page.locator('.sheet input').fill(NOTES[bilal.language]);
  await bilal.shoot('receive/note', '.sheet');
  await bilal.press('common.done');
  await bilal.page.locator('.sheet').waitFor({ state: 'detached' });
  await keepForLater(bilal.page);
}

/** Types an amount and shows its code. */
export async function ask(till: Hands, digits: string): Promise<void> {
  await till.type(digits);
  await till.proceed();
  await till.see('.qr-card canvas');
}

/** A sale that another phone pays, without pictures but for its verdict. */
export async function sellTo({ bilal, other }: Stage, digits: string): Promise<Uint8Array> {
  await ask(bilal, digits);
  const code = await bilal.page.locator('.qr-card').screenshot({ type: 'png' });
  const payment = await drawQr(done(await other.payer.pay(await readQr(code))).text);
  await bilal.phone.camera.show(payment, { turned: 3 });
  await bilal.press('receive.scanTheirs');
  return payment;
}

/** A verdict takes no touch that comes too soon to be meant. */
export async function leaveVerdict(till: Hands, key: string): Promise<void> {
  const verdict = till.page.locator('.verdict');
  for (let tries = 0; tries < 40 && (await verdict.count()) > 0; tries++) {
    const button = till.page.getByRole('button', { name: till.say(key), exact: true });
    await button.click({ timeout: 2_000 }).catch(() => undefined);
    await verdict.waitFor({ state: 'detached', timeout: 250 }).catch(() => undefined);
  }
}

/** Amber, red, and what waits at the end. */
export async function judge(stage: Stage): Promise<void> {
  const { bilal, other, rival } = stage;
  const { page } = bilal;
  const first = await sellTo(stage, '340');
  await bilal.see('.verdict-ok');
  await leaveVerdict(bilal, 'receive.nextSale');
  await ask(bilal, '340');
  await bilal.phone.camera.show(first);
  await bilal.press('receive.scanTheirs');
  await bilal.shoot('receive/verdict-amber', '.verdict-warn');
  await leaveVerdict(bilal, 'receive.askNew');
  await bilal.see('.display');
  await bilal.proceed();
  await bilal.see('.qr-card canvas');
  const asked = done(await rival.payee.createRequest({ amountMinor: 34_000n }));
  await bilal.phone.camera.show(await drawQr(done(await other.payer.pay(asked.text)).text));
  await bilal.press('receive.scanTheirs');
  await bilal.shoot('receive/verdict-red', '.verdict-bad');
  await leaveVerdict(bilal, 'receive.showCodeAgain');
  await bilal.see('.qr-card canvas');
  await bilal.press('receive.cancelSale');
  await bilal.see('.display');
  for (let digit = 0; digit < 3; digit++) await bilal.press('common.delete');
  await sellTo(stage, '75');
  await bilal.see('.verdict-ok');
  await leaveVerdict(bilal, 'receive.nextSale');
  await bilal.phone.camera.showNothing();
  await bilal.visit('/till/queue', '.deadline');
  await bilal.shoot('receive/queue');
  await page.locator('.row-pressable').first().click();
  await bilal.see('.qr-card canvas');
  await bilal.press('receive.giveBack');
  await bilal.see('.key');
  await bilal.type('40');
  await bilal.shoot('receive/refund');
  await bilal.proceed();
  await bilal.see(words(bilal, 'receive.pinToGiveBack'));
  await bilal.pin();
  await bilal.shoot('receive/refund-done', words(bilal, 'receive.refundSigned'));
}

/** A helper, the evening, and everything sent. */
export async function closeDay({ bilal }: Stage): Promise<void> {
  await bilal.visit('/till', '.display');
  await bilal.press('common.more');
  await bilal.press('receive.handOver');
  await bilal.see('.display');
  await bilal.press('common.more');
  await bilal.shoot('receive/helper', words(bilal, 'receive.helperHasIt'));
  await bilal.press('receive.takeBack');
  await bilal.pin();
  await bilal.see('.ring');
  await bilal.visit('/till/day', words(bilal, 'receive.sales'));
  await bilal.shoot('receive/day-close');
  await bilal.phone.goOnline();
  await bilal.visit('/till/queue', '.deadline');
  await bilal.press('receive.tryNetwork');
  await bilal.shoot('receive/queue-empty', words(bilal, 'receive.queueEmpty'));
}
