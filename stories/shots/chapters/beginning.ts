import { keepForLater, PIN } from '../../browser/app/support/person.ts';
import type { Hands } from '../hands.ts';
import { words } from '../hands.ts';
import type { Stage } from '../stage.ts';

/** Of the people that a demo's bank has. */
const PASSWORD = 'Seven-Rivers-9';
const NAMES = { en: 'Zubaida Parveen', ur: 'زبیدہ پروین' } as const;
const TITLES = { en: 'English', ur: 'اردو' } as const;

/** From the first opening to a home with nothing loaded. */
export async function begin({ ayesha }: Stage): Promise<void> {
  const { page } = ayesha;
  await ayesha.phone.open();
  await ayesha.shoot('start/language', page.getByText('English', { exact: true }));
  await page.getByRole('button', { name: TITLES[ayesha.language] }).click();
  await ayesha.shoot('start/welcome', words(ayesha, 'start.welcome'));
  await ayesha.press('start.openAccount');
  await page.locator('input[name=name]').fill(NAMES[ayesha.language]);
  await page.locator('input[type=email]').fill('zubaida@example.com');
  await page.locator('input[type=password]').fill('Quiet-Lamp-77');
  await ayesha.shoot('start/sign-up');
  await ayesha.proceed();
  await ayesha.shoot('start/sign-up-code', 'input[autocomplete=one-time-code]');
  await fillSignIn(ayesha, 'ayesha');
  await ayesha.shoot('start/sign-in');
  await ayesha.press('start.forgotPassword');
  await ayesha.shoot('start/forgot-password', words(ayesha, 'start.newPassword'));
  await fillSignIn(ayesha, 'ayesha');
  await ayesha.proceed();
  await ayesha.shoot('start/sign-in-code', 'input[autocomplete=one-time-code]');
  await enterCode(ayesha);
  await ayesha.shoot('start/choose-pin', '.key');
  await ayesha.type('123456');
  await ayesha.shoot('start/pin-too-easy', words(ayesha, 'start.pinGuessable'));
  await choosePin(ayesha);
  await ayesha.shoot('home/empty', '.ring');
  await ayesha.visit('/history', words(ayesha, 'history.noneTitle'));
  await ayesha.shoot('history/empty');
  await ayesha.visit('/', '.ring');
}

/** A phone that is signed in, without pictures. */
export async function settle(hands: Hands, account: string): Promise<void> {
  await hands.phone.open();
  await hands.page.getByRole('button', { name: TITLES[hands.language] }).click();
  await hands.phone.open('/sign-in');
  await signIn(hands, account);
  await hands.see('.key');
  await choosePin(hands);
}

/** Locked, wrong, forgotten. */
export async function unlock({ ayesha }: Stage): Promise<void> {
  const { page } = ayesha;
  await keepForLater(page);
  await page.reload();
  await ayesha.shoot('start/unlock', '.key');
  await ayesha.type('000001');
  await ayesha.shoot('start/unlock-wrong', words(ayesha, 'start.pinWrong'));
  await ayesha.press('start.forgotPin');
  await ayesha.shoot('start/forgot-pin', words(ayesha, 'start.forgotLoses'));
  await ayesha.press('start.startAnew');
  await ayesha.shoot('start/start-anew-sure', '.sheet');
  await page.reload();
  await ayesha.pin();
  await ayesha.see('.ring');
}

async function fillSignIn(hands: Hands, account: string): Promise<void> {
  await hands.phone.open('/sign-in');
  await fillWho(hands, account);
}

async function fillWho({ page, see }: Hands, account: string): Promise<void> {
  await see('input[type=password]');
  await page.locator('input[type=email]').fill(`${account}@example.com`);
  await page.locator('input[type=password]').fill(PASSWORD);
}

/** From a sign-in form to what is behind it. */
export async function signIn(hands: Hands, account: string): Promise<void> {
  await fillWho(hands, account);
  await hands.proceed();
  await hands.see('input[autocomplete=one-time-code]');
  await enterCode(hands);
}

/** A demo's bank mails nobody: the app shows the code. */
async function enterCode(hands: Hands): Promise<void> {
  const demo = hands.page.getByText(hands.say('start.demoCode'));
  const [code = ''] = /\d{6}/.exec((await demo.textContent()) ?? '') ?? [];
  await hands.page.locator('input[autocomplete=one-time-code]').fill(code);
}

async function choosePin(hands: Hands): Promise<void> {
  await hands.type(PIN);
  await hands.see(words(hands, 'start.repeatPin'));
  await hands.type(PIN);
  const home = hands.page.locator('.ring');
  const offer = hands.page.getByRole('button', { name: hands.say('start.notNow'), exact: true });
  await home.or(offer).first().waitFor();
  if (await offer.isVisible()) await offer.click();
  await home.waitFor();
}
