import type { Wallet } from '../core/wallet.ts';
import { changeWitnessed } from '../core/witness.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { shownPayment } from './shown-payment.ts';
import type { ShownPayment } from './shown-payment.ts';

/** A payment made, byte for byte as it was first shown. Refuses `wallet/payment_unknown`. */
export async function show(wallet: Wallet, paymentId: string): Promise<Outcome<ShownPayment>> {
  return answering(async () => {
    const given = (await wallet.journal.read()).given.get(paymentId);
    if (given === undefined) return refuse('wallet/payment_unknown', 'no payment of this wallet');
    // Cut off between the journal and the witnesses, it is shown once they know of it.
    if (!wallet.witnesses.areTold()) {
      const told = await changeWitnessed(wallet, async () => undefined);
      if (!told.ok) return told;
    }
    return { ok: true, ...shownPayment(given) };
  });
}
