/**
 * Where one payment stands, seen from one side. Only the bank's word makes it final.
 *
 * - `given`: signed and shown by the payer
 * - `received`: verified offline by the payee; at the payer, the payee's receipt is here
 * - `sent`: the bank has the bytes and has not decided
 * - `settled`, `rejected`: the bank's answer, for ever
 */
export type ExchangeState = 'given' | 'received' | 'sent' | 'settled' | 'rejected';

export type ExchangeEvent = 'receipt' | 'pending' | 'settled' | 'rejected';

const NEXT: Readonly<Record<ExchangeState, Readonly<Record<ExchangeEvent, ExchangeState>>>> = {
  given: { receipt: 'received', pending: 'sent', settled: 'settled', rejected: 'rejected' },
  received: { receipt: 'received', pending: 'sent', settled: 'settled', rejected: 'rejected' },
  // A receipt that comes late is kept, and takes nothing back.
  sent: { receipt: 'sent', pending: 'sent', settled: 'settled', rejected: 'rejected' },
  settled: { receipt: 'settled', pending: 'settled', settled: 'settled', rejected: 'settled' },
  rejected: { receipt: 'rejected', pending: 'rejected', settled: 'rejected', rejected: 'rejected' },
};

/** The state after an event. The bank's first answer stands: it never gives another. */
export function advance(state: ExchangeState, event: ExchangeEvent): ExchangeState {
  return NEXT[state][event];
}

/** Whether it still has to be handed in. */
export function isOpen(state: ExchangeState): boolean {
  return state !== 'settled' && state !== 'rejected';
}
