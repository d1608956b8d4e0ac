import { hex } from '@sikka/protocol';
import { isOpen } from '../exchange/exchange.ts';
import type { BankAnswer, Hex, WalletState } from '../journal/state.ts';

/** A packet that the bank has not decided yet. */
export interface PendingDocument {
  /** Of the payment, refund or return. */
  readonly documentId: Hex;
  readonly packet: Uint8Array;
}

/**
 * Everything to be handed in, payments first: what is signed and what is accepted, until the bank
 * has answered for good (spec/journal.md 8). Both sides hand in: whoever meets the network first.
 */
export function pendingDocuments(state: WalletState): readonly PendingDocument[] {
  const { given, accepted, contradictions, allowances } = state;
  const handed = [...given].filter(([, { withheld }]) => !withheld);
  const payments = [...handed, ...accepted]
    .filter(([, payment]) => isOpen(payment.state))
    .map(([documentId, { packet }]) => ({ documentId, packet: packet.bytes }));
  const against = [...contradictions]
    .filter(([, { answer }]) => !isFinal(answer))
    .map(([documentId, { packet }]) => ({ documentId, packet: packet.bytes }));
  const refunds = [...accepted.values()]
    .flatMap((payment) => payment.refunds)
    .filter(({ answer }) => !isFinal(answer))
    .map(({ packet }) => ({ documentId: hex(packet.refundId), packet: packet.bytes }));
  const returns = [...allowances.values()].flatMap(({ returned }) =>
    returned === undefined || isFinal(returned.answer)
      ? []
      : [{ documentId: hex(returned.packet.returnId), packet: returned.packet.bytes }],
  );
  return [...payments, ...against, ...refunds, ...returns];
}

/** Whether the bank will ever answer otherwise. */
export function isFinal(answer: BankAnswer | undefined): boolean {
  return answer !== undefined && answer.result !== 'pending';
}
