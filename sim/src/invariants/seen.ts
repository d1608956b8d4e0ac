import { decodePacketOfKind, equalBytes } from '@sikka/protocol';
import type { AllowanceView, BankView, RefundView, ReturnView, SettledView } from '../bank/port.ts';
import { documentsIn } from '../recorder.ts';
import type { Paid, Terms } from '../reference/model.ts';
import { signingKey } from '../reference/signature.ts';
import type { SigningKey } from '../reference/signature.ts';
import type { Truth } from '../truth.ts';

/** What the invariants remember from one event to the next. */
export interface Seen {
  /** By document id: when bytes with it were first stored. */
  readonly receivedAt: Map<string, number>;
  /** The same, of uploads that are decided by now. */
  readonly decidedAt: Map<string, number>;
  /** The same, of payments byte for byte as they were signed: no copy that somebody spoilt. */
  readonly genuineAt: Map<string, number>;
  /** By allowance id. */
  readonly terms: Map<string, Terms>;
  /** By payment id. */
  readonly settled: Map<string, SettledView>;
  readonly rejected: Map<string, string>;
  /** By proof id. */
  readonly proofs: Set<string>;
  readonly returns: Map<string, ReturnView>;
  /** Handed in, and not of the journal that their allowance names. */
  readonly foreignReturns: Set<string>;
  /** Allowances under an open accusation at the last look. */
  accused: ReadonlySet<string>;
  /** Settled orders as they stood at the last look, by id. */
  readonly orders: Map<string, string>;
  /** Released before, by allowance id. */
  readonly released: Map<string, bigint>;
  /** First final answers, by document id. */
  readonly answers: Map<string, string>;
  uploadsRead: number;
  undecided: readonly number[];
  answersRead: number;
  answersChecked: number;
  answersCompared: number;
  /** Of the look before; nothing can have been decided earlier since. */
  lookedAt: number;
  refundAnswersRead: number;
  /** As of the last look. */
  refundsDone: readonly RefundView[];
  /** Ids of refunds that were answered for good. */
  readonly refundsAnswered: Set<string>;
  /** `phone id` of payments whose signature was checked. */
  readonly acceptedChecked: Set<string>;
  /** By allowance id: whose signature counts under it. */
  readonly keys: Map<string, SigningKey>;
  /** Ids of documents whose signature was found good, by the packet's bytes. */
  readonly signed: Map<string, string>;
}

export function createSeen(): Seen {
  return {
    receivedAt: new Map(),
    decidedAt: new Map(),
    genuineAt: new Map(),
    terms: new Map(),
    settled: new Map(),
    rejected: new Map(),
    proofs: new Set(),
    returns: new Map(),
    foreignReturns: new Set(),
    accused: new Set(),
    orders: new Map(),
    released: new Map(),
    answers: new Map(),
    uploadsRead: 0,
    undecided: [],
    answersRead: 0,
    answersChecked: 0,
    answersCompared: 0,
    lookedAt: 0,
    refundAnswersRead: 0,
    refundsDone: [],
    refundsAnswered: new Set(),
    acceptedChecked: new Set(),
    keys: new Map(),
    signed: new Map(),
  };
}

/** One look at everything. */
export interface Look {
  readonly truth: Truth;
  readonly view: BankView;
  readonly seen: Seen;
  /** What settled with the last sequence that its allowance lets, by allowance id. */
  readonly lastSettled: ReadonlyMap<string, SettledView>;
  /** Allowances with a proof under them. */
  readonly proved: ReadonlySet<string>;
  /** Everybody has handed in everything and every claim window is over. */
  readonly atEnd: boolean;
}

type Looking = Pick<Look, 'atEnd' | 'seen' | 'truth' | 'view'>;

/** Reads what is new since the last look, and puts together what several checks ask. */
export function lookAt(looking: Looking): Look {
  readNew(looking);
  const { view, seen } = looking;
  const lastSettled = new Map<string, SettledView>();
  for (const row of view.settled) {
    const terms = seen.terms.get(row.allowanceId);
    const isLast = row.sequence === (terms?.firstSequence ?? 0) + (terms?.count ?? 0) - 1;
    if (isLast && !lastSettled.has(row.allowanceId)) lastSettled.set(row.allowanceId, row);
  }
  const proved = new Set(view.proofs.map(({ allowanceId }) => allowanceId));
  return { ...looking, lastSettled, proved };
}

/** Reads uploads and allowances that are new, and uploads that are decided since. */
function readNew({ truth, view, seen }: Looking): void {
  const undecided: number[] = [];
  const fresh = view.uploads.slice(seen.uploadsRead).map((_, at) => at + seen.uploadsRead);
  for (const at of [...seen.undecided, ...fresh]) {
    const upload = view.uploads[at];
    if (upload === undefined) continue;
    const { receivedAt, decided } = upload;
    for (const document of documentsIn(upload.bytes)) {
      if (document === undefined) continue;
      const { id, packet, isForeign } = document;
      noteEarlier(seen.receivedAt, id, receivedAt);
      if (isForeign) seen.foreignReturns.add(id);
      if (!decided) continue;
      noteEarlier(seen.decidedAt, id, receivedAt);
      const made = truth.signed.get(id)?.packet;
      if (made !== undefined && equalBytes(made, packet))
        noteEarlier(seen.genuineAt, id, receivedAt);
    }
    if (!upload.decided) undecided.push(at);
  }
  seen.undecided = undecided;
  seen.uploadsRead = view.uploads.length;
  for (const allowance of view.allowances) {
    if (seen.terms.has(allowance.id)) continue;
    const { terms, key } = termsOf(allowance);
    seen.terms.set(allowance.id, terms);
    if (key !== undefined) seen.keys.set(allowance.id, key);
  }
}

function noteEarlier(times: Map<string, number>, id: string, at: number): void {
  const before = times.get(id);
  if (before === undefined || at < before) times.set(id, at);
}

function termsOf({ id, packet }: AllowanceView) {
  const decoded = decodePacketOfKind('document', packet);
  if (!decoded.ok || decoded.value.document.fields.type !== 'allowance') {
    throw new Error('The bank keeps an allowance that is none.');
  }
  const { fields } = decoded.value.document;
  const { limitMinor, perPaymentMinor, count, firstSequence, claimUntil } = fields;
  const { suite, publicKey, currency } = fields;
  const numbers = { count, firstSequence, claimUntil };
  const terms: Terms = { id, currency, limitMinor, perPaymentMinor, ...numbers };
  return { terms, key: signingKey(suite, publicKey) };
}

/** What stands settled, as it was signed, by allowance. */
export function settledByAllowance({ truth, view }: Look): ReadonlyMap<string, readonly Paid[]> {
  const groups = new Map<string, Paid[]>();
  for (const { id, allowanceId } of view.settled) {
    const payment = truth.signed.get(id);
    if (payment === undefined) continue;
    const group = groups.get(allowanceId) ?? [];
    group.push(payment);
    groups.set(allowanceId, group);
  }
  return groups;
}
