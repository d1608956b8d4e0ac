import { parseAmount } from '@sikka/protocol';

/** Limits in money, which hold for every currency, and how far the bank bears double spends. */
export const MONEY_SETTINGS = {
  STEP_UP_ABOVE: major(
    'What may be sent to others in a day without a fresh second factor, in major units.',
    '100000.00',
  ),
  FOUR_EYES_ABOVE: major(
    'Limits and reviews of more than this, in major units, take two of the staff.',
    '50000.00',
  ),
  GUARANTEE_CAP: major(
    'What the bank pays at most of double spends under one allowance, in major units.',
    '10000.00',
  ),
  GUARANTEE_CAP_PAYEE: major(
    'What it pays of them at most to one payee within GUARANTEE_CAP_DAYS.',
    '20000.00',
  ),
  GUARANTEE_CAP_DAYS: {
    parse: (text: string): number | undefined =>
      /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 366 ? Number(text) : undefined,
    rule: 'a whole number from 1 to 366',
    about: 'The days of GUARANTEE_CAP_PAYEE.',
    byDefault: '30',
  },
} as const;

function major(about: string, byDefault: string) {
  const parse = (text: string) => (parseAmount(text, 'PKR').ok ? text : undefined);
  return { parse, rule: `decimal text such as ${byDefault}`, about, byDefault };
}
