import type { Db, Tx } from '../../db/index.ts';
import type { PayoutWord } from '../messages.ts';

export type PayoutStatus = 'waiting' | 'sending' | 'sent' | 'settled' | 'rejected';

export interface PayoutRow {
  readonly endToEndId: string;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly status: PayoutStatus;
  readonly messageId: string | null;
}

export async function insertPayout(
  tx: Tx,
  payout: Pick<PayoutRow, 'endToEndId' | 'amountMinor' | 'currency'> & {
    readonly payee: Uint8Array;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into rail_payouts (end_to_end_id, amount_minor, currency, payee, created_at)
     values ($1, $2, $3, $4, $5)`,
    [payout.endToEndId, payout.amountMinor, payout.currency, payout.payee, payout.at],
  );
}

/**
 * Puts what waits in one currency, oldest first, into a message; answers how many that were. What
 * another process is putting into one is left to it.
 */
export async function fillMessage(
  tx: Tx,
  message: { readonly id: string; readonly at: Date; readonly most: number },
): Promise<number> {
  const { rowCount } = await tx.query(
    `with oldest as (
       select currency from rail_payouts where status = 'waiting'
       order by created_at, end_to_end_id limit 1
     ), picked as (
       select end_to_end_id from rail_payouts
       where status = 'waiting' and currency = (select currency from oldest)
       order by created_at, end_to_end_id limit $3
       for update skip locked
     )
     update rail_payouts as p set status = 'sending', message_id = $1, message_at = $2
     from picked where p.end_to_end_id = picked.end_to_end_id and p.status = 'waiting'`,
    [message.id, message.at, message.most],
  );
  return rowCount ?? 0;
}

/** Messages whose files may not be there. */
export async function unsentMessages(
  db: Db,
): Promise<readonly { readonly id: string; readonly at: Date }[]> {
  const { rows } = await db.query<{ id: string; at: Date }>(
    `select distinct message_id as id, message_at as at from rail_payouts
     where status = 'sending' order by at, id`,
  );
  return rows;
}

export interface SealedPayout {
  readonly endToEndId: string;
  readonly amountMinor: bigint;
  readonly currency: number;
  /** Null once it is over. */
  readonly payee: Uint8Array | null;
}

/** Always in the same order: the file is the same each time it is written. */
export async function payoutsOfMessage(db: Db, id: string): Promise<readonly SealedPayout[]> {
  const { rows } = await db.query<SealedPayout>(
    `select end_to_end_id as "endToEndId", amount_minor as "amountMinor", currency, payee
     from rail_payouts where message_id = $1 order by end_to_end_id`,
    [id],
  );
  return rows;
}

export async function markSent(db: Db, id: string): Promise<void> {
  await db.query(
    `update rail_payouts set status = 'sent' where message_id = $1 and status = 'sending'`,
    [id],
  );
}

/** In one order, so that two files about the same payouts never wait for each other in a circle. */
export async function lockPayouts(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PayoutRow>> {
  const { rows } = await tx.query<PayoutRow>(
    `select end_to_end_id as "endToEndId", amount_minor as "amountMinor", currency, status,
            message_id as "messageId"
     from rail_payouts where end_to_end_id = any ($1)
     order by end_to_end_id for update`,
    [ids],
  );
  return new Map(rows.map((row) => [row.endToEndId, row]));
}

export async function endPayout(
  tx: Tx,
  endToEndId: string,
  status: 'settled' | 'rejected',
): Promise<void> {
  await tx.query(`update rail_payouts set status = $2, payee = null where end_to_end_id = $1`, [
    endToEndId,
    status,
  ]);
}

export type WordOutcome = 'settled' | 'rejected' | 'known' | 'open' | 'contradicts' | 'unknown';

export async function insertWord(
  tx: Tx,
  word: Pick<PayoutWord, 'endToEndId' | 'said'> & {
    readonly file: string;
    readonly place: number;
    readonly outcome: WordOutcome;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into rail_payout_news (file, place, end_to_end_id, said, outcome, at)
     values ($1, $2, $3, $4, $5, $6)`,
    [word.file, word.place, word.endToEndId, word.said, word.outcome, word.at],
  );
}

/** Seals anew: `keys` runs them (SealedStatements). No column names the vault: $3 is idle. */
export const SEALED_PAYEES = {
  count: `
    select count(*)::int as count from rail_payouts
    where substring(payee from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select end_to_end_id as key, payee as sealed from rail_payouts
    where substring(payee from 1 for octet_length($1::bytea)) <> $1
      and ($2::text is null or end_to_end_id > $2)
    order by end_to_end_id limit $3 for no key update`,
  put: `
    update rail_payouts set payee = $2
    where end_to_end_id = $1 and $3::text is not null`,
} as const;
