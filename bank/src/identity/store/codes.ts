import type { Db, Tx } from '../../db/index.ts';
import type { Purpose } from '../codes.ts';

export interface NewChallenge {
  readonly id: Uint8Array;
  readonly accountId: bigint | undefined;
  readonly subject: Uint8Array;
  readonly client: Uint8Array | undefined;
  readonly purpose: Purpose;
  readonly about: string | undefined;
  readonly codeMac: Uint8Array;
  readonly fingerprint: Uint8Array | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Those who ask for codes for one subject do so in turn, until the transaction ends. */
export async function lockSubject(tx: Tx, subject: Uint8Array): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 4))`, [
    subject,
  ]);
}

export interface Issued {
  /** By this client in the last quarter of an hour, and in the last day. */
  readonly recently: number;
  readonly today: number;
  /** By everybody in the last day. */
  readonly byAll: number;
}

/** Codes that were sent; those that nobody got count for nothing. */
export async function countIssued(
  tx: Tx,
  asked: {
    readonly subject: Uint8Array;
    readonly client: Uint8Array | undefined;
    readonly purpose: Purpose;
    readonly quarterSince: Date;
    readonly daySince: Date;
  },
): Promise<Issued> {
  const { rows } = await tx.query<Issued>(
    `select
       (count(*) filter (where same and created_at > $4))::int as recently,
       (count(*) filter (where same))::int as today,
       count(*)::int as "byAll"
     from (
       select created_at, client_mac is not distinct from $3 as same
       from otp_challenges
       where subject_mac = $1 and purpose = $2 and created_at > $5 and account_id is not null
     ) as issued`,
    [asked.subject, asked.purpose, asked.client ?? null, asked.quarterSince, asked.daySince],
  );
  return rows[0] ?? { recently: 0, today: 0, byAll: 0 };
}

export async function insertChallenge(tx: Tx, challenge: NewChallenge): Promise<void> {
  await tx.query(
    `insert into otp_challenges
       (id, account_id, subject_mac, client_mac, purpose, about, code_mac, fingerprint,
        created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      challenge.id,
      challenge.accountId ?? null,
      challenge.subject,
      challenge.client ?? null,
      challenge.purpose,
      challenge.about ?? null,
      challenge.codeMac,
      challenge.fingerprint ?? null,
      challenge.createdAt,
      challenge.expiresAt,
    ],
  );
}

export interface OpenCodes {
  readonly subject: Uint8Array;
  readonly purpose: Purpose;
  readonly about: string | undefined;
  /** Only this one; else whichever are open, newest first. */
  readonly id: Uint8Array | undefined;
  readonly fingerprint: Uint8Array | undefined;
  readonly now: Date;
  readonly tries: number;
  readonly most: number;
}

/** Challenges that a code may still be given for. None of them is a stranger's decoy. */
export async function readOpenChallenges(db: Db, open: OpenCodes): Promise<readonly Uint8Array[]> {
  const { rows } = await db.query<{ id: Buffer }>(
    `select id from otp_challenges
     where subject_mac = $1 and purpose = $2 and about is not distinct from $3
       and ($4::bytea is null or id = $4) and fingerprint is not distinct from $5
       and account_id is not null and used_at is null and expires_at > $6 and attempts < $7
     order by created_at desc limit $8`,
    [
      open.subject,
      open.purpose,
      open.about ?? null,
      open.id ?? null,
      open.fingerprint ?? null,
      open.now,
      open.tries,
      open.most,
    ],
  );
  return rows.map(({ id }) => id);
}

/**
 * Tries a code on some challenges, in one statement: each counts the try, and one whose code it is
 * is used up. Answers whose it was. `macs` is the code's under each challenge's own id.
 */
export async function tryCode(
  db: Db,
  attempt: {
    readonly ids: readonly Uint8Array[];
    readonly macs: readonly Uint8Array[];
    readonly now: Date;
    readonly tries: number;
  },
): Promise<bigint | undefined> {
  const { rows } = await db.query<{ account_id: bigint; fits: boolean }>(
    `with tried as (
       select c.id, t.mac
       from otp_challenges c
       join unnest($1::bytea[], $2::bytea[]) as t (id, mac) on c.id = t.id
       where c.used_at is null and c.expires_at > $3 and c.attempts < $4
       order by c.id
       for no key update of c
     )
     update otp_challenges c
     set attempts = c.attempts + 1, used_at = case when c.code_mac = tried.mac then $3 end
     from tried
     where c.id = tried.id
     returning c.account_id, c.used_at is not null as fits`,
    [attempt.ids, attempt.macs, attempt.now, attempt.tries],
  );
  return rows.find(({ fits }) => fits)?.account_id;
}

/** Counted as before, and used up. */
export async function withdrawChallenges(tx: Tx, accountId: bigint, at: Date): Promise<void> {
  await tx.query(
    `update otp_challenges set used_at = $2
     where account_id = $1 and used_at is null and expires_at > $2`,
    [accountId, at],
  );
}

/** A day after they were made nothing counts them any more. */
export async function sweepChallenges(tx: Tx, before: Date, most: number): Promise<void> {
  await tx.query(
    `delete from otp_challenges where id in (
       select id from otp_challenges where expires_at < $1
       order by expires_at limit $2 for update skip locked
     )`,
    [before, most],
  );
}
