import { MAX_COUNTER } from '../limits.ts';
import * as is from './field-kinds.ts';
import type { FieldKinds } from './field-kinds.ts';
import type { DocumentsByType, DocumentType } from './types.ts';

/** How one type of document is written and read (spec/documents.md §2). */
export interface Shape<T extends { readonly type: DocumentType }> {
  readonly number: number;
  /** The document whose id is part of what is signed. */
  readonly parent: DocumentType | undefined;
  /** In payload order, after type and version. */
  readonly fields: FieldKinds<Omit<T, 'type'>>;
  /** Says what is wrong between fields (spec/documents.md §4). */
  readonly check?: (fields: T) => string | undefined;
}

/** The table of spec/documents.md §2: a row here is a row there. */
export const SHAPES: { readonly [K in DocumentType]: Shape<DocumentsByType[K]> } = {
  enrolment: {
    number: 1,
    parent: undefined,
    fields: {
      bank: is.text(32),
      account: is.text(64),
      challenge: is.bytes(32),
      suite: is.suite,
      publicKey: is.publicKey,
      ecdhKey: is.optionalEcdhKey,
      role: is.role,
      time: is.time,
    },
  },
  credential: {
    number: 2,
    parent: undefined,
    fields: {
      issuerKey: is.issuerKeyNumber,
      serial: is.counter,
      wallet: is.wallet,
      name: is.name,
      town: is.town,
      suite: is.suite,
      publicKey: is.publicKey,
      mode: is.mode,
      till: is.counter,
      ecdhKey: is.optionalEcdhKey,
      currency: is.currency,
      from: is.time,
      until: is.time,
      minVersion: is.counter,
    },
    check: ({ from, until, mode, ecdhKey }) => {
      if (from > until) return 'from > until';
      const fits = (mode === 'static') === (ecdhKey !== undefined);
      return fits ? undefined : 'the ECDH key does not fit the mode';
    },
  },
  'allowance-request': {
    number: 3,
    parent: undefined,
    fields: {
      bank: is.text(32),
      account: is.text(64),
      keyHash: is.bytes(32),
      journalNonce: is.bytes(8),
      amountMinor: is.positiveAmount,
      currency: is.currency,
      challenge: is.bytes(32),
    },
  },
  allowance: {
    number: 4,
    parent: undefined,
    fields: {
      issuerKey: is.issuerKeyNumber,
      serial: is.counter,
      suite: is.suite,
      publicKey: is.publicKey,
      journalNonce: is.bytes(8),
      currency: is.currency,
      limitMinor: is.positiveAmount,
      perPaymentMinor: is.positiveAmount,
      count: is.countFromOne,
      firstSequence: is.countFromOne,
      from: is.time,
      until: is.time,
      claimUntil: is.time,
      policyEpoch: is.counter,
      minVersion: is.counter,
    },
    check: ({ limitMinor, perPaymentMinor, count, firstSequence, from, until, claimUntil }) => {
      if (perPaymentMinor > limitMinor) return 'per payment > limit';
      if (firstSequence + count - 1 > MAX_COUNTER) return 'a last sequence beyond 2^31 − 1';
      if (from > until) return 'from > until';
      return until > claimUntil ? 'until > claim until' : undefined;
    },
  },
  request: {
    number: 5,
    parent: 'credential',
    fields: {
      currency: is.currency,
      amountMinor: is.openAmount,
      ecdhKey: is.ecdhKey,
      until: is.time,
      mode: is.dynamicMode,
      bulletinVersion: is.counter,
    },
  },
  payment: {
    number: 6,
    parent: 'allowance',
    fields: {
      sequence: is.countFromOne,
      amountMinor: is.amount,
      currency: is.currency,
      spentMinor: is.amount,
      previous: is.id,
      payeeWallet: is.wallet,
      mode: is.mode,
      bind: is.id,
      salt: is.bytes(16),
      claimedAt: is.time,
    },
    check: ({ spentMinor, amountMinor }) =>
      spentMinor < amountMinor ? 'spent < amount' : undefined,
  },
  receipt: {
    number: 7,
    parent: 'credential',
    fields: {
      paymentId: is.id,
      amountMinor: is.positiveAmount,
      verdict: is.acceptedVerdict,
      time: is.time,
      bulletinVersion: is.counter,
    },
  },
  'upload-receipt': {
    number: 8,
    parent: undefined,
    fields: {
      issuerKey: is.issuerKeyNumber,
      sha256: is.bytes(32),
      uploader: is.text(64),
      receivedAt: is.time,
    },
  },
  'settlement-receipt': {
    number: 9,
    parent: undefined,
    fields: {
      issuerKey: is.issuerKeyNumber,
      paymentId: is.id,
      allowanceId: is.id,
      amountMinor: is.positiveAmount,
      currency: is.currency,
      payeeWallet: is.wallet,
      settledAt: is.time,
      logId: is.bytes(32),
      position: is.uint(),
    },
  },
  refund: {
    number: 10,
    parent: 'credential',
    fields: {
      paymentId: is.id,
      number: is.countFromOne,
      amountMinor: is.positiveAmount,
      currency: is.currency,
      cumulativeMinor: is.positiveAmount,
      previous: is.id,
    },
    check: ({ amountMinor, cumulativeMinor }) =>
      cumulativeMinor < amountMinor ? 'cumulative < amount' : undefined,
  },
  return: {
    number: 11,
    parent: 'allowance',
    fields: {
      lastSequence: is.counter,
      totalMinor: is.amount,
      head: is.id,
      journalNonce: is.bytes(8),
    },
  },
  bulletin: {
    number: 12,
    parent: undefined,
    fields: {
      issuerKey: is.issuerKeyNumber,
      version: is.countFromOne,
      previous: is.id,
      bankTime: is.time,
      nextDue: is.time,
      revokedAllowances: is.list(is.id),
      revokedDevices: is.list(is.bytes(32)),
      revokedCredentials: is.list(is.id),
      issuerKeys: is.knownSuites(is.publishedIssuerKey),
      policyEpochs: is.list(is.policyEpoch),
      minVersion: is.counter,
      suites: is.knownSuites(is.suite),
    },
  },
  checkpoint: {
    number: 13,
    parent: undefined,
    fields: {
      issuerKey: is.issuerKeyNumber,
      logId: is.bytes(32),
      logSize: is.uint(),
      logRoot: is.bytes(32),
      auditSize: is.uint(),
      auditHead: is.bytes(32),
      time: is.time,
      previous: is.id,
    },
  },
};

/** Every document type, in the order of their numbers. */
export const DOCUMENT_TYPES = Object.keys(SHAPES) as readonly DocumentType[];

const BY_NUMBER = new Map(DOCUMENT_TYPES.map((type) => [SHAPES[type].number, type]));

/** The document type of a number in a payload; undefined where the table has none. */
export function documentTypeOf(number: number): DocumentType | undefined {
  return BY_NUMBER.get(number);
}
