import type { AmountText } from '../design/amount.tsx';
import { figuresOf } from './amount.ts';
import type { FigureOptions } from './amount.ts';
import { amountInWords } from './amount-words.ts';
import type { Speech } from './language.ts';

/** An amount in minor units as components show it and screen readers say it. */
export function amountText(
  speech: Speech,
  amountMinor: bigint,
  options: FigureOptions,
): AmountText {
  const language = speech.language.value;
  const { whole, decimals, currency } = figuresOf(amountMinor, options);
  const size = amountMinor < 0n ? -amountMinor : amountMinor;
  return {
    whole: speech.digits(whole),
    decimals: speech.digits(decimals),
    currency: currency === 'PKR' ? speech.text('common.rupees') : currency,
    currencyFirst: language === 'en',
    spoken: amountInWords(size, { currency: options.currency, language }),
  };
}

/** The same in one text, `Rs 1,250`: for what is printed, and for what is said for a moment. */
export function plainAmount({ whole, decimals, currency, currencyFirst }: AmountText): string {
  const figures = `${whole}${decimals}`;
  return currencyFirst ? `${currency} ${figures}` : `${figures} ${currency}`;
}
