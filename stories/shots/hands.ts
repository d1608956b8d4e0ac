import type { Locator, Page } from 'playwright-core';
import { said, typeDigits, unlock, visit } from '../browser/app/support/person.ts';
import type { Phone } from '../browser/app/support/phone.ts';
import type { ShotLanguage } from './plan.ts';
import type { Taker } from './taker.ts';

/** Somebody with a phone, in one language. */
export interface Hands {
  readonly phone: Phone;
  readonly page: Page;
  readonly language: ShotLanguage;
  /** A message up to its first value. */
  say(key: string): string;
  /** Presses a button or a row by its message. */
  press(key: string): Promise<void>;
  type(digits: string): Promise<void>;
  pin(): Promise<void>;
  /** The main button at the foot. */
  proceed(): Promise<void>;
  /** Goes to a place within the app, and waits for what shows that it is there. */
  visit(path: string, sign: string | Locator): Promise<void>;
  see(sign: string | Locator): Promise<void>;
  /** Takes the shot of that id, once the sign is seen. */
  shoot(id: string, sign?: string | Locator): Promise<void>;
}

export function handsOf(phone: Phone, language: ShotLanguage, taker: Taker): Hands {
  const say = (key: string) => said(key, language).split('{')[0]?.trim() ?? '';
  const of = (sign: string | Locator): Locator =>
    typeof sign === 'string' ? phone.page.locator(sign).first() : sign.first();
  const hands: Hands = {
    ...{ phone, language, say },
    get page() {
      return phone.page;
    },
    press: async (key) => {
      const name = say(key);
      const button = phone.page.getByRole('button', { name, exact: true });
      const row = phone.page.getByRole('button', { name });
      await row.first().waitFor();
      await ((await button.count()) > 0 ? button : row).first().click();
    },
    type: (digits) => typeDigits(phone.page, digits),
    pin: () => unlock(phone.page),
    proceed: async () => phone.page.locator('.foot .button-primary').click(),
    visit: async (path, sign) => {
      await visit(phone.page, path);
      await of(sign).waitFor();
    },
    see: async (sign) => of(sign).waitFor(),
    shoot: async (id, sign) => {
      if (sign !== undefined) await of(sign).waitFor();
      await taker.take(phone.page, id);
    },
  };
  return hands;
}

/** The message as it stands on the screen. */
export function words(hands: Hands, key: string): Locator {
  return hands.page.getByText(hands.say(key)).first();
}
