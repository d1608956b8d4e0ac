import { signIn } from './beginning.ts';
import { words } from '../hands.ts';
import type { Stage } from '../stage.ts';

/** What was paid, and what it looks like to those who see less well. */
export async function lookBack({ ayesha }: Stage): Promise<void> {
  const { page } = ayesha;
  await ayesha.shoot('home/home', '.dock');
  await page.emulateMedia({ contrast: 'more' });
  await ayesha.shoot('home/contrast');
  await page.emulateMedia({ contrast: 'no-preference' });
  await ayesha.visit('/settings', words(ayesha, 'settings.textSize'));
  await page.getByText(ayesha.say('settings.veryLarge'), { exact: true }).click();
  await ayesha.visit('/', '.dock');
  await ayesha.shoot('home/large-text');
  await ayesha.visit('/settings', words(ayesha, 'settings.textSize'));
  await page.getByText(ayesha.say('settings.normal'), { exact: true }).click();
  await ayesha.visit('/history', '.row');
  await ayesha.shoot('history/history');
  await ayesha.press('history.save');
  await ayesha.shoot('history/export', '.sheet');
  await ayesha.press('history.backToHistory');
  await page.locator('.sheet').waitFor({ state: 'detached' });
  await ayesha.press('history.search');
  await page.locator('.field-search input').fill('620');
  await ayesha.shoot('history/search');
  await page.locator('.field-search input').fill('zzz');
  await ayesha.shoot('history/nothing-found', words(ayesha, 'history.nothingFound'));
  await ayesha.visit('/', '.dock');
  await page.locator('.row', { hasText: 'Bilal' }).first().click();
  await ayesha.shoot('history/payment', '.timeline');
  await ayesha.press('history.somethingWrong');
  await ayesha.shoot('history/dispute', words(ayesha, 'history.disputeMore'));
  await ayesha.visit('/', '.dock');
}

/** What is kept elsewhere, what is frozen from here. */
export async function backUp({ ayesha, bilal }: Stage): Promise<void> {
  const { page } = ayesha;
  await ayesha.visit('/settings/sign-out', words(ayesha, 'settings.unsyncedMore'));
  await ayesha.shoot('settings/sign-out-unsent');
  await ayesha.visit('/phone/backup', words(ayesha, 'phone.backupWhy'));
  await ayesha.shoot('phone/backup');
  await ayesha.press('phone.makeBackup');
  await ayesha.shoot('phone/backup-code', words(ayesha, 'phone.writeCode'));
  const code = ((await page.locator('.card').textContent()) ?? '').replaceAll(/\D/g, '');
  const saving = page.waitForEvent('download');
  await ayesha.press('phone.sendBackup');
  const file = await (await saving).path();
  await ayesha.press('phone.showCodes');
  await ayesha.shoot('phone/backup-codes', '.frames');
  await bilal.visit('/phone/backup', words(bilal, 'phone.nothingWaits'));
  await bilal.shoot('phone/backup-nothing');
  await bilal.visit('/phone/restore', words(bilal, 'phone.restoreMore'));
  await bilal.shoot('phone/restore');
  const choosing = bilal.page.waitForEvent('filechooser');
  await bilal.press('phone.openBackup');
  await (await choosing).setFiles(file);
  await bilal.see(words(bilal, 'phone.enterCodeMore'));
  await bilal.page.locator('.body input').fill(code);
  await bilal.shoot('phone/restore-code');
  await bilal.press('phone.openIt');
  await bilal.shoot('phone/hand-in', '.row');
  await bilal.press('phone.sendToBank');
  await bilal.see(bilal.page.locator('.row', { hasText: bilal.say('common.stateSettled') }));
  await bilal.shoot(
    'phone/handed-in',
    bilal.page.locator('.foot').getByText(bilal.say('common.done')),
  );
  await ayesha.visit('/', '.dock');
}

/** With a network again. */
export async function lookAround({ ayesha }: Stage): Promise<void> {
  const { page } = ayesha;
  await ayesha.phone.goOnline();
  await ayesha.visit('/phone/devices', '.row-pressable');
  await ayesha.shoot('phone/devices');
  await page.locator('.row-pressable').first().click();
  await ayesha.shoot('phone/freeze', words(ayesha, 'phone.freezeForGood'));
  await ayesha.press('phone.freeze');
  await ayesha.shoot('phone/freeze-pin', '.key');
  await ayesha.visit('/settings', words(ayesha, 'settings.appearance'));
  await ayesha.shoot('settings/settings');
  await ayesha.visit('/settings/profile', words(ayesha, 'settings.phoneNumber'));
  await ayesha.shoot('settings/profile');
  await page.locator('.row-pressable').first().click();
  await ayesha.shoot('settings/change-name', words(ayesha, 'settings.save'));
  await ayesha.visit('/settings/security', words(ayesha, 'settings.lockAfter'));
  await ayesha.shoot('settings/security');
  const parts = [
    ['changePin', 'change-pin', '.key'],
    ['changePassword', 'change-password', 'input[type=password]'],
    ['sessions', 'sessions', '.row'],
    ['passkeys', 'passkeys', words(ayesha, 'settings.passkeysMore')],
  ] as const;
  for (const [key, name, sign] of parts) {
    await ayesha.press(`settings.${key}`);
    await ayesha.shoot(`settings/${name}`, sign);
    await ayesha.visit('/', '.dock');
    await ayesha.visit('/settings/security', words(ayesha, 'settings.lockAfter'));
  }
  await ayesha.visit('/settings/sign-out', words(ayesha, 'settings.whatIsHere'));
  await ayesha.shoot('settings/sign-out');
  await ayesha.visit('/', '.dock');
}

/** The whole phone is put back to what it was before it paid, and pays no more. */
export async function rollBack({ ayesha }: Stage): Promise<void> {
  await ayesha.phone.rollBackDisk();
  await ayesha.phone.open();
  await ayesha.pin();
  await ayesha.see('.ring');
  // The bank has given this phone newer words since, so that these are refused.
  await ayesha.press('home.signIn');
  await signIn(ayesha, 'ayesha');
  const startAnew = ayesha.page.getByRole('button', { name: ayesha.say('phone.startAnew') });
  await ayesha.shoot('home/paused', startAnew);
  await startAnew.click();
  await ayesha.shoot('phone/start-anew', words(ayesha, 'phone.startAnewWhy'));
}
