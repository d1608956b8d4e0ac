import { words } from '../hands.ts';
import type { Stage } from '../stage.ts';

const IBAN = 'PK36SCBL0000001123456702';

/** Money is set aside, given back, brought and sent out. */
export async function moveMoney({ ayesha }: Stage): Promise<void> {
  const { page } = ayesha;
  await ayesha.visit('/money/load', '.key');
  await ayesha.type('9999999');
  await ayesha.shoot('money/load-too-much');
  for (let digit = 0; digit < 7; digit++) await ayesha.press('common.delete');
  await ayesha.type('5000');
  await ayesha.shoot('money/load');
  await ayesha.proceed();
  await ayesha.see('.dock');
  await ayesha.shoot('home/loaded');
  await ayesha.visit('/money/limits', words(ayesha, 'money.whyLimits'));
  await ayesha.shoot('money/limits');
  await ayesha.visit('/money/return', '.row-pressable');
  await ayesha.shoot('money/give-back');
  await page.locator('.row-pressable').first().click();
  await ayesha.shoot('money/stop', '.sheet');
  await ayesha.press('money.keepIt');
  await ayesha.visit('/money/top-up', 'input[name=amount]');
  await page.locator('input[name=amount]').fill('9,000');
  await page.locator('input[name=bank-account]').fill(IBAN);
  const password = page.locator('input[name=password]');
  if (await password.isVisible()) await password.fill('Seven-Rivers-9');
  await ayesha.shoot('money/top-up');
  await ayesha.proceed();
  await ayesha.shoot('money/top-up-code', '.code-input');
  await ayesha.visit('/money/withdraw', words(ayesha, 'money.withdrawMore'));
  await page.locator('input[name=amount]').fill('500');
  await page.locator('input[name=bank-account]').fill(IBAN);
  await ayesha.shoot('money/withdraw');
  await ayesha.visit('/money/statement', words(ayesha, 'money.statementMore'));
  await ayesha.shoot('money/statement');
  await ayesha.visit('/', '.ring');
}
