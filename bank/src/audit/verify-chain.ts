import { auditHash, equalBytes, firstHash } from '@sikka/protocol';
import type { Db } from '../db/index.ts';
import { limits } from './limits.ts';
import { readChain, readDifferingHeads, readStates, readUnchainedEvents } from './store/index.ts';
import type { ChainedEvent, KeptCheckpoint } from './store/index.ts';

export const CHAIN_FINDING_CODES = [
  /** A number is skipped. */
  'row_missing',
  /** The row's event is gone. */
  'event_missing',
  /** The hash does not follow from the row before and the event: one of the three was changed. */
  'hash_differs',
  /** An event that is neither chained nor queued: put in, or taken out of the chain. */
  'event_not_chained',
  /** The chain does not end where the sequencer says. */
  'end_differs',
  /** A checkpoint signed another head: rewritten or cut off since. */
  'checkpoint_differs',
] as const;

export interface ChainFinding {
  readonly code: (typeof CHAIN_FINDING_CODES)[number];
  /** The chain's row. */
  readonly n?: number;
  readonly eventId?: bigint;
  /** The checkpoint's number. */
  readonly checkpoint?: number;
}

export interface ChainReport {
  /** Rows read. */
  readonly size: number;
  /** What was found, at most 100; none where the chain is whole. */
  readonly findings: readonly ChainFinding[];
}

/**
 * Recomputes the whole audit chain (spec/log.md §2) and names what does not fit. `kept` are
 * checkpoints that somebody kept outside: only by them is a rewriting found that includes the
 * stored checkpoints. Run it in a `repeatable read` transaction, or it may see a chain in motion.
 */
export async function verifyAuditChain(
  db: Db,
  kept: readonly KeptCheckpoint[] = [],
): Promise<ChainReport> {
  const findings: ChainFinding[] = [];
  let last: { readonly n: number; readonly hash: Uint8Array } = { n: 0, hash: firstHash() };
  for (;;) {
    const rows = await readChain(db, { after: last.n, limit: limits.verifyRows });
    if (rows.length === 0) break;
    for (const row of rows) {
      findings.push(...judgeRow(last, row));
      last = row;
    }
    if (findings.length >= limits.findings) break;
  }
  const { audit } = await readStates(db);
  if (audit.size !== last.n || !equalBytes(audit.head, last.hash)) {
    findings.push({ code: 'end_differs', n: last.n });
  }
  const limit = limits.findings;
  for (const eventId of await readUnchainedEvents(db, limit)) {
    findings.push({ code: 'event_not_chained', eventId });
  }
  for (const no of await readDifferingHeads(db, { kept, limit })) {
    findings.push({ code: 'checkpoint_differs', checkpoint: no });
  }
  return { size: last.n, findings: findings.slice(0, limits.findings) };
}

/** Against the stored hash before it, so that one changed row is not blamed on all after it. */
function judgeRow(
  last: { readonly n: number; readonly hash: Uint8Array },
  { n, eventId, hash, event }: ChainedEvent,
): readonly ChainFinding[] {
  if (n !== last.n + 1) return [{ code: 'row_missing', n: last.n + 1 }];
  if (event === undefined) return [{ code: 'event_missing', n, eventId }];
  if (equalBytes(auditHash(last.hash, { ...event, number: n }), hash)) return [];
  return [{ code: 'hash_differs', n, eventId }];
}
