import type { Tx } from '../db/index.ts';
import { limits } from './limits.ts';
import { insertEvents } from './store/index.ts';

/** A decision, as it goes into the audit chain (spec/log.md §2). */
export interface AuditEvent {
  /** Who: `account:ayesha`, `system`. 1 to 200 characters. */
  readonly actor: string;
  /** What: `settlement.decided`. 1 to 64 characters. */
  readonly action: string;
  /** To what: `upload:17`. 1 to 200 characters. */
  readonly subject: string;
  /** With which result: `ok`, a code. 1 to 64 characters. */
  readonly outcome: string;
  /** Anything JSON can say, bigints as text; no secrets, no personal data. Default `{}`. */
  readonly details?: unknown;
}

/**
 * Writes events and queues them for the chain, in the caller's transaction: an effect and its
 * event are there together or not at all. One statement. Texts are stored as printable ASCII, any
 * other character as JSON escapes it (`\u0627`), so that every event can be hashed.
 *
 * Throws `RangeError` for text that is empty or too long.
 */
export async function record(tx: Tx, events: readonly AuditEvent[], at: Date): Promise<void> {
  if (events.length === 0) return;
  if (events.length > limits.eventsAtOnce) throw new RangeError('Too many events at once.');
  await insertEvents(
    tx,
    events.map((event) => ({
      actor: auditText(event.actor, limits.nameBytes),
      action: auditText(event.action, limits.wordBytes),
      subject: auditText(event.subject, limits.nameBytes),
      outcome: auditText(event.outcome, limits.wordBytes),
      details: auditDetails(event.details ?? {}),
    })),
    at,
  );
}

/** `details` as the table stores them, for SQL that calls `audit_record` itself. */
export function auditDetails(details: unknown): string {
  const json = JSON.stringify(details, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  ) as string | undefined;
  return auditText(json ?? 'null', limits.detailsBytes);
}

function auditText(text: string, most: number): string {
  const escaped = text.replace(/[^ -~]/g, escapeUnit);
  if (escaped.length < 1 || escaped.length > most) {
    throw new RangeError(`A text of an audit event has 1 to ${most} characters.`);
  }
  return escaped;
}

/** By UTF-16 unit, as JSON does; so it may stand inside a JSON string. */
function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
