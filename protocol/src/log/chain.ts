import { concatBytes, utf8 } from '../bytes.ts';
import { writeCbor } from '../cbor-writer.ts';
import { ProtocolError } from '../errors.ts';
import { sha256 } from '../sha256.ts';

/** One row of the audit log (spec/log.md §2). */
export interface AuditRow {
  /** From 1. */
  readonly number: number;
  /** Seconds. */
  readonly time: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
  /** JSON exactly as stored. */
  readonly details: string;
}

const AUDIT_DOMAIN = utf8('sikka/audit/v1');
const JOURNAL_DOMAIN = utf8('sikka/journal/v1');
const HASH_BYTES = 32;

/** The hash before the first row or entry: 32 zero bytes. */
export function firstHash(): Uint8Array {
  return new Uint8Array(HASH_BYTES);
}

/**
 * The hash of an audit row, over that of the row before. Texts are hashed as they are stored: the
 * profile's rules for text are for documents.
 * @throws ProtocolError `malformed` if `previous` is not 32 bytes.
 */
export function auditHash(previous: Uint8Array, row: AuditRow): Uint8Array {
  const { number, time, actor, action, subject, outcome, details } = row;
  const fields = [number, time, actor, action, subject, outcome, details];
  const bytes = writeCbor(fields, () => true);
  return chainHash(AUDIT_DOMAIN, previous, bytes);
}

/**
 * The hash of a wallet's journal entry, over that of the entry before (spec/journal.md).
 * @throws ProtocolError `malformed` if `previous` is not 32 bytes.
 */
export function journalHash(previous: Uint8Array, entry: Uint8Array): Uint8Array {
  return chainHash(JOURNAL_DOMAIN, previous, entry);
}

function chainHash(domain: Uint8Array, previous: Uint8Array, bytes: Uint8Array): Uint8Array {
  // The one field of variable length comes last, so no two inputs read alike.
  if (previous.length !== HASH_BYTES) throw new ProtocolError('malformed', 'a hash has 32 bytes');
  return sha256(concatBytes(domain, previous, bytes));
}
