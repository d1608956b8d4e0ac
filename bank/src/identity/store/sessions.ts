import type { AccountStatus } from '../../caller.ts';
import type { Db, Tx } from '../../db/index.ts';

export interface NewSession {
  readonly id: Uint8Array;
  readonly accountId: bigint;
  readonly fingerprint: Uint8Array | undefined;
  readonly deviceNo: bigint | undefined;
  readonly agent: string | undefined;
  readonly steppedUpBy: string;
  readonly now: Date;
  readonly expiresAt: Date;
  readonly absoluteUntil: Date;
}

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await tx.query(
    `insert into sessions
       (id, account_id, fingerprint, device_no, agent, created_at, last_used_at, expires_at,
        absolute_until, stepped_up_at, stepped_up_by)
     values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $6, $9)`,
    [
      session.id,
      session.accountId,
      session.fingerprint ?? null,
      session.deviceNo ?? null,
      session.agent ?? null,
      session.now,
      session.expiresAt,
      session.absoluteUntil,
      session.steppedUpBy,
    ],
  );
}

export interface SessionRecord {
  readonly id: Uint8Array;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly agent: string | undefined;
  readonly deviceNo: bigint | undefined;
}

/** A person's live sessions, the one used last first. */
export async function readSessions(
  db: Db,
  accountId: bigint,
  now: Date,
): Promise<readonly SessionRecord[]> {
  const { rows } = await db.query<{
    id: Buffer;
    created_at: Date;
    last_used_at: Date;
    expires_at: Date;
    agent: string | null;
    device_no: bigint | null;
  }>(
    `select id, created_at, last_used_at, least(expires_at, absolute_until) as expires_at, agent,
       device_no
     from sessions
     where account_id = $1 and ended_at is null and expires_at > $2 and absolute_until > $2
     order by last_used_at desc, id`,
    [accountId, now],
  );
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    agent: row.agent ?? undefined,
    deviceNo: row.device_no ?? undefined,
  }));
}

/** How many sessions a person has ever had, and whether one was of this device. */
export async function countSessions(
  tx: Tx,
  accountId: bigint,
  fingerprint: Uint8Array,
): Promise<{ readonly all: number; readonly same: number }> {
  const { rows } = await tx.query<{ all: number; same: number }>(
    `select count(*)::int as all, (count(*) filter (where fingerprint = $2))::int as same
     from sessions where account_id = $1`,
    [accountId, fingerprint],
  );
  return rows[0] ?? { all: 0, same: 0 };
}

/** Also of sessions that have ended. */
export async function hasSessionOn(
  db: Db,
  { lookup, fingerprint }: { readonly lookup: Uint8Array; readonly fingerprint: Uint8Array },
): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>(
    `select exists (
       select from personal_data p join sessions s on s.account_id = p.account_id
       where p.email_lookup = $1 and s.fingerprint = $2
     ) as known`,
    [lookup, fingerprint],
  );
  return rows[0]?.known ?? false;
}

/** Which of a person's sessions end; all where nothing is said. */
export interface WhichSessions {
  readonly only?: Uint8Array;
  readonly except?: Uint8Array;
  readonly fingerprint?: Uint8Array;
}

/** Ends sessions and forgets how to renew them. Answers how many were live. */
export async function endSessions(
  tx: Tx,
  accountId: bigint,
  which: WhichSessions,
  end: { readonly reason: string; readonly at: Date },
): Promise<number> {
  const { rows } = await tx.query<{ id: Buffer }>(
    `update sessions set ended_at = $2, ended_reason = $3
     where account_id = $1 and ended_at is null
       and ($4::bytea is null or id = $4)
       and ($5::bytea is null or id <> $5)
       and ($6::bytea is null or fingerprint = $6)
     returning id`,
    [
      accountId,
      end.at,
      end.reason,
      which.only ?? null,
      which.except ?? null,
      which.fingerprint ?? null,
    ],
  );
  await tx.query(`delete from refresh_tokens where session_id = any ($1::bytea[])`, [
    rows.map(({ id }) => id),
  ]);
  return rows.length;
}

/** False where the session has ended meanwhile. */
export async function updateSteppedUp(
  tx: Tx,
  id: Uint8Array,
  by: string,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update sessions set stepped_up_at = $2, stepped_up_by = $3
     where id = $1 and ended_at is null`,
    [id, at, by],
  );
  return rowCount > 0;
}

export async function insertRefreshToken(
  tx: Tx,
  token: {
    readonly hash: Uint8Array;
    readonly session: Uint8Array;
    readonly parent: Uint8Array | undefined;
    readonly now: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into refresh_tokens (hash, session_id, parent, created_at, expires_at)
     values ($1, $2, $3, $4, $5)
     on conflict (hash) do nothing`,
    [token.hash, token.session, token.parent ?? null, token.now, token.expiresAt],
  );
}

/** A token with its session and its relatives, as they are while the session is locked. */
export interface PresentedToken {
  readonly session: Uint8Array;
  readonly accountId: bigint;
  readonly status: AccountStatus;
  readonly expiresAt: Date;
  readonly usedAt: Date | undefined;
  readonly sessionExpiresAt: Date;
  readonly absoluteUntil: Date;
  readonly fingerprint: Uint8Array | undefined;
  readonly deviceNo: bigint | undefined;
  readonly siblingUsed: boolean;
  readonly childUsed: boolean;
}

/** Undefined for a token that nobody has, or of a session that has ended. Locks the session. */
export async function takeToken(tx: Tx, hash: Uint8Array): Promise<PresentedToken | undefined> {
  await tx.query(
    `select id from sessions
     where id = (select session_id from refresh_tokens where hash = $1) for no key update`,
    [hash],
  );
  const { rows } = await tx.query<{
    session_id: Buffer;
    account_id: bigint;
    status: AccountStatus;
    token_expires_at: Date;
    used_at: Date | null;
    expires_at: Date;
    absolute_until: Date;
    fingerprint: Buffer | null;
    device_no: bigint | null;
    sibling_used: boolean;
    child_used: boolean;
  }>(
    `select t.session_id, s.account_id, a.status, t.expires_at as token_expires_at, t.used_at,
       s.expires_at, s.absolute_until, s.fingerprint, s.device_no,
       exists (
         select from refresh_tokens o
         where o.parent = t.parent and o.hash <> t.hash and o.used_at is not null
       ) as sibling_used,
       exists (
         select from refresh_tokens o where o.parent = t.hash and o.used_at is not null
       ) as child_used
     from refresh_tokens t
     join sessions s on s.id = t.session_id
     join accounts a on a.id = s.account_id
     where t.hash = $1 and s.ended_at is null`,
    [hash],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    session: row.session_id,
    accountId: row.account_id,
    status: row.status,
    expiresAt: row.token_expires_at,
    usedAt: row.used_at ?? undefined,
    sessionExpiresAt: row.expires_at,
    absoluteUntil: row.absolute_until,
    fingerprint: row.fingerprint ?? undefined,
    deviceNo: row.device_no ?? undefined,
    siblingUsed: row.sibling_used,
    childUsed: row.child_used,
  };
}

/** The first use counts. The session has been used, and may stay idle from now on again. */
export async function markUsed(
  tx: Tx,
  use: {
    readonly hash: Uint8Array;
    readonly session: Uint8Array;
    readonly now: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx.query(`update refresh_tokens set used_at = $2 where hash = $1 and used_at is null`, [
    use.hash,
    use.now,
  ]);
  await tx.query(`update sessions set last_used_at = $2, expires_at = $3 where id = $1`, [
    use.session,
    use.now,
    use.expiresAt,
  ]);
}
