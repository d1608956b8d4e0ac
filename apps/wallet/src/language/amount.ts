import { currencyOf, formatAmount } from '@sikka/protocol';

/** An amount taken apart for the screen; a component sets the pieces. */
export interface Figures {
  /** `1,250`, in groups of three, with western digits. */
  readonly whole: string;
  /** `.50`, or nothing for a whole amount where only the needed decimals are shown. */
  readonly decimals: string;
  /** `PKR`. */
  readonly currency: string;
}

export interface FigureOptions {
  /** ISO 4217 numeric; one that this protocol knows. */
  readonly currency: number;
  /** `needed` (the default) shows none for a whole amount, `always` shows them all. */
  readonly decimals?: 'needed' | 'always';
}

/** The figures of an amount in minor units, without its sign. */
export function figuresOf(
  amountMinor: bigint,
  { currency, decimals = 'needed' }: FigureOptions,
): Figures {
  const size = amountMinor < 0n ? -amountMinor : amountMinor;
  const [whole = '', rest = ''] = formatAmount(size, currency).split('.');
  const shown = rest !== '' && (decimals === 'always' || /[1-9]/.test(rest));
  return {
    whole: whole.replaceAll(/\B(?=(\d{3})+$)/g, ','),
    decimals: shown ? `.${rest}` : '',
    currency: currencyOf(currency)?.alpha ?? String(currency),
  };
}
