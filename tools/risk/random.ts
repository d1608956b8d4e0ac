/**
 * Numbers that look drawn and are the same on every machine for one seed: 32-bit whole numbers,
 * and sums and products of them. Nothing here calls `Math.log`, `exp` or `sin`, whose last digits
 * the language leaves to the machine.
 */
export interface Random {
  /** In [0, 1), a multiple of 2^-32. */
  next(): number;
  /** Whole, both ends included. */
  whole(least: number, most: number): number;
  /** Between, spread evenly. */
  between(least: number, most: number): number;
  /** True this often. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** A bell around 0, almost always within ±1. */
  bell(): number;
}

/** `seed`: any whole number. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    whole,
    between: (least, most) => least + next() * (most - least),
    chance: (probability) => next() < probability,
    pick: (from) => {
      const one = from[whole(0, from.length - 1)];
      if (one === undefined) throw new RangeError('Nothing to pick from.');
      return one;
    },
    bell: () => next() + next() + next() + next() - 2,
  };
}
