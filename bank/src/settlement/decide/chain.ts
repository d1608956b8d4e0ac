import type { SettledPayment } from '../facts.ts';

/** The settled payments around one sequence (spec/judge.md §3). */
export interface Around {
  readonly same: SettledPayment | undefined;
  readonly before: SettledPayment | undefined;
  readonly after: SettledPayment | undefined;
}

/** `chain` is ascending by sequence. */
export function around(chain: readonly SettledPayment[], sequence: number): Around {
  const place = placeOf(chain, sequence);
  const found = chain[place];
  const same = found?.sequence === sequence ? found : undefined;
  return { same, before: chain[place - 1], after: same === undefined ? found : chain[place + 1] };
}

/** Puts a payment where its sequence belongs. */
export function insert(chain: SettledPayment[], payment: SettledPayment): void {
  chain.splice(placeOf(chain, payment.sequence), 0, payment);
}

/** The first place whose sequence is not lower. */
function placeOf(chain: readonly SettledPayment[], sequence: number): number {
  let low = 0;
  let high = chain.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((chain[middle]?.sequence ?? Infinity) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
