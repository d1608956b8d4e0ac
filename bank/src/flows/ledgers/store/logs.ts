import type { Db } from '../../../db/index.ts';

export interface LedgerEvent {
  readonly id: bigint;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly outcome: string;
  /** JSON. */
  readonly details: string;
}

/** What the audit chain says of ledgers, newest first. */
export async function readLedgerEvents(
  db: Db,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<readonly LedgerEvent[]> {
  const { rows } = await db.query<LedgerEvent>(
    `select id, at, actor, action, outcome, details from audit_events
     where action >= 'ledger.' and action < 'ledger/'
     order by id desc limit $1 offset $2`,
    [limit, offset],
  );
  return rows;
}

/** The events of what settled just now, by their subjects. */
export async function readSettledEvents(
  db: Db,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  if (subjects.length === 0) return new Map();
  const { rows } = await db.query<{ readonly subject: string; readonly id: bigint }>(
    `select subject, id from audit_events
     where subject = any ($1::text[]) and action = 'ledger.settled'
       and action >= 'ledger.' and action < 'ledger/'`,
    [subjects],
  );
  return new Map(rows.map(({ subject, id }) => [subject, id]));
}
