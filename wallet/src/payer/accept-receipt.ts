import { equalBytes, hex, provePayeePacket } from '@sikka/protocol';
import { bytesOf } from '../core/incoming.ts';
import type { Incoming } from '../core/incoming.ts';
import { viewOf } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome, Refusal } from '../errors.ts';

/**
 * Keeps the payee's receipt for a payment of this wallet; the same receipt again changes nothing.
 * It says that the payee took the payment offline, not that it is settled.
 *
 * Refuses what `provePayeePacket` refuses, `wallet/payment_unknown` for somebody else's payment,
 * and `wallet/receipt_mismatch` where wallet or amount are not the payment's.
 */
export async function acceptReceipt(
  wallet: Wallet,
  given: Incoming,
): Promise<Outcome<{ readonly paymentId: string }>> {
  return answering(async () => {
    const read = bytesOf(given);
    if (!read.ok) return read;
    const { trust } = await viewOf(wallet, await wallet.journal.read());
    const proved = await provePayeePacket(read.bytes, trust);
    if (!proved.ok) return proved;
    const packet = proved.value;
    if (packet.kind !== 'receipt') return refuse('malformed', `a ${packet.kind} packet`);
    const { paymentId, amountMinor } = packet.receipt.fields;
    const id = hex(paymentId);
    const kept = await wallet.journal.change<Refusal | undefined>(async (state, append) => {
      const given = state.given.get(id);
      if (given === undefined) return refuse('wallet/payment_unknown', 'no payment of this wallet');
      const { payment } = given.packet;
      const samePayee = packet.credential.fields.wallet === payment.fields.payeeWallet;
      if (!samePayee || amountMinor !== payment.fields.amountMinor) {
        return refuse('wallet/receipt_mismatch', 'another payee or another amount');
      }
      if (given.receipt !== undefined && equalBytes(given.receipt.receiptId, packet.receiptId)) {
        return undefined;
      }
      await append({ type: 'receipt-received', packet: packet.bytes });
      return undefined;
    });
    if (!kept.ok) return kept;
    return kept.value ?? { ok: true, paymentId: id };
  });
}
