import './amount.css';
import { classes } from './classes.ts';
import { ForScreenReaders } from './words.tsx';

/** An amount taken apart and named by language/; this folder formats no money. */
export interface AmountText {
  /** `1,250`, with the digits that the person wants. */
  readonly whole: string;
  /** `.50`, or empty. */
  readonly decimals: string;
  /** `Rs`, `روپے`. */
  readonly currency: string;
  /** English has the currency before the figures, Urdu after. */
  readonly currencyFirst: boolean;
  /** "one thousand two hundred fifty rupees". */
  readonly spoken: string;
}

interface AmountProps {
  readonly amount: AmountText;
  /** The size with up to six digits; more digits take the next smaller one. Default: the text's. */
  readonly size?: AmountSize;
  /** Money that comes in has a sign, nothing else has. */
  readonly incoming?: boolean;
  /** Nothing was taken: struck through. The words say so too. */
  readonly struck?: boolean;
}

export type AmountSize = 'text' | 'row' | '14' | '22' | '28' | '38' | '48' | '64' | 'ring';

const STEPS: Partial<Record<AmountSize, readonly [string, string, string]>> = {
  '64': ['64', '48', '38'],
  '48': ['48', '38', '28'],
  '38': ['38', '28', '28'],
  ring: ['ring', 'ring-m', 'ring-s'],
};

/** Up to six digits, up to eight, more: an amount shrinks and is never cut off. */
function fitting(size: AmountSize, { whole, decimals }: AmountText): string {
  const digits = `${whole}${decimals}`.replaceAll(/[^0-9\u06f0-\u06f9]/g, '').length;
  const steps = STEPS[size];
  if (steps === undefined) return size;
  if (digits <= 6) return steps[0];
  return digits <= 8 ? steps[1] : steps[2];
}

/** Money: figures in their own direction, the currency small beside them. */
export function Amount({ amount, size = 'text', incoming = false, struck = false }: AmountProps) {
  const currency = <span class="amount-currency">{amount.currency}</span>;
  const shape = classes('amount', `amount-${fitting(size, amount)}`, struck && 'amount-struck');
  return (
    <span class={shape}>
      <span class="amount-seen" aria-hidden="true">
        {incoming && amount.currencyFirst ? <span>+</span> : undefined}
        {amount.currencyFirst ? currency : undefined}
        <bdi dir="ltr" class="figures amount-figures">
          {incoming && !amount.currencyFirst ? '+' : ''}
          {amount.whole}
          {amount.decimals === '' ? undefined : (
            <span class="amount-decimals">{amount.decimals}</span>
          )}
        </bdi>
        {amount.currencyFirst ? undefined : currency}
      </span>
      <ForScreenReaders>{amount.spoken}</ForScreenReaders>
    </span>
  );
}
