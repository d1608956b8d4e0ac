import type { Db } from '../../db/index.ts';
import { limits } from './limits.ts';
import { readLedgerEvents } from './store/logs.ts';

/** What the audit chain says of ledgers, newest first, as older pages read it. */
export async function listLedgerEvents(
  db: Db,
  query: { readonly limit?: string; readonly offset?: string },
) {
  const limit = Number(query.limit ?? limits.logs);
  const offset = Number(query.offset ?? 0);
  const events = await readLedgerEvents(db, { limit, offset });
  const logs = events.map(({ id, at, actor, action, outcome, details: text }) => {
    // Written by `record`, so it is an object.
    const details = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const txnId = details['txn_id'];
    return {
      ...{ log_id: String(id), actor, action, status: outcome, details },
      txn_id: typeof txnId === 'string' ? txnId : null,
      timestamp: at.toISOString(),
    };
  });
  return { logs, count: logs.length, limit, offset };
}
