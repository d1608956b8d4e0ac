import { hex } from '@sikka/protocol';
import { auditDetails } from '../../audit/index.ts';
import type { Decision } from '../decide/index.ts';
import type { Posting } from '../post.ts';

/**
 * One event for the batch, which commits to every answer; one for each proof, and one for each
 * ledger's transaction, which is what its people may ask the bank for.
 */
export function eventsOf({ decision, proofs, actor, sha256, outcomesDigest }: Posting) {
  const { hearing, settled, settledKeys, settledOrders, returned, refunded, rejected } = decision;
  const decided = {
    actor,
    action: 'settlement.decided',
    subject: `upload:${hearing.uploadId}`,
    outcome: 'decided',
    details: {
      sha256: hex(sha256),
      outcomes: hex(outcomesDigest),
      settled: settled.length + settledKeys.length + settledOrders.length,
      recorded: returned.length + refunded.length,
      rejected: rejected.length,
    },
  };
  const proved = proofs.map(({ id, verdict, terms }) => ({
    actor,
    action: 'settlement.equivocation_proved',
    subject: `allowance:${terms.no}`,
    outcome: verdict,
    details: { proof: hex(id), device: terms.deviceNo, account: terms.accountId },
  }));
  const events = [decided, ...proved, ...entryEvents(decision, actor)];
  return [
    events.map((event) => event.actor),
    events.map((event) => event.action),
    events.map((event) => event.subject),
    events.map((event) => event.outcome),
    events.map((event) => auditDetails(event.details)),
  ];
}

function entryEvents({ hearing, entries, conflicts }: Decision, actor: string) {
  const told = entries.map(({ documentId, txnId, amount, code }) => ({
    actor,
    action: code === 'acceptable' ? 'ledger.settled' : 'ledger.refused',
    subject: `txn:${hex(documentId)}`,
    outcome: code,
    details: { txn_id: txnId, amount, upload: hearing.uploadId },
  }));
  const named = conflicts.map(({ first, second }) => ({
    actor,
    action: 'ledger.conflict',
    subject: `txn:${hex(second)}`,
    outcome: 'order_conflict',
    details: { first: hex(first), upload: hearing.uploadId },
  }));
  return [...told, ...named];
}
