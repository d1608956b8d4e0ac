import type { Db, Tx } from '../../db/index.ts';
import type { NewEvent, StoredEvent } from '../events/kinds.ts';
import { milliseconds } from './times.ts';

export interface Sequencer {
  /** The last number given. */
  readonly seq: bigint;
  /** Events up to here are deleted. */
  readonly purged: bigint;
}

/** Holds the sequencer until the transaction ends: one at a time numbers events. */
export async function lockSequencer(tx: Tx): Promise<Sequencer> {
  const { rows } = await tx.query<Sequencer>(`select seq, purged from event_sequencer for update`);
  return oneOf(rows);
}

export async function readSequencer(db: Db): Promise<Sequencer> {
  const { rows } = await db.query<Sequencer>(`select seq, purged from event_sequencer`);
  return oneOf(rows);
}

function oneOf(rows: readonly Sequencer[]): Sequencer {
  const [row] = rows;
  if (row === undefined) throw new Error('event_sequencer has lost its row.');
  return row;
}

export async function advanceSequencer(tx: Tx, to: bigint): Promise<void> {
  await tx.query(`update event_sequencer set seq = $1`, [to]);
}

/** An effect that was announced: the row of that topic. */
export interface Announced {
  readonly id: bigint;
  readonly topic: 'transfer' | 'settlement' | 'account' | 'wallet' | 'review';
  readonly key: bigint;
  readonly at: Date;
}

/** A quick look, so that a quiet bank pays next to nothing. */
export async function isAnythingAnnounced(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ any: boolean }>(
    `select exists (select from event_outbox) as any`,
  );
  return rows[0]?.any === true;
}

/** Takes announcements out of the outbox, in the order in which they were written. */
export async function takeAnnounced(tx: Tx, most: number): Promise<readonly Announced[]> {
  const { rows } = await tx.query<Announced>(
    `delete from event_outbox
       where id in (select id from event_outbox order by id limit $1)
       returning id, topic, key, at`,
    [most],
  );
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Under the sequencer's lock: from then on nothing is written for those whose time is over. */
export async function lapseInterest(tx: Tx): Promise<void> {
  await tx.query(`delete from event_interest where until < notify_now()`);
}

/** The accounts that want events: streams lately open, and webhooks. */
export async function readInterested(tx: Tx): Promise<readonly bigint[]> {
  const { rows } = await tx.query<{ account_id: bigint }>(
    `select account_id from event_interest
     union
     select account_id from webhooks where disabled_at is null`,
  );
  return rows.map((row) => row.account_id);
}

/** True where it was still there; it then lasts longer. */
export async function extendInterest(
  db: Db,
  { accountId, lastsMs }: { readonly accountId: bigint; readonly lastsMs: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update event_interest set until = greatest(until, notify_now() + $2::interval)
       where account_id = $1`,
    [accountId, milliseconds(lastsMs)],
  );
  return rowCount === 1;
}

export async function insertInterest(
  tx: Tx,
  interest: { readonly accountId: bigint; readonly since: bigint; readonly lastsMs: number },
): Promise<void> {
  await tx.query(
    `insert into event_interest (account_id, since, until)
       values ($1, $2, notify_now() + $3::interval)
     on conflict (account_id) do update set until = greatest(event_interest.until, excluded.until)`,
    [interest.accountId, interest.since, milliseconds(interest.lastsMs)],
  );
}

/** The number after which none of this account's events is missing. */
export async function readSince(db: Db, accountId: bigint): Promise<bigint | undefined> {
  const { rows } = await db.query<{ since: bigint }>(
    `select since from event_interest where account_id = $1`,
    [accountId],
  );
  return rows[0]?.since;
}

export async function insertEvents(
  tx: Tx,
  events: readonly (NewEvent & { readonly seq: bigint })[],
): Promise<void> {
  await tx.query(
    `insert into events (seq, account_id, kind, data, at)
     select e.seq, e.account_id, e.kind, e.data, e.at
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::jsonb[], $5::timestamptz[])
       as e (seq, account_id, kind, data, at)`,
    [
      events.map(({ seq }) => seq),
      events.map(({ accountId }) => accountId),
      events.map(({ kind }) => kind),
      events.map(({ data }) => JSON.stringify(data)),
      events.map(({ at }) => at),
    ],
  );
}

/** One delivery for each webhook that wants the event; after number `after`. */
export async function insertDeliveries(tx: Tx, after: bigint): Promise<void> {
  await tx.query(
    `insert into webhook_deliveries (webhook_id, event_seq, next_at)
     select w.id, e.seq, notify_now()
     from events as e
     join webhooks as w
       on w.account_id = e.account_id and e.kind = any (w.kinds) and w.disabled_at is null
     where e.seq > $1
     order by e.seq`,
    [after],
  );
}

export interface Reader {
  readonly accountId: bigint;
  /** The last number seen. */
  readonly after: bigint;
}

/** What each reader has not seen, in order, up to number `top`; at most `most` for each. */
export async function readEvents(
  db: Db,
  readers: readonly Reader[],
  ask: { readonly top: bigint; readonly most: number },
): Promise<readonly (readonly StoredEvent[])[]> {
  const { rows } = await db.query<StoredEvent & { readonly place: bigint }>(
    `select r.place, e.seq, e.kind, e.data, e.at
     from unnest($1::bigint[], $2::bigint[]) with ordinality as r (account_id, after, place)
     cross join lateral (
       select seq, kind, data, at from events
         where account_id = r.account_id and seq > r.after and seq <= $3
         order by seq limit $4
     ) as e
     order by r.place, e.seq`,
    [
      readers.map(({ accountId }) => accountId),
      readers.map(({ after }) => after),
      ask.top,
      ask.most,
    ],
  );
  const found: StoredEvent[][] = readers.map(() => []);
  for (const { place, seq, kind, data, at } of rows) {
    found[Number(place) - 1]?.push({ seq, kind, data, at });
  }
  return found;
}

/** Deletes the oldest events, with their deliveries. True where there may be more to delete. */
export async function purgeEvents(
  tx: Tx,
  ask: { readonly keptMs: number; readonly most: number },
): Promise<boolean> {
  const { rows } = await tx.query<{ seq: bigint }>(
    `delete from events
       where at < (select notify_now()) - $1::interval
         and seq in (select seq from events order by seq limit $2)
       returning seq`,
    [milliseconds(ask.keptMs), ask.most],
  );
  if (rows.length === 0) return false;
  const last = rows.reduce((most, { seq }) => (seq > most ? seq : most), 0n);
  await tx.query(`update event_sequencer set purged = greatest(purged, $1)`, [last]);
  return rows.length === ask.most;
}

/** An account was blocked, released or closed: to be called in the transaction that did it. */
export async function announceAccount(tx: Tx, accountId: bigint, at: Date): Promise<void> {
  await tx.query(`insert into event_outbox (topic, key, at) values ('account', $1, $2)`, [
    accountId,
    at,
  ]);
}

/** All that was to be told to a person or about one: to be called where a person is forgotten. */
export async function forgetTold(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query(`delete from mails where account_id = $1`, [accountId]);
  await tx.query(`delete from webhooks where account_id = $1`, [accountId]);
  await tx.query(`delete from event_interest where account_id = $1`, [accountId]);
  await tx.query(`delete from events where account_id = $1`, [accountId]);
}
