import { decodeCbor, encodeCbor, suiteNumber, suiteOf } from '@sikka/protocol';
import type { CborValue, PublishedIssuerKey, Role } from '@sikka/protocol';
import { WalletError } from '../errors.ts';
import { MAX_APPEND_BYTES } from '../limits.ts';
import type { HandedInOutcome, JournalEntry, JournalEvent } from './entries.ts';

const VERSION = 1;
const ROLES: readonly Role[] = ['payer', 'payee', 'both'];
const RESULTS = ['settled', 'recorded', 'rejected', 'pending'] as const;
const NOTHING = new Uint8Array(0);

/** One row an event: its number in the bytes, its fields out and in. Numbers are never reused. */
type Codecs = {
  readonly [K in JournalEvent['type']]: {
    readonly number: number;
    write(event: Extract<JournalEvent, { type: K }>): readonly CborValue[];
    read(fields: Fields): Extract<JournalEvent, { type: K }>;
  };
};

const CODECS: Codecs = {
  created: {
    number: 1,
    write: ({ nonce }) => [nonce],
    read: (from) => ({ type: 'created', nonce: from.bytes() }),
  },
  'enrolment-sent': {
    number: 2,
    write: ({ role, packet }) => [ROLES.indexOf(role), packet],
    read: (from) => ({
      type: 'enrolment-sent',
      role: pick(ROLES, from.number()),
      packet: from.bytes(),
    }),
  },
  enrolled: {
    number: 3,
    write: ({ till, credential, issuerKeys }) => [
      till,
      credential ?? NOTHING,
      issuerKeys.map(writeIssuerKey),
    ],
    read: (from) => ({
      type: 'enrolled',
      till: from.number(),
      credential: from.optionalBytes(),
      issuerKeys: from.list(readIssuerKey),
    }),
  },
  'allowance-requested': {
    number: 4,
    write: ({ nonce, packet }) => [nonce, packet],
    read: (from) => ({
      type: 'allowance-requested',
      nonce: from.bytes(),
      packet: from.bytes(),
    }),
  },
  'allowance-refused': {
    number: 5,
    write: ({ nonce }) => [nonce],
    read: (from) => ({ type: 'allowance-refused', nonce: from.bytes() }),
  },
  'allowance-received': {
    number: 6,
    write: ({ packet }) => [packet],
    read: (from) => ({ type: 'allowance-received', packet: from.bytes() }),
  },
  paid: {
    number: 7,
    write: ({ packet, shown, request }) => [packet, shown, request],
    read: (from) => ({
      type: 'paid',
      packet: from.bytes(),
      shown: from.bytes(),
      request: from.bytes(),
    }),
  },
  'receipt-received': {
    number: 8,
    write: ({ packet }) => [packet],
    read: (from) => ({ type: 'receipt-received', packet: from.bytes() }),
  },
  returned: {
    number: 9,
    write: ({ packet }) => [packet],
    read: (from) => ({ type: 'returned', packet: from.bytes() }),
  },
  'request-created': {
    number: 10,
    write: ({ packet }) => [packet],
    read: (from) => ({ type: 'request-created', packet: from.bytes() }),
  },
  'requests-expired': {
    number: 11,
    write: ({ requestIds }) => [requestIds],
    read: (from) => ({ type: 'requests-expired', requestIds: from.list((id) => id.bytes()) }),
  },
  'code-printed': {
    number: 12,
    write: ({ packet }) => [packet],
    read: (from) => ({ type: 'code-printed', packet: from.bytes() }),
  },
  accepted: {
    number: 13,
    write: ({ packet, shownHash, receipt }) => [packet, shownHash, receipt],
    read: (from) => ({
      type: 'accepted',
      packet: from.bytes(),
      shownHash: from.bytes(),
      receipt: from.bytes(),
    }),
  },
  refunded: {
    number: 14,
    write: ({ packet }) => [packet],
    read: (from) => ({ type: 'refunded', packet: from.bytes() }),
  },
  contradicted: {
    number: 15,
    write: ({ packet }) => [packet],
    read: (from) => ({ type: 'contradicted', packet: from.bytes() }),
  },
  'handed-in': {
    number: 16,
    write: ({ uploadReceipt, outcomes }) => [uploadReceipt, outcomes.map(writeOutcome)],
    read: (from) => ({
      type: 'handed-in',
      uploadReceipt: from.bytes(),
      outcomes: from.list(readOutcome),
    }),
  },
  'rolled-back': {
    number: 17,
    write: ({ allowanceId, sequence, paymentId }) => [allowanceId, sequence, paymentId],
    read: (from) => ({
      type: 'rolled-back',
      allowanceId: from.bytes(),
      sequence: from.number(),
      paymentId: from.bytes(),
    }),
  },
  withheld: {
    number: 18,
    write: ({ paymentId }) => [paymentId],
    read: (from) => ({ type: 'withheld', paymentId: from.bytes() }),
  },
  'behind-witness': {
    number: 19,
    write: () => [],
    read: () => ({ type: 'behind-witness' }),
  },
};

/** The entry's bytes, `[version, event, at, field …]`: what the journal hashes and encrypts. */
export function encodeEntry({ at, event }: JournalEntry): Uint8Array {
  // The row is the event's own, which the compiler cannot follow through the table.
  const codec = CODECS[event.type] as {
    readonly number: number;
    write(event: JournalEvent): readonly CborValue[];
  };
  return encodeCbor([VERSION, codec.number, at, ...codec.write(event)]);
}

/**
 * The entry again.
 * @throws WalletError `wallet/store_damaged` for what `encodeEntry` did not write.
 */
export function decodeEntry(bytes: Uint8Array): JournalEntry {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_APPEND_BYTES });
  if (!decoded.ok) throw damaged(decoded.detail);
  const fields = fieldsOf(decoded.value);
  if (fields.number() !== VERSION) throw damaged('written by a newer version');
  const number = fields.number();
  const codec = Object.values(CODECS).find((row) => row.number === number);
  if (codec === undefined) throw damaged(`an event of unknown number ${number}`);
  const at = fields.number();
  const event = codec.read(fields);
  fields.end();
  return { at, event };
}

function writeIssuerKey(key: PublishedIssuerKey): CborValue {
  return [key.number, suiteNumber(key.suite), key.publicKey, key.from, key.until];
}

function readIssuerKey(from: Fields): PublishedIssuerKey {
  const number = from.number();
  const suite = suiteOf(from.number());
  if (suite === undefined) throw damaged('a suite');
  const publicKey = from.bytes();
  return { number, suite, publicKey, from: from.number(), until: from.number() };
}

function writeOutcome({ documentId, result, code, proofId, extra }: HandedInOutcome): CborValue {
  return [documentId, RESULTS.indexOf(result), code ?? '', proofId ?? NOTHING, extra];
}

function readOutcome(from: Fields): HandedInOutcome {
  return {
    documentId: from.bytes(),
    result: pick(RESULTS, from.number()),
    code: from.text() || undefined,
    proofId: from.optionalBytes(),
    extra: from.boolean(),
  };
}

/** Takes the items of an array one after the other. */
interface Fields {
  number(): number;
  bytes(): Uint8Array;
  /** Empty bytes stand for nothing. */
  optionalBytes(): Uint8Array | undefined;
  text(): string;
  boolean(): boolean;
  list<T>(read: (item: Fields) => T): readonly T[];
  end(): void;
}

function fieldsOf(value: CborValue): Fields {
  const items: readonly CborValue[] = Array.isArray(value) ? value : [value];
  let next = 0;
  const take = (): CborValue => {
    const item = items[next++];
    if (item === undefined) throw damaged('an entry that is too short');
    return item;
  };
  const takeBytes = (): Uint8Array => {
    const item = take();
    if (item instanceof Uint8Array) return item;
    throw damaged('not bytes');
  };
  return {
    number: () => expectType(take(), 'number'),
    text: () => expectType(take(), 'string'),
    boolean: () => expectType(take(), 'boolean'),
    bytes: takeBytes,
    optionalBytes: () => {
      const bytes = takeBytes();
      return bytes.length === 0 ? undefined : bytes;
    },
    list: (read) => {
      const item = take();
      if (!Array.isArray(item)) throw damaged('not a list');
      return (item as readonly CborValue[]).map((each) => read(fieldsOf(each)));
    },
    end: () => {
      if (next < items.length) throw damaged('an entry that is too long');
    },
  };
}

interface Types {
  readonly number: number;
  readonly string: string;
  readonly boolean: boolean;
}

function expectType<K extends keyof Types>(value: CborValue, type: K): Types[K] {
  if (typeof value !== type) throw damaged(`not a ${type}`);
  return value as unknown as Types[K];
}

function pick<T>(from: readonly T[], index: number): T {
  const found = from[index];
  if (found === undefined) throw damaged('a number outside its table');
  return found;
}

function damaged(what: string): WalletError {
  return new WalletError('wallet/store_damaged', `a journal entry does not decode: ${what}`);
}
