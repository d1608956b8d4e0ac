import type { EventKind } from '@sikka/api';
import type { Db, Tx } from '../../db/index.ts';
import type { StoredEvent } from '../events/kinds.ts';
import { milliseconds } from './times.ts';

export interface WebhookRow {
  readonly id: Uint8Array;
  readonly accountId: bigint;
  readonly url: string;
  readonly kinds: readonly EventKind[];
  readonly createdAt: Date;
  readonly disabledAt: Date | undefined;
}

interface Row {
  readonly id: Buffer;
  readonly account_id: bigint;
  readonly url: string;
  readonly kinds: readonly EventKind[];
  readonly created_at: Date;
  readonly disabled_at: Date | null;
}

const WEBHOOK_COLUMNS = 'id, account_id, url, kinds, created_at, disabled_at';

function webhookOf(row: Row): WebhookRow {
  return {
    id: row.id,
    accountId: row.account_id,
    url: row.url,
    kinds: row.kinds,
    createdAt: row.created_at,
    disabledAt: row.disabled_at ?? undefined,
  };
}

/** False where the account has `most` already; others who ask for the same account wait. */
export async function insertWebhook(
  tx: Tx,
  webhook: Omit<WebhookRow, 'disabledAt'> & {
    readonly sealedSecret: Uint8Array;
    readonly vault: string;
  },
  most: number,
): Promise<boolean> {
  const { id, accountId, url, kinds, createdAt, sealedSecret, vault } = webhook;
  await tx.query(`select from accounts where id = $1 for no key update`, [accountId]);
  const { rowCount } = await tx.query(
    `insert into webhooks (id, account_id, url, sealed_secret, vault, kinds, created_at)
     select $1, $2, $3, $4, $5, $6, $7
     where (select count(*) from webhooks where account_id = $2) < $8`,
    [id, accountId, url, sealedSecret, vault, kinds, createdAt, most],
  );
  return rowCount === 1;
}

export async function readWebhooks(db: Db, accountId: bigint): Promise<readonly WebhookRow[]> {
  const { rows } = await db.query<Row>(
    `select ${WEBHOOK_COLUMNS} from webhooks where account_id = $1 order by created_at, id`,
    [accountId],
  );
  return rows.map(webhookOf);
}

/** The owner is part of the question: somebody else's is as if it were not there. */
export async function readWebhook(
  db: Db,
  which: { readonly id: Uint8Array; readonly accountId: bigint },
): Promise<WebhookRow | undefined> {
  const { rows } = await db.query<Row>(
    `select ${WEBHOOK_COLUMNS} from webhooks where id = $1 and account_id = $2`,
    [which.id, which.accountId],
  );
  return rows[0] === undefined ? undefined : webhookOf(rows[0]);
}

export async function deleteWebhook(
  tx: Tx,
  which: { readonly id: Uint8Array; readonly accountId: bigint },
): Promise<boolean> {
  const { rowCount } = await tx.query(`delete from webhooks where id = $1 and account_id = $2`, [
    which.id,
    which.accountId,
  ]);
  return rowCount === 1;
}

/** True the first time. */
export async function disableWebhook(tx: Tx, id: Uint8Array, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update webhooks set disabled_at = $2 where id = $1 and disabled_at is null`,
    [id, at],
  );
  return rowCount === 1;
}

/** All of an account's; answers how many were on. */
export async function disableWebhooksOf(tx: Tx, accountId: bigint, at: Date): Promise<number> {
  const { rowCount } = await tx.query(
    `update webhooks set disabled_at = $2 where account_id = $1 and disabled_at is null`,
    [accountId, at],
  );
  return rowCount;
}

export interface DueDelivery {
  readonly id: bigint;
  readonly webhookId: Uint8Array;
  readonly accountId: bigint;
  readonly url: string;
  readonly sealedSecret: Uint8Array;
  /** This one included. */
  readonly attempts: number;
  /** By the database's clock. */
  readonly claimedAt: Date;
  readonly event: StoredEvent;
}

/**
 * Deliveries that are due, at most two of each webhook, so that a slow one holds up no other; each
 * moved on by the lease. Two who choose the same wait for each other, and the second finds it
 * moved. None of a blocked account: it is told nothing until it is released. Due times are the
 * database's: a process whose clock is wrong hides nothing from the others.
 */
export async function claimDeliveries(
  db: Db,
  ask: { readonly leaseMs: number; readonly most: number },
): Promise<readonly DueDelivery[]> {
  const { rows } = await db.query<{
    readonly id: bigint;
    readonly webhook_id: Buffer;
    readonly account_id: bigint;
    readonly url: string;
    readonly sealed_secret: Buffer;
    readonly attempts: number;
    readonly claimed_at: Date;
    readonly seq: bigint;
    readonly kind: EventKind;
    readonly data: StoredEvent['data'];
    readonly at: Date;
  }>(
    `update webhook_deliveries as d
       set next_at = notify_now() + $1::interval, attempts = d.attempts + 1
       from (
         select due.id from webhooks as w
           join accounts as a on a.id = w.account_id and a.status = 'active'
           cross join lateral (
             select id, next_at from webhook_deliveries
               where webhook_id = w.id and next_at <= notify_now()
               order by next_at, id limit 2
           ) as due
           where w.disabled_at is null
           order by due.next_at, due.id limit $2
       ) as chosen, webhooks as w, events as e
       where d.id = chosen.id and d.next_at <= notify_now() and w.id = d.webhook_id
         and e.seq = d.event_seq
       returning d.id, d.webhook_id, w.account_id, w.url, w.sealed_secret, d.attempts,
         notify_now() as claimed_at, e.seq, e.kind, e.data, e.at`,
    [milliseconds(ask.leaseMs), ask.most],
  );
  return rows.map(({ seq, kind, data, at, ...row }) => ({
    id: row.id,
    webhookId: row.webhook_id,
    accountId: row.account_id,
    url: row.url,
    sealedSecret: row.sealed_secret,
    attempts: row.attempts,
    claimedAt: row.claimed_at,
    event: { seq, kind, data, at },
  }));
}

export interface DeliveryResult {
  readonly id: bigint;
  readonly status: number | undefined;
  readonly error: string | undefined;
  /** How long to wait before it is tried again; undefined: it is over. */
  readonly pauseMs: number | undefined;
  readonly doneAt: Date | undefined;
}

export async function markDelivery(db: Db, result: DeliveryResult): Promise<void> {
  await db.query(
    `update webhook_deliveries
       set last_status = $2, last_error = $3, next_at = notify_now() + $4::interval, done_at = $5
       where id = $1 and done_at is null`,
    [
      result.id,
      result.status ?? null,
      result.error ?? null,
      result.pauseMs === undefined ? null : milliseconds(result.pauseMs),
      result.doneAt ?? null,
    ],
  );
}

export interface DeliveryRow {
  readonly id: bigint;
  readonly event: StoredEvent;
  readonly replay: number;
  readonly attempts: number;
  readonly nextAt: Date | undefined;
  readonly doneAt: Date | undefined;
  readonly status: number | undefined;
  readonly error: string | undefined;
}

/** Newest first. */
export async function readDeliveries(
  db: Db,
  ask: {
    readonly webhookId: Uint8Array;
    readonly before: bigint | undefined;
    readonly most: number;
  },
): Promise<readonly DeliveryRow[]> {
  const { rows } = await db.query<{
    readonly id: bigint;
    readonly replay: number;
    readonly attempts: number;
    readonly next_at: Date | null;
    readonly done_at: Date | null;
    readonly last_status: number | null;
    readonly last_error: string | null;
    readonly seq: bigint;
    readonly kind: EventKind;
    readonly data: StoredEvent['data'];
    readonly at: Date;
  }>(
    `select d.id, d.replay, d.attempts, d.next_at, d.done_at, d.last_status, d.last_error,
       e.seq, e.kind, e.data, e.at
     from webhook_deliveries as d
     join events as e on e.seq = d.event_seq
     where d.webhook_id = $1 and ($2::bigint is null or d.id < $2)
     order by d.id desc limit $3`,
    [ask.webhookId, ask.before ?? null, ask.most],
  );
  return rows.map(({ seq, kind, data, at, ...row }) => ({
    id: row.id,
    event: { seq, kind, data, at },
    replay: row.replay,
    attempts: row.attempts,
    nextAt: row.next_at ?? undefined,
    doneAt: row.done_at ?? undefined,
    status: row.last_status ?? undefined,
    error: row.last_error ?? undefined,
  }));
}

/** The same event once more, as a delivery of its own; undefined where there is none such. */
export async function insertReplay(
  tx: Tx,
  ask: { readonly webhookId: Uint8Array; readonly delivery: bigint },
): Promise<bigint | undefined> {
  await tx.query(`select from webhooks where id = $1 for no key update`, [ask.webhookId]);
  const { rows } = await tx.query<{ id: bigint }>(
    `insert into webhook_deliveries (webhook_id, event_seq, replay, next_at)
     select d.webhook_id, d.event_seq,
       (select max(replay) + 1 from webhook_deliveries
          where webhook_id = d.webhook_id and event_seq = d.event_seq),
       notify_now()
     from webhook_deliveries as d
     where d.id = $2 and d.webhook_id = $1
     returning id`,
    [ask.webhookId, ask.delivery],
  );
  return rows[0]?.id;
}

/** Seals anew: `keys` runs them (SealedStatements). */
export const SEALED_WEBHOOK_SECRETS = {
  count: `
    select count(*)::int as count from webhooks
    where substring(sealed_secret from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select id as key, sealed_secret as sealed from webhooks
    where substring(sealed_secret from 1 for octet_length($1::bytea)) <> $1
      and ($2::bytea is null or id > $2)
    order by id limit $3 for no key update`,
  put: `update webhooks set sealed_secret = $2, vault = $3 where id = $1`,
} as const;
