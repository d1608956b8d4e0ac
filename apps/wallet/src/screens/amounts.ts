import { useApp, useCounter } from '../app-context.ts';
import type { AmountText } from '../design/amount.tsx';
import { amountText } from '../language/amount-text.ts';
import { amountInWords } from '../language/amount-words.ts';

/** Amounts of this wallet's currency, in minor units, as `<Amount>` takes them. */
export interface Amounts {
  of(amountMinor: bigint): AmountText;
  /** With all decimals, as balances at the bank are shown. */
  exactly(amountMinor: bigint): AmountText;
  /** `One thousand two hundred fifty rupees`. */
  inWords(amountMinor: bigint): string;
}

/** For screens that are shown only while there is money. */
export function useAmounts(): Amounts {
  const { speech } = useApp();
  const { currency } = useCounter();
  return {
    of: (amountMinor) => amountText(speech, amountMinor, { currency }),
    exactly: (amountMinor) => amountText(speech, amountMinor, { currency, decimals: 'always' }),
    inWords: (amountMinor) =>
      amountInWords(amountMinor, { currency, language: speech.language.value }),
  };
}
