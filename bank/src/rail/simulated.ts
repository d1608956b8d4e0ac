import type { BankRail } from './rail.ts';

/** The last digits of an account elsewhere that the simulated bank refuses to debit and credit. */
const REFUSED = /0000$/;

/**
 * The other bank of a demo: pays and takes at once, but for accounts that end in `0000`, which it
 * refuses. Creates money, so it is for demo mode only; configuration sees to that.
 */
export function createSimulatedRail(): BankRail {
  return {
    name: 'simulated',
    order: async (_tx, { iban }) => (REFUSED.test(iban) ? 'rejected' : 'settled'),
    pay: async (_tx, { iban }) => (REFUSED.test(iban) ? 'rejected' : 'settled'),
    send: async () => 0,
    collect: async () => 0,
  };
}
