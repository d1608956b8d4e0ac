import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { said } from './person.ts';

/**
 * Presses a button while it is there, as often as a thumb tries, until what is wanted is so: by a
 * press or by itself.
 */
export async function pressUntil(button: Locator, isSo: () => Promise<boolean>): Promise<void> {
  const look = async () => {
    if (await isSo()) return true;
    // It may go while the thumb is on its way.
    if (await button.isVisible()) await button.click({ timeout: 5_000 }).catch(() => undefined);
    return false;
  };
  await expect.poll(look, { timeout: 60_000, interval: 500 }).toBe(true);
}

/** By the button of that name: a verdict takes no touch that comes too soon to be meant. */
export async function leaveVerdict(page: Page, key: string): Promise<void> {
  const button = page.getByRole('button', { name: said(key), exact: true });
  await pressUntil(button, async () => (await page.locator('.verdict').count()) === 0);
}
