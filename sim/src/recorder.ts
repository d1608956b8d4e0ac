import {
  decodeCbor,
  decodePacket,
  equalBytes,
  hex,
  keyHash,
  MAX_BATCH_BYTES,
} from '@sikka/protocol';
import type { Bulletin, PaymentPacket, PrintedCodePacket, RequestPacket } from '@sikka/protocol';
import type { BankCalls } from './bank/port.ts';
import type { TrueTime } from './clock.ts';
import { createOrderRecords } from './orders/records.ts';
import type { OrderRecords } from './orders/records.ts';
import type { WalletState } from './phone.ts';
import type {
  AcceptedPayment,
  BankAnswer,
  Known,
  Party,
  RegisteredKey,
  SignedKeyPayment,
  SignedPayment,
  SignedRefund,
  SignedReturn,
  Truth,
  Violation,
} from './truth.ts';

/** A phone by its name, and whose it is. */
interface Owned {
  readonly account: string;
  readonly name: string;
}

/** Writes down what truly happened. */
export interface Recorder {
  readonly truth: Truth;
  readonly orders: OrderRecords;
  party(party: Party): void;
  /** From now on what this party signs may contradict. */
  dishonest(account: string): void;
  /** From now on the bank knows this device as lost. */
  lostTill(account: string, till: number): void;
  /** Notes what is new in a phone's journal. */
  journal(state: WalletState, phone: Owned, bulletin: Bulletin | undefined): void;
  /** A payment that a thief signed without a journal. */
  signed(packet: PaymentPacket, by: string): void;
  signedReturn(signed: SignedReturn): void;
  signedRefund(signed: SignedRefund): void;
  walletKey(key: RegisteredKey): void;
  signedByKey(payment: SignedKeyPayment): void;
  /** A phone no longer has these accepted payments. */
  lost(phone: string, stillThere: ReadonlySet<string>): void;
  /** What the bank answered a batch. */
  answered(account: string, input: BatchInput, answer: BatchAnswer): void;
}

type BatchInput = Parameters<BankCalls['handInDocuments']>[0];
type BatchAnswer = Awaited<ReturnType<BankCalls['handInDocuments']>>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface RecorderParts {
  readonly time: TrueTime;
  /** Told where an honest phone signs one sequence twice (spec/journal.md 2, 3). */
  readonly report: (violation: Violation) => void;
}

export function createRecorder({ time, report }: RecorderParts): Recorder {
  const parties = new Map<string, Party>();
  const refunds = new Map<string, SignedRefund>();
  const returns = new Map<string, SignedReturn>();
  const keys = createKeyRecords();
  const heard = createBankRecords(time);
  const orders = createOrderRecords();
  const payments = createPaymentRecords({ time, report }, parties);
  const { notePayment, noteAccepted } = payments;
  const { accepted } = payments.truth;

  return {
    truth: {
      ...{ parties, refunds, returns, orders: orders.truth },
      ...{ ...payments.truth, ...keys.truth, ...heard.truth },
    },
    orders,
    party: (party) => void parties.set(party.account, party),
    dishonest(account) {
      const party = parties.get(account);
      if (party !== undefined) parties.set(account, { ...party, dishonest: true });
    },
    journal(state, phone, bulletin) {
      for (const { packet, paid } of state.given.values()) {
        notePayment(packet, phone.account, () => knownOf(packet, bulletin, paid));
      }
      for (const { packet: taken, refunds: made } of state.accepted.values()) {
        const asked = state.closedRequests.get(hex(taken.payment.fields.bind));
        noteAccepted(taken, phone, () => knownOf(taken, bulletin, asked));
        for (const refund of refundsOf(made, phone.account)) refunds.set(refund.id, refund);
      }
      for (const made of returnsOf(state, phone.account)) returns.set(made.id, made);
    },
    signed: (packet, by) => notePayment(packet, by),
    signedReturn: (made) => void returns.set(made.id, made),
    signedRefund: (made) => void refunds.set(made.id, made),
    ...keys.verbs,
    lost(phone, stillThere) {
      for (const each of [...accepted.values()].flat()) {
        if (each.phone === phone && !stillThere.has(each.id)) each.lost = true;
      }
    },
    ...heard.verbs,
  };
}

/** What is signed and what is taken, each once. */
function createPaymentRecords(
  { time, report }: RecorderParts,
  parties: ReadonlyMap<string, Party>,
) {
  const signed = new Map<string, SignedPayment>();
  const accepted = new Map<string, Mutable<AcceptedPayment>[]>();
  /** Allowance and sequence → the payment signed there last. */
  const bySequence = new Map<string, string>();

  function notePayment(packet: PaymentPacket, by: string, knows?: () => Known): void {
    const id = hex(packet.paymentId);
    if (signed.has(id)) return;
    const payment = { ...paymentOf(packet, by, time.now), knew: knows?.() };
    signed.set(id, payment);
    const place = `${payment.allowanceId}:${payment.sequence}`;
    const other = bySequence.get(place);
    bySequence.set(place, id);
    if (other === undefined || parties.get(by)?.dishonest !== false) return;
    report({ invariant: 'one-journal-one-sequence', detail: `${by} signed ${other} and ${id}` });
  }
  function noteAccepted({ paymentId, bytes }: PaymentPacket, phone: Owned, knows: () => Known) {
    const id = hex(paymentId);
    const known = accepted.get(id) ?? [];
    if (known.some((each) => each.phone === phone.name)) return;
    const taken = { id, by: phone.account, at: time.now, phone: phone.name, packet: bytes };
    accepted.set(id, [...known, { ...taken, knew: knows(), lost: false }]);
  }

  return { truth: { signed, accepted }, notePayment, noteAccepted };
}

/** What the bank answers, in the order in which it does, and what was told it. */
function createBankRecords(time: TrueTime) {
  const answers: BankAnswer[] = [];
  const lostTills = new Map<string, number>();
  let batches = 0;
  const answered: Recorder['answered'] = (account, input, answer) => {
    const batch = (batches += 1);
    for (const said of answersOf(input, answer)) {
      answers.push({ ...said, at: time.now, account, batch });
    }
  };
  const lostTill: Recorder['lostTill'] = (account, till) => {
    const name = `${account} ${till}`;
    if (!lostTills.has(name)) lostTills.set(name, time.now);
  };
  return { truth: { answers, lostTills }, verbs: { answered, lostTill } };
}

/** What older clients sign by keys of their wallets. */
function createKeyRecords() {
  const walletKeys: RegisteredKey[] = [];
  const keyPayments = new Map<string, SignedKeyPayment>();
  const verbs: Pick<Recorder, 'signedByKey' | 'walletKey'> = {
    walletKey: (key) => void walletKeys.push(key),
    signedByKey(payment) {
      // Who signs for another's wallet says nothing of what its owner signed.
      const isOwn = payment.by === payment.payer;
      if (isOwn || !keyPayments.has(payment.id)) keyPayments.set(payment.id, payment);
    },
  };
  return { truth: { walletKeys, keyPayments }, verbs };
}

type RefundsMade =
  WalletState['accepted'] extends ReadonlyMap<string, { readonly refunds: infer R }> ? R : never;

function refundsOf(made: RefundsMade, by: string): readonly SignedRefund[] {
  return made.map(({ packet }) => refundOf(hex(packet.refundId), packet.refund.fields, by));
}

function returnsOf({ allowances }: WalletState, by: string): readonly SignedReturn[] {
  return [...allowances.values()].flatMap(({ returned }) => {
    if (returned === undefined) return [];
    const { returnId, allowanceId, return: made } = returned.packet;
    const { lastSequence, totalMinor, head } = made.fields;
    const of = { allowanceId: hex(allowanceId), lastSequence, totalMinor, head: hex(head) };
    return [{ id: hex(returnId), ...of, by }];
  });
}

function answersOf(
  input: BatchInput,
  answer: BatchAnswer,
): readonly Omit<BankAnswer, 'account' | 'at' | 'batch'>[] {
  if (!answer.ok) return [];
  const documents = documentsIn(input.body);
  return answer.value.outcomes.flatMap((said, at) => {
    const document = documents[at];
    if (document === undefined) return [];
    const { result, code, proof_id: proofId, extra } = said;
    const { id: documentId, packet } = document;
    return [{ documentId, result, code, proofId, extra: extra === true, packet, said }];
  });
}

/** What was paid: a request, or a printed code. */
type Asked = RequestPacket | PrintedCodePacket;

const NOTHING: Known = { over: false, revoked: false, late: false, payeeRevoked: false };

/** What a bulletin says against a payment's allowance, and against whom it pays. */
function knownOf(
  { allowance, allowanceId }: PaymentPacket,
  bulletin: Bulletin | undefined,
  asked: Asked | undefined,
): Known {
  if (bulletin === undefined) return NOTHING;
  const { until, suite, publicKey } = allowance.fields;
  const key = keyHash(suite, publicKey);
  const revoked =
    bulletin.revokedAllowances.some((id) => equalBytes(id, allowanceId)) ||
    bulletin.revokedDevices.some((hash) => equalBytes(hash, key));
  const late = asked?.kind === 'request' && bulletin.bankTime > asked.request.fields.until;
  const payee = asked && keyHash(asked.credential.fields.suite, asked.credential.fields.publicKey);
  const payeeRevoked =
    bulletin.revokedDevices.some((hash) => payee !== undefined && equalBytes(hash, payee)) ||
    bulletin.revokedCredentials.some((id) => asked && equalBytes(id, asked.credentialId));
  return { over: bulletin.bankTime > until, revoked, late, payeeRevoked };
}

/** A document in a batch, by its id. */
export interface HandedIn {
  readonly id: string;
  readonly packet: Uint8Array;
  /** A Return that is not of the journal which its allowance names. */
  readonly isForeign: boolean;
}

type Batch = readonly (HandedIn | undefined)[];

/** Of batches that somebody still has: the bank's answer and its books are read by them. */
const readBefore = new WeakMap<Uint8Array, Batch>();

/** A batch's payments, refunds and Returns in their places; undefined for anything else in it. */
export function documentsIn(batch: Uint8Array): Batch {
  const before = readBefore.get(batch);
  if (before !== undefined) return before;
  const decoded = decodeCbor(batch, { maxBytes: MAX_BATCH_BYTES });
  if (!decoded.ok || !Array.isArray(decoded.value)) return [];
  const documents = (decoded.value as readonly unknown[]).map((packet) => {
    return packet instanceof Uint8Array ? handedIn(packet) : undefined;
  });
  readBefore.set(batch, documents);
  return documents;
}

/** A payment, a refund or a Return; undefined for anything else. */
function handedIn(packet: Uint8Array): HandedIn | undefined {
  const decoded = decodePacket(packet);
  if (!decoded.ok) return undefined;
  const { value } = decoded;
  switch (value.kind) {
    case 'payment':
      return { id: hex(value.paymentId), packet, isForeign: false };
    case 'refund':
      return { id: hex(value.refundId), packet, isForeign: false };
    case 'return': {
      const { allowance, return: made } = value;
      const isForeign = !equalBytes(allowance.fields.journalNonce, made.fields.journalNonce);
      return { id: hex(value.returnId), packet, isForeign };
    }
    default:
      return undefined;
  }
}

function paymentOf(packet: PaymentPacket, by: string, at: number): SignedPayment {
  const { fields } = packet.payment;
  return {
    id: hex(packet.paymentId),
    allowanceId: hex(packet.allowanceId),
    sequence: fields.sequence,
    amountMinor: fields.amountMinor,
    spentMinor: fields.spentMinor,
    previous: hex(fields.previous),
    payeeWallet: fields.payeeWallet,
    currency: fields.currency,
    mode: fields.mode,
    bind: hex(fields.bind),
    by,
    at,
    packet: packet.bytes,
    knew: undefined,
  };
}

export function refundOf(
  id: string,
  fields: {
    readonly paymentId: Uint8Array;
    readonly number: number;
    readonly amountMinor: bigint;
    readonly currency: number;
    readonly cumulativeMinor: bigint;
    readonly previous: Uint8Array;
  },
  by: string,
): SignedRefund {
  const { number, amountMinor, currency, cumulativeMinor } = fields;
  const [paymentId, previous] = [hex(fields.paymentId), hex(fields.previous)];
  return { id, paymentId, number, amountMinor, currency, cumulativeMinor, previous, by };
}
