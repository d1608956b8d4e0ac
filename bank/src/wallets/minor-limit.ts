import { parseLooseAmount } from '@sikka/protocol';

/**
 * A limit that settings name once for all currencies (STEP_UP_ABOVE, FOUR_EYES_ABOVE): so many
 * major units of whichever currency, in minor units. Nothing, where the text is no amount of it.
 */
export function minorLimitOf(major: string): (currency: number) => bigint {
  return (currency) => {
    const amount = parseLooseAmount(major, currency);
    return amount.ok ? amount.value : 0n;
  };
}
