import { createClient } from '@sikka/api';
import type { Page } from 'playwright-core';
import { done } from '../../support/phones.ts';
import { drawQr } from '../../browser/app/support/qr-picture.ts';
import { keepForLater } from '../../browser/app/support/person.ts';
import { words } from '../hands.ts';
import type { Hands } from '../hands.ts';
import type { Stage } from '../stage.ts';
import { ask, leaveVerdict } from './till.ts';

/** As a hand holds a code that is seen whole. */
const HELD = { size: 0.5, turned: 4 };

/** What is paid with a network, and without a camera. */
export async function payOnline(stage: Stage): Promise<void> {
  const { ayesha } = stage;
  const { page } = ayesha;
  await ayesha.visit('/scan/paste', words(ayesha, 'pay.pasteMore'));
  await ayesha.shoot('pay/paste');
  await ayesha.visit('/scan/till-number', words(ayesha, 'pay.tillMore'));
  const fields = page.locator('.body input');
  await fields.nth(0).fill(await walletNumber(stage));
  await fields.nth(1).fill('250');
  await ayesha.shoot('pay/till-number');
  await ayesha.proceed();
  await ayesha.shoot('pay/online-confirm', words(ayesha, 'pay.nameNotChecked'));
  await ayesha.pin();
  await ayesha.shoot('pay/online-paid', words(ayesha, 'pay.onlinePaidMore'));
  await ayesha.proceed();
  await ayesha.see('.dock');
}

/** The number of a shop's online wallet: twelve digits. */
async function walletNumber({ bank }: Stage): Promise<string> {
  const client = createClient({ baseUrl: bank.url, token: () => bank.token('chaudhry') });
  const wallets = await client.listWallets();
  if (!wallets.ok) throw new Error(wallets.problem.title);
  const current = wallets.value.find(({ wallet_type }) => wallet_type === 'current');
  return String(current?.id ?? '');
}

/** Two phones and no network. */
export async function payOffline(stage: Stage): Promise<void> {
  const { ayesha, bilal, rival } = stage;
  const printed = done(await rival.payee.printedCode());
  await keepForLater(ayesha.page);
  // As it is before anything is paid, for the end.
  await ayesha.phone.keepDisk();
  await ayesha.phone.open();
  await ayesha.pin();
  await ayesha.see('.dock');
  await Promise.all([ayesha.phone.goOffline(), bilal.phone.goOffline()]);
  await payOthers(stage);
  await ayesha.phone.camera.show(await drawQr(printed.text));
  await ayesha.visit('/scan', '.key');
  await ayesha.type('99999');
  await ayesha.shoot('pay/amount-too-much');
  for (let digit = 0; digit < 5; digit++) await ayesha.press('common.delete');
  await ayesha.type('250');
  await ayesha.shoot('pay/amount');
  await ask(bilal, '9000');
  await ayesha.phone.look(bilal.page.locator('.qr-card'), { size: 0.85 });
  await ayesha.visit('/scan', words(ayesha, 'pay.notEnough'));
  await ayesha.shoot('pay/not-enough');
  await bilal.press('receive.cancelSale');
  await bilal.see('.display');
  for (let digit = 0; digit < 4; digit++) await bilal.press('common.delete');
  await bilal.type('1250');
  await bilal.shoot('receive/till');
  await bilal.proceed();
  await bilal.shoot('receive/request', '.qr-card canvas');
  const shown = await bilal.page.locator('.qr-card').screenshot({ type: 'png' });
  await shootScanning(ayesha, {
    ...{ id: 'pay/scan', picture: shown },
    enter: () => ayesha.visit('/scan', 'video'),
    leave: () => ayesha.visit('/', '.dock'),
  });
  await ayesha.phone.camera.show(shown, { size: 0.85, turned: 3 });
  await ayesha.visit('/scan', '.payee-name');
  await ayesha.shoot('pay/confirm', '.payee-name');
  await ayesha.type('000000');
  await ayesha.shoot('pay/confirm-wrong', ayesha.page.getByRole('alert'));
  await ayesha.pin();
  await ayesha.shoot('pay/code', '.qr-card canvas');
  await handOver(stage);
}

/** The code reaches the till, and its receipt comes back. */
async function handOver({ ayesha, bilal }: Stage): Promise<void> {
  const { page } = ayesha;
  await bilal.phone.camera.showNothing();
  const code = await page.locator('.qr-card').screenshot({ type: 'png' });
  await ayesha.press('pay.notScanning');
  await ayesha.shoot('pay/other-ways', '.sheet');
  await ayesha.press('pay.notTaken');
  await ayesha.shoot('pay/not-taken', words(ayesha, 'pay.notTakenYes'));
  await ayesha.press('pay.backToCode');
  await page.locator('.sheet').waitFor({ state: 'detached' });
  await ayesha.press('pay.notScanning');
  await ayesha.press('pay.biggerCodes');
  await ayesha.shoot('pay/code-in-parts', '.frames');
  await shootScanning(bilal, {
    ...{ id: 'receive/scan-payment', picture: code },
    enter: () => bilal.press('receive.scanTheirs'),
    leave: () => bilal.press('common.close'),
  });
  await bilal.phone.camera.show(code, { turned: -3 });
  await bilal.see('.qr-card canvas');
  await bilal.press('receive.scanTheirs');
  await bilal.shoot('receive/verdict-green', '.verdict-ok');
  await leaveVerdict(bilal, 'receive.showReceipt');
  await bilal.shoot('receive/receipt', '.qr-card canvas');
  const receipt = await bilal.page.locator('.qr-card').screenshot({ type: 'png' });
  await shootScanning(ayesha, {
    ...{ id: 'pay/scan-receipt', picture: receipt },
    enter: () => ayesha.press('pay.scanReceipt'),
    leave: () => ayesha.press('common.close'),
  });
  await ayesha.phone.camera.show(receipt, { size: 0.85 });
  await ayesha.press('pay.scanReceipt');
  await ayesha.shoot('pay/success', words(ayesha, 'pay.theyHaveIt'));
  await ayesha.press('common.done');
  await ayesha.see('.dock');
  await bilal.press('common.done');
  await bilal.see('.display');
}

/** Something else before the camera, then no camera at all. */
export async function scanInVain({ ayesha }: Stage): Promise<void> {
  const { page } = ayesha;
  await ayesha.phone.camera.show(await drawQr('https://example.com/menu'));
  await ayesha.visit('/scan', words(ayesha, 'pay.notACode'));
  await ayesha.shoot('pay/not-a-code');
  await ayesha.visit('/', '.dock');
  await refuseCamera(page);
  await ayesha.visit('/scan', words(ayesha, 'pay.cameraDenied'));
  await ayesha.shoot('pay/scan-denied');
  await ayesha.visit('/', '.dock');
}

/** What home and history then have to tell. */
async function payOthers({ ayesha, rival }: Stage): Promise<void> {
  for (const amountMinor of [62_000n, 4_500n]) {
    const request = done(await rival.payee.createRequest({ amountMinor }));
    await ayesha.phone.camera.show(await drawQr(request.text));
    await ayesha.visit('/scan', '.payee-name');
    await ayesha.pin();
    await ayesha.see('.qr-card canvas');
    await ayesha.press('common.close');
    await ayesha.see('.dock');
  }
}

/** As somebody who said no to the browser's question. */
async function refuseCamera(page: Page): Promise<void> {
  // A text: what is compiled refers to helpers that a page does not have.
  await page.evaluate(`navigator.mediaDevices.getUserMedia =
    () => Promise.reject(new DOMException('denied', 'NotAllowedError'))`);
}

/** Nothing is decoded while `act` runs, so that a code stays before the camera. */
async function whileUnread(page: Page, act: () => Promise<void>): Promise<void> {
  await page.evaluate(`Worker.prototype.held = Worker.prototype.postMessage;
    Worker.prototype.postMessage = () => undefined`);
  await act();
  await page.evaluate('Worker.prototype.postMessage = Worker.prototype.held');
}

interface Scanning {
  readonly id: string;
  readonly picture: Uint8Array;
  readonly enter: () => Promise<void>;
  readonly leave: () => Promise<void>;
}

async function shootScanning(hands: Hands, { id, picture, enter, leave }: Scanning): Promise<void> {
  const { page, phone } = hands;
  await whileUnread(page, async () => {
    await phone.camera.show(picture, HELD);
    await enter();
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
    await hands.shoot(id);
    await leave();
  });
}
