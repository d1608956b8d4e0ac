import type { Db, Tx } from '../../db/index.ts';
import type { MailLanguage, TemplateName } from '../mail/templates.ts';
import { milliseconds } from './times.ts';

export interface MailRow {
  readonly messageId: string;
  readonly accountId: bigint | undefined;
  readonly template: TemplateName;
  readonly language: MailLanguage;
  readonly sealed: Uint8Array;
  readonly vault: string;
  readonly at: Date;
}

export interface ClaimedMail {
  readonly id: bigint;
  readonly messageId: string;
  readonly template: TemplateName;
  readonly language: MailLanguage;
  readonly sealed: Uint8Array;
  readonly createdAt: Date;
  /** Since it was queued, by the database's clock. */
  readonly ageMs: number;
  /** This one included. */
  readonly attempts: number;
}

/** One that was sent, as the mailbox shows it. */
export type KeptMail = Omit<ClaimedMail, 'ageMs'>;

export async function insertMail(tx: Tx, mail: MailRow): Promise<void> {
  await tx.query(
    `insert into mails
       (message_id, account_id, template, language, sealed, vault, created_at, next_at)
     values ($1, $2, $3, $4, $5, $6, $7, notify_now())`,
    [
      mail.messageId,
      mail.accountId ?? null,
      mail.template,
      mail.language,
      mail.sealed,
      mail.vault,
      mail.at,
    ],
  );
}

interface ClaimedRow {
  readonly id: bigint;
  readonly message_id: string;
  readonly template: TemplateName;
  readonly language: MailLanguage;
  readonly sealed: Buffer;
  readonly created_at: Date;
  readonly attempts: number;
}

/**
 * Mails that are due, each moved on by the lease, so that no two processes send one at once. Due
 * times are the database's: a process whose clock is wrong hides no mail from the others.
 */
export async function claimMails(
  db: Db,
  ask: { readonly leaseMs: number; readonly most: number },
): Promise<readonly ClaimedMail[]> {
  const { rows } = await db.query<ClaimedRow & { readonly age: number }>(
    `update mails
       set next_at = notify_now() + $1::interval, attempts = attempts + 1
       where id in (
         select id from mails where next_at <= notify_now() order by next_at, id limit $2
           for update skip locked
       )
       returning id, message_id, template, language, sealed, created_at, attempts,
         extract(epoch from notify_now() - queued_at)::float8 as age`,
    [milliseconds(ask.leaseMs), ask.most],
  );
  return rows.map((row) => ({ ...keptMail(row), ageMs: row.age * 1_000 }));
}

function keptMail(row: ClaimedRow): KeptMail {
  return {
    id: row.id,
    messageId: row.message_id,
    template: row.template,
    language: row.language,
    sealed: row.sealed,
    createdAt: row.created_at,
    attempts: row.attempts,
  };
}

/** Its body is cleared, unless it is kept for the demo's mailbox. */
export async function markSent(
  db: Db,
  sent: { readonly id: bigint; readonly at: Date; readonly keep: boolean },
): Promise<void> {
  await db.query(
    `update mails
       set sent_at = $2, next_at = null, last_error = null,
         sealed = case when $3::boolean then sealed end,
         vault = case when $3::boolean then vault end
       where id = $1 and next_at is not null`,
    [sent.id, sent.at, sent.keep],
  );
}

export async function markGone(
  db: Db,
  gone: { readonly id: bigint; readonly at: Date; readonly reason: string },
): Promise<void> {
  await db.query(
    `update mails
       set gone_at = $2, next_at = null, last_error = $3, sealed = null, vault = null
       where id = $1 and next_at is not null`,
    [gone.id, gone.at, gone.reason],
  );
}

export async function markLater(
  db: Db,
  later: { readonly id: bigint; readonly pauseMs: number; readonly reason: string },
): Promise<void> {
  await db.query(
    `update mails set next_at = notify_now() + $2::interval, last_error = $3
       where id = $1 and next_at is not null`,
    [later.id, milliseconds(later.pauseMs), later.reason],
  );
}

/** The demo's mailbox: what was sent, newest first. */
export async function readMailbox(db: Db, most: number): Promise<readonly KeptMail[]> {
  const { rows } = await db.query<ClaimedRow>(
    `select id, message_id, template, language, sealed, created_at, attempts
       from mails
       where sealed is not null and next_at is null
       order by id desc limit $1`,
    [most],
  );
  return rows.map(keptMail);
}

/** Clears the bodies of all but the newest sent mails, and the rows of those long done. */
export async function pruneMails(
  db: Db,
  ask: { readonly keep: number; readonly keptMs: number },
): Promise<void> {
  await db.query(
    `update mails set sealed = null, vault = null
       where sealed is not null and next_at is null and id <= (
         select id from mails where sealed is not null and next_at is null
           order by id desc offset $1 limit 1
       )`,
    [ask.keep],
  );
  await db.query(
    // Asked once, and not for each row of a month.
    `delete from mails
       where next_at is null and queued_at < (select notify_now()) - $1::interval`,
    [milliseconds(ask.keptMs)],
  );
}

/** Seals anew: `keys` runs them (SealedStatements). */
export const SEALED_MAILS = {
  count: `
    select count(*)::int as count from mails
    where substring(sealed from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select id as key, sealed, message_id as "messageId" from mails
    where substring(sealed from 1 for octet_length($1::bytea)) <> $1
      and ($2::bigint is null or id > $2)
    order by id limit $3 for no key update`,
  put: `update mails set sealed = $2, vault = $3 where id = $1`,
} as const;
