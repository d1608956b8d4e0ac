import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome, Refusal } from '../errors.ts';

/**
 * Notes that the payee did not take a payment: this wallet does not hand it in. It stays signed: if
 * the payee claims it all the same, it settles; if nobody does, its money comes back with the
 * allowance (spec/journal.md 8). A receipt that comes later undoes this.
 *
 * Refuses `wallet/payment_unknown`, and `wallet/payment_received` where the payee's receipt or the
 * bank's answer is here.
 */
export async function withhold(wallet: Wallet, paymentId: string): Promise<Outcome> {
  return answering(async () => {
    const done = await wallet.journal.change<Refusal | undefined>(async (state, append) => {
      const given = state.given.get(paymentId);
      if (given === undefined) return refuse('wallet/payment_unknown', 'no payment of this wallet');
      if (given.receipt !== undefined || given.state !== 'given') {
        return refuse('wallet/payment_received', `it is ${given.state}`);
      }
      if (!given.withheld) await append({ type: 'withheld', paymentId: given.packet.paymentId });
      return undefined;
    });
    if (!done.ok) return done;
    return done.value ?? { ok: true };
  });
}
