import { parseLooseAmount } from '@sikka/protocol';

/**
 * What may leave in a day without a fresh second factor: so many major units of whichever currency
 * (STEP_UP_ABOVE), in minor units. Nothing, where the text is no amount of it.
 */
export function unprovedLimitOf(major: string): (currency: number) => bigint {
  return (currency) => {
    const amount = parseLooseAmount(major, currency);
    return amount.ok ? amount.value : 0n;
  };
}
