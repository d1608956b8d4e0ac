import type { PayerState } from '@sikka/wallet/payer';

/** What can be spent without a network, over all allowances; amounts in minor units. */
export interface Spendable {
  /**
   * `none`: never had any. `used` and `expired`: of what there was nothing can be spent.
   * `stopped`: the journal was rolled back, for good.
   */
  readonly standing: 'ready' | 'none' | 'used' | 'expired' | 'stopped' | 'not_enrolled';
  readonly leftMinor: bigint;
  readonly totalMinor: bigint;
  /** The most that one payment can be: an amount is never paid out of two allowances. */
  readonly atOnceMinor: bigint;
  readonly paymentsLeft: number;
  readonly paymentsMost: number;
  /** The first of the days after which some of it can no longer be spent. */
  readonly until: number | undefined;
  /** Where it is expired: when the bank gives back what was not spent. */
  readonly backAfter: number | undefined;
}

/** Adds up the allowances that can be spent. */
export function spendableOf(state: PayerState): Spendable {
  const usable = state.allowances.filter(({ status }) => status === 'usable');
  const sum = (of: (allowance: (typeof usable)[number]) => bigint) =>
    usable.reduce((total, allowance) => total + of(allowance), 0n);
  const count = (of: (allowance: (typeof usable)[number]) => number) =>
    usable.reduce((total, allowance) => total + of(allowance), 0);
  const expired = state.allowances.findLast(({ status }) => status === 'expired');
  const standing = standingOf(state);
  const times = usable.map(({ until }) => until);
  return {
    standing,
    leftMinor: state.leftMinor,
    totalMinor: sum(({ limitMinor }) => limitMinor),
    atOnceMinor: usable
      .map(({ leftMinor, perPaymentMinor }) => smaller(leftMinor, perPaymentMinor))
      .reduce((most, one) => (one > most ? one : most), 0n),
    paymentsLeft: count(({ paymentsLeft }) => paymentsLeft),
    paymentsMost: count(({ paymentsMost }) => paymentsMost),
    until:
      standing === 'expired' ? expired?.until : times.length > 0 ? Math.min(...times) : undefined,
    backAfter: standing === 'expired' ? expired?.claimUntil : undefined,
  };
}

function standingOf({ stopped, enrolled, allowances }: PayerState): Spendable['standing'] {
  if (stopped) return 'stopped';
  if (!enrolled) return 'not_enrolled';
  if (allowances.some(({ status }) => status === 'usable')) return 'ready';
  if (allowances.length === 0) return 'none';
  return allowances.at(-1)?.status === 'expired' ? 'expired' : 'used';
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
