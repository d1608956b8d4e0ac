import { createHash } from 'node:crypto';

/**
 * The hash chain that older clients keep over what they hand in, one a person and device
 * fingerprint (http-api.md, "Wire facts"). It tells a device that forgot or was copied; it never
 * moves money and never keeps a valid payment from its payee, who can hand it in without it.
 */

/** Before the first entry. */
export const GENESIS = '0'.repeat(64);

export type ChainCode =
  | 'LEDGER_INTEGRITY_INCOMPLETE_FIELDS'
  | 'LEDGER_INTEGRITY_INVALID_SEQUENCE'
  | 'LEDGER_INTEGRITY_INVALID_HASH_FORMAT'
  | 'LEDGER_INTEGRITY_PREV_MISMATCH'
  | 'LEDGER_INTEGRITY_SEQUENCE_MISMATCH'
  | 'LEDGER_INTEGRITY_HASH_MISMATCH'
  | 'LEDGER_INTEGRITY_HASH_MISMATCH_FIRST_SEEN_DEVICE';

/** The four fields as they were sent; undefined where one is missing or null. */
export interface ChainFields {
  readonly previous: unknown;
  readonly entry: unknown;
  readonly sequence: unknown;
  readonly canonical: unknown;
}

/** An entry whose fields have their forms. Hashes in lower-case hex. */
export interface ChainEntry {
  readonly sequence: bigint;
  readonly previous: string;
  readonly entry: string;
  /** What is hashed with `previous`; never read. */
  readonly canonical: string;
}

/** The last entry that was taken. */
export interface ChainHead {
  readonly sequence: bigint;
  readonly entry: string;
}

export type ChainReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'entry'; readonly entry: ChainEntry }
  | { readonly kind: 'refused'; readonly code: ChainCode };

/** Sequences are kept as 64-bit numbers; JSON keeps fewer. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const HASH = /^[0-9a-fA-F]{64}$/;

/** The forms of the four fields. None at all is a client that keeps no chain. */
export function readChainFields(fields: ChainFields): ChainReading {
  const { previous, entry, sequence, canonical } = fields;
  const all = [previous, entry, sequence, canonical];
  if (all.every((field) => field === undefined)) return { kind: 'none' };
  if (all.includes(undefined) || typeof canonical !== 'string') {
    return { kind: 'refused', code: 'LEDGER_INTEGRITY_INCOMPLETE_FIELDS' };
  }
  if (typeof sequence !== 'bigint' || sequence < 0n || sequence > MOST) {
    return { kind: 'refused', code: 'LEDGER_INTEGRITY_INVALID_SEQUENCE' };
  }
  if (!isHash(previous) || !isHash(entry)) {
    return { kind: 'refused', code: 'LEDGER_INTEGRITY_INVALID_HASH_FORMAT' };
  }
  return { kind: 'entry', entry: { sequence, previous, entry, canonical } };
}

export type ChainVerdict = 'extends' | ChainCode;

/**
 * Whether an entry follows the head. The first that the bank sees of a device is taken with
 * whatever sequence and previous hash it has, if its own hash fits.
 */
export function judgeEntry(entry: ChainEntry, head: ChainHead | undefined): ChainVerdict {
  const fits = entryHash(entry) === entry.entry.toLowerCase();
  if (head === undefined) {
    return fits ? 'extends' : 'LEDGER_INTEGRITY_HASH_MISMATCH_FIRST_SEEN_DEVICE';
  }
  if (entry.sequence !== head.sequence + 1n) return 'LEDGER_INTEGRITY_SEQUENCE_MISMATCH';
  if (entry.previous.toLowerCase() !== head.entry) return 'LEDGER_INTEGRITY_PREV_MISMATCH';
  return fits ? 'extends' : 'LEDGER_INTEGRITY_HASH_MISMATCH';
}

/** Only what a client that follows the contract cannot send by forgetting something. */
const BLOCKING: ReadonlySet<ChainCode> = new Set([
  'LEDGER_INTEGRITY_HASH_MISMATCH',
  'LEDGER_INTEGRITY_INVALID_HASH_FORMAT',
]);

/** Whether the code blocks the account and opens a review. */
export function blocks(code: ChainCode): boolean {
  return BLOCKING.has(code);
}

/** SHA-256(previous "|" canonical), over the texts as they were sent. */
export function entryHash({ previous, canonical }: Pick<ChainEntry, 'previous' | 'canonical'>) {
  return createHash('sha256').update(`${previous}|${canonical}`, 'utf8').digest('hex');
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}
