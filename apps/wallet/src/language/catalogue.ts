import type common from '@sikka/i18n/app/en/common.json';
import type history from '@sikka/i18n/app/en/history.json';
import type home from '@sikka/i18n/app/en/home.json';
import type money from '@sikka/i18n/app/en/money.json';
import type pay from '@sikka/i18n/app/en/pay.json';
import type phone from '@sikka/i18n/app/en/phone.json';
import type receive from '@sikka/i18n/app/en/receive.json';
import type refusals from '@sikka/i18n/app/en/refusals.json';
import type settings from '@sikka/i18n/app/en/settings.json';
import type start from '@sikka/i18n/app/en/start.json';

type In<Area extends string, Messages> = `${Area}.${keyof Messages & string}`;

/** Every message the app can say: the area's file and the name in it. */
export type MessageKey =
  | In<'common', typeof common>
  | In<'start', typeof start>
  | In<'home', typeof home>
  | In<'pay', typeof pay>
  | In<'receive', typeof receive>
  | In<'history', typeof history>
  | In<'money', typeof money>
  | In<'phone', typeof phone>
  | In<'settings', typeof settings>
  | In<'refusals', typeof refusals>;

/** The areas, one file each in `i18n/app/<language>/`; the build joins them. */
export const AREAS = [
  ...(['common', 'start', 'home', 'pay', 'receive'] as const),
  ...(['history', 'money', 'phone', 'settings', 'refusals'] as const),
] as const;

/** One language's messages, by key. */
export type Catalogue = Readonly<Record<string, string>>;
