import { hex, qrText } from '@sikka/protocol';
import { viewOf } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { CreatedRequest } from './create-request.ts';

export interface ShownRequest extends CreatedRequest {
  readonly amountMinor: bigint | 'open';
}

/**
 * A request that is still open, byte for byte as it was first shown: after a reload the customer
 * goes on with the same one. Refuses `request_already_paid`, and `request_expired` for any other
 * that is not open here.
 */
export async function showRequest(
  wallet: Wallet,
  requestId: string,
): Promise<Outcome<ShownRequest>> {
  return answering(async () => {
    const { state, bankTime } = await viewOf(wallet, await wallet.journal.read());
    if (state.requestPaidBy.has(requestId)) return refuse('request_already_paid', 'paid here');
    const packet = state.openRequests.get(requestId)?.packet;
    if (packet === undefined || packet.request.fields.until < bankTime) {
      return refuse('request_expired', 'its time is over, or it is no request of this till');
    }
    const { amountMinor = 'open', until } = packet.request.fields;
    const { bytes } = packet;
    return { ok: true, requestId, packet: bytes, text: qrText(bytes), until, amountMinor };
  });
}

export interface ShownReceipt {
  readonly paymentId: string;
  readonly packet: Uint8Array;
  /** The same as QR text, `SK1:…`. */
  readonly text: string;
}

/** The receipt given for a payment, always the same bytes. Refuses `wallet/payment_unknown`. */
export async function showReceipt(
  wallet: Wallet,
  paymentId: string,
): Promise<Outcome<ShownReceipt>> {
  return answering(async () => {
    const accepted = (await wallet.journal.read()).accepted.get(paymentId);
    if (accepted === undefined) return refuse('wallet/payment_unknown', 'not accepted here');
    const { packet, receipt } = accepted;
    return { ok: true, paymentId: hex(packet.paymentId), packet: receipt, text: qrText(receipt) };
  });
}
