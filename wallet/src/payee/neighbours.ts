import { hex, knownPayment } from '@sikka/protocol';
import type { Neighbours, PaymentPacket } from '@sikka/protocol';
import type { WalletState } from '../journal/state.ts';

/** What this till knows of the same allowance: the payments it accepted (spec/judge.md §1). */
export function neighboursOf(
  state: WalletState,
  { allowanceId, payment, paymentId }: PaymentPacket,
): Neighbours {
  const { sequence } = payment.fields;
  const known = (state.acceptedUnder.get(hex(allowanceId)) ?? []).map((packet) =>
    knownPayment(packet.payment.fields, packet.paymentId),
  );
  return {
    firstAnswer: state.accepted.get(hex(paymentId))?.receipt,
    same: known.find((each) => each.sequence === sequence),
    before: known.findLast((each) => each.sequence < sequence),
    after: known.find((each) => each.sequence > sequence),
  };
}
