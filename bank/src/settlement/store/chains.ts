import type { Db } from '../../db/index.ts';
import type { AskedRange, SettledPayment } from '../facts.ts';
import { packNumbers } from './packing.ts';
import type { SettledRow } from './rows.ts';
import { SETTLED_COLUMNS, settledOf } from './rows.ts';

/** Settled payments in each range, by allowance and sequence. */
export async function readClaimed(
  db: Db,
  ranges: readonly AskedRange[],
): Promise<readonly SettledPayment[]> {
  if (ranges.length === 0) return [];
  const { rows } = await db.query<SettledRow>(
    `select ${SETTLED_COLUMNS}
      from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as r (no, lowest, highest)
      join settled_payments on allowance_no = r.no and sequence between r.lowest and r.highest`,
    packRanges(ranges),
  );
  return rows.map(settledOf);
}

/**
 * Settled payments by allowance and sequence. Around each range: the nearest before it, everything
 * in it, the nearest after it. Three index scans a range, so a batch costs by its allowances and
 * not by its payments.
 */
export async function readChains(
  db: Db,
  ranges: readonly AskedRange[],
): Promise<ReadonlyMap<bigint, readonly SettledPayment[]>> {
  if (ranges.length === 0) return new Map();
  const { rows } = await db.query<SettledRow>(
    `select s.*
      from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as r (no, lowest, highest)
      cross join lateral (
        (select ${SETTLED_COLUMNS} from settled_payments
          where allowance_no = r.no and sequence < r.lowest order by sequence desc limit 1)
        union all
        (select ${SETTLED_COLUMNS} from settled_payments
          where allowance_no = r.no and sequence between r.lowest and r.highest)
        union all
        (select ${SETTLED_COLUMNS} from settled_payments
          where allowance_no = r.no and sequence > r.highest order by sequence limit 1)
      ) as s
      order by s.allowance_no, s.sequence`,
    packRanges(ranges),
  );
  const chains = new Map<bigint, SettledPayment[]>();
  for (const row of rows) {
    const chain = chains.get(row.allowance_no) ?? [];
    if (chain.at(-1)?.sequence !== row.sequence) chain.push(settledOf(row));
    chains.set(row.allowance_no, chain);
  }
  return chains;
}

function packRanges(ranges: readonly AskedRange[]): readonly string[] {
  return [
    packNumbers(ranges.map(({ no }) => no)),
    packNumbers(ranges.map(({ lowest }) => lowest)),
    packNumbers(ranges.map(({ highest }) => highest)),
  ];
}
