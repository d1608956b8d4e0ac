import type { LogEntry } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import type { LogWalk } from '../log-walk.ts';
import { rowsOf } from '../snapshot.ts';

/** A settled payment's place among the leaves. */
export interface PlacedRow {
  /** Whose row it is. */
  readonly named_by: 'settled_payments' | 'settled_key_payments' | 'settled_orders';
  readonly batch_id: bigint;
  readonly ordinal: number;
  /** Payments that the batch says it settled; null where there is no such batch. */
  readonly batch_settled: number | null;
  /** Null where the batch is not in the log. */
  readonly first_position: bigint | null;
  readonly count: number | null;
  /** Null where the batch does not wait for the log. */
  readonly waiting: number | null;
}

/** A settled payment, and the leaf that its evidence asks for. */
export interface Leaf {
  readonly row: PlacedRow;
  readonly entry: LogEntry;
}

/** Walks settled payments in the order of the log, batch by batch. */
export interface BatchWalk {
  /** The next payment, with the leaf that it has to be. */
  place(row: PlacedRow, entry: LogEntry): Promise<void>;
  end(): Promise<void>;
}

export function createBatchWalk(page: Page, log: LogWalk): BatchWalk {
  let batch: { readonly first: PlacedRow; rows: number } | undefined;
  const close = () => {
    if (batch !== undefined) closeBatch(page, batch.first, batch.rows);
    batch = undefined;
  };
  return {
    place: async (row, entry) => {
      if (batch?.first.batch_id !== row.batch_id) {
        close();
        batch = { first: row, rows: 0 };
        openBatch(page, row, log.size());
      }
      if (row.ordinal !== batch.rows) {
        const what = 'a payment of the batch is missing, or there twice';
        const key = { batch_id: row.batch_id, ordinal: row.ordinal };
        const table = row.named_by;
        page.wrong({ table, key, what, expected: `ordinal ${batch.rows}`, found: row.ordinal });
      }
      batch.rows = row.ordinal + 1;
      if (row.first_position === null) return;
      page.saw();
      await log.append(entry);
    },
    end: async () => close(),
  };
}

function openBatch(page: Page, row: PlacedRow, size: number): void {
  const key = { batch_id: row.batch_id };
  const isLogged = row.first_position !== null;
  if (isLogged === (row.waiting !== null)) {
    const what = isLogged
      ? 'a batch is in the log and waits for it as well'
      : 'a batch that settled payments is neither in the log nor waiting for it';
    page.wrong({ table: 'log_batches', key, what, expected: 'one of them', found: row.waiting });
  }
  if (row.first_position === null) {
    page.note('settled batches waiting for their place');
    return;
  }
  const what = 'the batch does not begin where the one before it ends';
  page.same({ table: 'log_batches', key, what, expected: size, found: row.first_position });
}

function closeBatch(page: Page, first: PlacedRow, rows: number): void {
  const key = { batch_id: first.batch_id };
  const placed = first.count ?? first.waiting ?? rows;
  const table = first.count === null ? 'log_pending' : 'log_batches';
  const what = 'the batch has not as many payments as it was logged with';
  if (!page.same({ table, key, what, expected: placed, found: rows })) return;
  page.same({
    table: 'settlement_batches',
    key: { id: first.batch_id },
    what: 'the batch has not as many payments as it settled',
    expected: first.batch_settled,
    found: rows,
  });
}

/** Batches of which no payment is left, which the walk over payments cannot see. */
export async function auditLogEnds({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('log');
  for await (const row of rowsOf<EmptyBatch>(snapshot, EMPTY_BATCHES)) {
    page.wrong({
      table: row.named_by,
      key: { batch_id: row.batch_id },
      what: 'every payment of this batch is gone',
      expected: `${row.count} payments`,
      found: 0,
    });
  }
}

interface EmptyBatch {
  readonly batch_id: bigint;
  readonly named_by: string;
  readonly count: number;
}

const EMPTY_BATCHES = `
  select n.batch_id, n.named_by, n.count
  from (
    select batch_id, 'log_batches' as named_by, count from log_batches
    union all
    select batch_id, 'log_pending', count from log_pending
    union all
    select id, 'settlement_batches', settled from settlement_batches where settled > 0
  ) as n
  where not exists (select from settled_payments as s where s.batch_id = n.batch_id)
    and not exists (select from settled_key_payments as k where k.batch_id = n.batch_id)
    and not exists (select from settled_orders as o where o.batch_id = n.batch_id)
  order by n.batch_id, n.named_by`;
