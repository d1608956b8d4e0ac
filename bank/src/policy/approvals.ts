import { createHash } from 'node:crypto';
import { auditDetails, record } from '../audit/index.ts';
import type { Caller } from '../caller.ts';
import type { Db, Tx } from '../db/index.ts';
import { limits } from './limits.ts';
import { closeProposal, insertApproval, lockProposal, readAgreed, readOpen } from './store.ts';

/** One act that is only done when two people want exactly the same. */
export interface Act {
  /** What: `offline_policy`, `funding`. 2 to 41 characters, `a-z` and underscore. */
  readonly kind: string;
  /** To what: `country:PK`, `review:17`. 1 to 200 bytes. */
  readonly subject: string;
  /** All that decides what will be done, amounts as bigint or text; as JSON at most 4 KiB. */
  readonly content: Readonly<Record<string, unknown>>;
  /** Absent only in a demo, where rows may be open. */
  readonly caller: Caller | undefined;
  /** Nobody ever wants exactly this twice: asking again after a lost answer begins nothing anew. */
  readonly once?: true;
  readonly now: Date;
}

/** The approval's number, which the act's audit event names. */
export interface Agreement {
  readonly agreed: boolean;
  /** Of an act that is wanted `once`: it was agreed to, and done, before. */
  readonly done?: true;
  readonly approval: bigint;
}

/** A proposal that waits for a second person. */
export interface Approval {
  readonly id: bigint;
  readonly kind: string;
  readonly subject: string;
  /** JSON, exactly what a second person has to ask for. */
  readonly content: string;
  /** The public id; undefined for somebody without a token in a demo. */
  readonly proposedBy: string | undefined;
  readonly proposedAt: Date;
}

/**
 * Four eyes: the first call proposes, the same call by another person is the approval. In the
 * transaction that does the act, so that what was agreed to is done once. The same person asking
 * again goes on waiting; another content is another proposal. A proposal counts for
 * `limits.proposalDays`, and only while who made it is not blocked.
 *
 * `alone`: in a demo one person is enough, and the approval says so.
 */
export async function agree(
  tx: Tx,
  act: Act,
  { alone }: { readonly alone: boolean },
): Promise<Agreement> {
  const content = exactText(act.content);
  const { kind, subject, caller, now } = act;
  if (caller === undefined && !alone) throw new Error('Nobody is asking.');
  const sha256 = digestOf(content);
  const by = caller?.accountId;
  const proposal = { kind, subject, content, sha256, by, at: now };
  const since = new Date(now.getTime() - limits.proposalDays * 86_400_000);
  const open = await lockProposal(tx, proposal, since);
  if (open?.counts === true && by !== undefined && open.by !== by) {
    await closeProposal(tx, open.id, { outcome: 'approved', by, at: now });
    return tell(tx, act, { agreed: true, approval: open.id });
  }
  if (open !== undefined && (!open.counts || alone)) {
    await closeProposal(tx, open.id, { outcome: 'withdrawn', by: undefined, at: now });
  } else if (open !== undefined) {
    return { agreed: false, approval: open.id };
  }
  const before = act.once === true ? await readAgreed(tx, proposal) : undefined;
  if (before !== undefined) return { agreed: false, done: true, approval: before };
  const approval = await insertApproval(tx, { ...proposal, outcome: openOutcome(alone) });
  // Somebody else proposed the same at this moment: theirs is there now.
  if (approval === undefined) return agree(tx, act, { alone });
  return tell(tx, act, { agreed: alone, approval });
}

/** What waits for a second person, oldest first, at most `limit`. */
export async function openApprovals(db: Db, limit: number): Promise<readonly Approval[]> {
  return readOpen(db, limit);
}

function openOutcome(alone: boolean): 'approved_alone' | undefined {
  return alone ? 'approved_alone' : undefined;
}

async function tell(tx: Tx, act: Act, agreement: Agreement): Promise<Agreement> {
  const { kind, subject, caller, now } = act;
  const event = {
    actor: caller === undefined ? 'demo' : `account:${caller.account}`,
    action: agreement.agreed ? 'approval.agreed' : 'approval.proposed',
    subject: `approval:${agreement.approval}`,
    outcome: 'ok',
    details: { kind, subject, content: act.content },
  };
  await record(tx, [event], now);
  return agreement;
}

function digestOf(content: string): Uint8Array {
  return createHash('sha256').update(content).digest();
}

/** The same text for the same content, in whatever order its members were written. */
function exactText(content: Act['content']): string {
  const text = auditDetails(sorted(content));
  if (text.length > limits.contentBytes) throw new RangeError('An act this large.');
  return text;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}
