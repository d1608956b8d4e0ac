import { encodePacket, hex, signDocument } from '@sikka/protocol';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { AcceptedPayment } from '../journal/state.ts';
import { readSeller } from './seller.ts';

export interface RefundOptions {
  readonly paymentId: string;
  /** Minor units, at least 1. */
  readonly amountMinor: bigint;
}

/** A refund, handed in at the next sync; the money goes to the payer's current wallet. */
export interface SignedRefund {
  readonly refundId: string;
  readonly packet: Uint8Array;
  /** Refunded of this payment so far, this refund included. */
  readonly cumulativeMinor: bigint;
}

/**
 * Signs a refund of a payment accepted here (spec/documents.md §3). Refuses
 * `wallet/payment_unknown`, also for a payment that the bank rejected, `amount_zero`,
 * `wallet/refund_over_amount`, `wallet/not_enrolled` and `wallet/role_missing`.
 */
export async function refund(
  wallet: Wallet,
  { paymentId, amountMinor }: RefundOptions,
): Promise<Outcome<SignedRefund>> {
  return answering(async () => {
    if (amountMinor < 1n) return refuse('amount_zero', 'an amount is at least 1');
    const done = await wallet.journal.change<Outcome<SignedRefund>>(async (state, append) => {
      const seller = await readSeller(wallet, { state });
      if (!seller.ok) return seller;
      const payment = state.accepted.get(paymentId);
      if (payment === undefined || payment.state === 'rejected') {
        return refuse('wallet/payment_unknown', 'not accepted here, or rejected by the bank');
      }
      const last = lastRefund(payment);
      const cumulativeMinor = last.cumulativeMinor + amountMinor;
      const { fields } = payment.packet.payment;
      if (cumulativeMinor > fields.amountMinor) {
        return refuse('wallet/refund_over_amount', 'more than was paid');
      }
      const { credential, credentialId, signer } = seller;
      const document = await signDocument(
        {
          type: 'refund',
          paymentId: payment.packet.paymentId,
          number: last.number + 1,
          amountMinor,
          currency: fields.currency,
          cumulativeMinor,
          previous: last.id,
        },
        signer,
        credentialId,
      );
      const packet = encodePacket({ kind: 'refund', credential, refund: document });
      await append({ type: 'refunded', packet });
      const made = state.accepted.get(paymentId)?.refunds.at(-1);
      if (made === undefined) throw new TypeError('the fold forgot a refund');
      return { ok: true, refundId: hex(made.packet.refundId), packet, cumulativeMinor };
    });
    return done.ok ? done.value : done;
  });
}

/** The last that the bank has not rejected: a rejected one does not count. */
function lastRefund({ packet, refunds }: AcceptedPayment) {
  const last = refunds.findLast(({ answer }) => answer?.result !== 'rejected');
  if (last === undefined) return { number: 0, cumulativeMinor: 0n, id: packet.paymentId };
  const { number, cumulativeMinor } = last.packet.refund.fields;
  return { number, cumulativeMinor, id: last.packet.refundId };
}
