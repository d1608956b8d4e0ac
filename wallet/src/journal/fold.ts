import { bestBankTime, decodePacketOfKind, hex } from '@sikka/protocol';
import type { PacketKind, PacketsByKind, PaymentPacket } from '@sikka/protocol';
import { WalletError } from '../errors.ts';
import { advance, isOpen } from '../exchange/exchange.ts';
import type { HandedInOutcome, JournalEntry, JournalEvent } from './entries.ts';
import type {
  AcceptedPayment,
  BankAnswer,
  GivenPayment,
  HeldAllowance,
  HeldCredential,
  Hex,
  RefundMade,
  WalletState,
} from './state.ts';

type Writable<T> = {
  -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer A, infer B>
    ? Map<A, B>
    : T[K] extends ReadonlySet<infer A>
      ? Set<A>
      : T[K];
};

/** A state that is being folded; whoever reads it sees a {@link WalletState}. */
export type Folded = Writable<WalletState>;

export function emptyState(): Folded {
  return {
    created: false,
    nonces: new Set(),
    freshNonce: undefined,
    enrolment: undefined,
    allowanceRequest: undefined,
    allowances: new Map(),
    given: new Map(),
    givenByRequest: new Map(),
    openRequests: new Map(),
    closedRequests: new Map(),
    requestPaidBy: new Map(),
    printedCodes: new Map(),
    accepted: new Map(),
    acceptedByShown: new Map(),
    acceptedUnder: new Map(),
    refundOf: new Map(),
    contradictions: new Map(),
    bankTime: undefined,
    rolledBack: undefined,
  };
}

type Steps = {
  readonly [K in JournalEvent['type']]: (
    state: Folded,
    event: Extract<JournalEvent, { type: K }>,
    at: number,
  ) => void;
};

/** One step an event. No clock, no randomness: the same entries give the same state. */
const STEPS: Steps = {
  created(state, { nonce }) {
    state.created = true;
    state.freshNonce = nonce;
    state.nonces.add(hex(nonce));
  },
  'enrolment-sent'(state, { role, packet }) {
    state.enrolment = { role, packet };
  },
  enrolled(state, { till, credential, issuerKeys }, at) {
    if (state.enrolment === undefined) throw damaged('enrolled before it was asked for');
    const held = credential === undefined ? undefined : readCredential(credential);
    state.enrolment = { ...state.enrolment, answer: { till, credential: held, issuerKeys } };
    if (held !== undefined) seeBankTime(state, held.credential.fields.from, at);
  },
  'allowance-requested'(state, { nonce, packet }) {
    state.nonces.add(hex(nonce));
    state.freshNonce = undefined;
    state.allowanceRequest = { nonce, packet };
  },
  'allowance-refused'(state) {
    state.allowanceRequest = undefined;
  },
  'allowance-received': receiveAllowance,
  paid: pay,
  'receipt-received'(state, { packet }) {
    const receipt = read('receipt', packet);
    const id = hex(receipt.receipt.fields.paymentId);
    const payment = state.given.get(id);
    if (payment === undefined) throw damaged('a receipt for no payment');
    const received = { receipt, withheld: false, state: advance(payment.state, 'receipt') };
    state.given.set(id, { ...payment, ...received });
  },
  withheld(state, { paymentId }) {
    change(state.given, hex(paymentId), (payment) => ({ ...payment, withheld: true }));
  },
  returned(state, { packet }) {
    const returned = read('return', packet);
    const held = heldAllowance(state, returned.allowanceId);
    const made = { packet: returned, answer: undefined };
    state.allowances.set(hex(returned.allowanceId), { ...held, returned: made });
  },
  'request-created'(state, { packet }, at) {
    const request = read('request', packet);
    state.openRequests.set(hex(request.requestId), { packet: request, at });
  },
  'requests-expired'(state, { requestIds }) {
    for (const id of requestIds) closeRequest(state, hex(id));
  },
  'code-printed'(state, { packet }) {
    const code = read('printed-code', packet);
    state.printedCodes.set(hex(code.credentialId), code);
  },
  accepted: accept,
  refunded(state, { packet }) {
    const refund = read('refund', packet);
    const id = hex(refund.refund.fields.paymentId);
    const payment = state.accepted.get(id);
    if (payment === undefined) throw damaged('a refund of no payment');
    const refunds = [...payment.refunds, { packet: refund, answer: undefined }];
    state.accepted.set(id, { ...payment, refunds });
    state.refundOf.set(hex(refund.refundId), id);
  },
  contradicted(state, { packet }) {
    const payment = read('payment', packet);
    state.contradictions.set(hex(payment.paymentId), { packet: payment, answer: undefined });
  },
  'handed-in'(state, { uploadReceipt, outcomes }, at) {
    const { fields } = read('document', uploadReceipt).document;
    if (fields.type === 'upload-receipt') seeBankTime(state, fields.receivedAt, at);
    for (const outcome of outcomes) applyOutcome(state, outcome);
  },
  'rolled-back'(state, { allowanceId, sequence }) {
    state.rolledBack ??= { by: 'bank', allowanceId, sequence };
  },
  'behind-witness'(state) {
    state.rolledBack ??= { by: 'witness' };
  },
};

/**
 * Carries the state over one entry, in place.
 * @throws WalletError `wallet/store_damaged` for an entry that cannot follow the ones before.
 */
export function applyEntry(state: Folded, { at, event }: JournalEntry): void {
  // The step is the event's own, which the compiler cannot follow through the table.
  const step = STEPS[event.type] as (state: Folded, event: JournalEvent, at: number) => void;
  step(state, event, at);
}

function receiveAllowance(
  state: Folded,
  { packet }: Extract<JournalEvent, { type: 'allowance-received' }>,
  at: number,
): void {
  const { document, id } = read('document', packet);
  const { fields } = document;
  if (fields.type !== 'allowance') throw damaged('not an allowance');
  state.allowances.set(hex(id), {
    allowance: { ...document, fields },
    allowanceId: id,
    lastSequence: fields.firstSequence - 1,
    spentMinor: 0n,
    head: id,
    returned: undefined,
    paymentIds: new Map(),
  });
  state.allowanceRequest = undefined;
  seeBankTime(state, fields.from, at);
}

function pay(
  state: Folded,
  { packet, shown, request }: Extract<JournalEvent, { type: 'paid' }>,
  at: number,
): void {
  const payment = read('payment', packet);
  const { sequence, spentMinor, mode, bind } = payment.payment.fields;
  const held = heldAllowance(state, payment.allowanceId);
  if (sequence !== held.lastSequence + 1) throw damaged(`payment ${sequence} out of order`);
  const id = hex(payment.paymentId);
  const paid = mode === 'dynamic' ? read('request', request) : read('printed-code', request);
  state.given.set(id, {
    packet: payment,
    shown,
    paid,
    at,
    receipt: undefined,
    withheld: false,
    state: 'given',
    answer: undefined,
  });
  if (mode === 'dynamic') state.givenByRequest.set(hex(bind), id);
  state.allowances.set(hex(payment.allowanceId), {
    ...held,
    lastSequence: sequence,
    spentMinor,
    head: payment.paymentId,
    paymentIds: new Map(held.paymentIds).set(sequence, payment.paymentId),
  });
}

function accept(
  state: Folded,
  { packet, shownHash, receipt }: Extract<JournalEvent, { type: 'accepted' }>,
  at: number,
): void {
  const payment = read('payment', packet);
  const id = hex(payment.paymentId);
  const { mode, bind } = payment.payment.fields;
  const accepted: AcceptedPayment = {
    packet: payment,
    receipt,
    at,
    state: 'received',
    answer: undefined,
    refunds: [],
  };
  state.accepted.set(id, accepted);
  state.acceptedByShown.set(hex(shownHash), id);
  const allowance = hex(payment.allowanceId);
  state.acceptedUnder.set(allowance, insertBySequence(state.acceptedUnder.get(allowance), payment));
  if (mode === 'dynamic') {
    state.requestPaidBy.set(hex(bind), id);
    closeRequest(state, hex(bind));
  }
  seeBankTime(state, payment.allowance.fields.from, at);
}

function insertBySequence(
  known: readonly PaymentPacket[] = [],
  added: PaymentPacket,
): readonly PaymentPacket[] {
  const sequenceOf = ({ payment }: PaymentPacket): number => payment.fields.sequence;
  return [...known, added].sort((a, b) => sequenceOf(a) - sequenceOf(b));
}

function applyOutcome(state: Folded, outcome: HandedInOutcome): void {
  const { result, code, proofId, extra } = outcome;
  const answer: BankAnswer = { result, code, proofId, extra };
  const id = hex(outcome.documentId);
  change(state.given, id, (payment) => answered(payment, answer));
  change(state.accepted, id, (payment) => answered(payment, answer));
  change(state.contradictions, id, (contradiction) => ({ ...contradiction, answer }));
  change(state.accepted, state.refundOf.get(id), (payment) => {
    const answerOne = (refund: RefundMade): RefundMade =>
      hex(refund.packet.refundId) === id ? { ...refund, answer } : refund;
    return { ...payment, refunds: payment.refunds.map(answerOne) };
  });
  for (const [allowanceId, held] of state.allowances) {
    if (held.returned === undefined || hex(held.returned.packet.returnId) !== id) continue;
    state.allowances.set(allowanceId, { ...held, returned: { ...held.returned, answer } });
  }
}

function change<T>(map: Map<Hex, T>, id: Hex | undefined, by: (value: T) => T): void {
  const value = id === undefined ? undefined : map.get(id);
  if (id !== undefined && value !== undefined) map.set(id, by(value));
}

/** The bank's first answer stands: what comes after it changes nothing. */
function answered<T extends GivenPayment | AcceptedPayment>(payment: T, answer: BankAnswer): T {
  if (!isOpen(payment.state)) return payment;
  const event = answer.result === 'recorded' ? 'settled' : answer.result;
  return { ...payment, state: advance(payment.state, event), answer };
}

function closeRequest(state: Folded, requestId: Hex): void {
  const open = state.openRequests.get(requestId);
  if (open === undefined) return;
  state.openRequests.delete(requestId);
  state.closedRequests.set(requestId, open.packet);
}

/**
 * A bank-signed time counts where it is later than the best known: a foreign allowance of this
 * morning is greater than last night's bulletin, and still behind what the phone has counted since.
 */
function seeBankTime(state: Folded, bankTime: number, at: number): void {
  const best = state.bankTime && bestBankTime({ ...state.bankTime, phoneNow: at });
  if (best !== undefined && bankTime <= best) return;
  state.bankTime = { lastBankTime: bankTime, phoneAtLast: at };
}

function heldAllowance(state: Folded, allowanceId: Uint8Array): HeldAllowance {
  const held = state.allowances.get(hex(allowanceId));
  if (held === undefined) throw damaged('an allowance that never came');
  return held;
}

function readCredential(packet: Uint8Array): HeldCredential {
  const { document, id } = read('document', packet);
  const { fields } = document;
  if (fields.type !== 'credential') throw damaged('not a credential');
  return { credential: { ...document, fields }, credentialId: id };
}

function read<K extends PacketKind>(kind: K, bytes: Uint8Array): PacketsByKind[K] {
  const decoded = decodePacketOfKind(kind, bytes);
  if (!decoded.ok) throw damaged(decoded.detail);
  return decoded.value;
}

function damaged(what: string): WalletError {
  return new WalletError('wallet/store_damaged', `the journal does not add up: ${what}`);
}
