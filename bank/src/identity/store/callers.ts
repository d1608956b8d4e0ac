import type { Role } from '@sikka/api';
import type { AccountStatus } from '../../caller.ts';
import type { Db } from '../../db/index.ts';

export interface CallerRecord {
  readonly accountId: bigint;
  readonly status: AccountStatus;
  readonly statusReason: string | undefined;
  readonly roles: readonly Role[];
  /** The session of that id, where it is this account's; live or not. */
  readonly session:
    | {
        readonly endedAt: Date | undefined;
        readonly expiresAt: Date;
        readonly absoluteUntil: Date;
        readonly fingerprint: Uint8Array | undefined;
        readonly deviceNo: bigint | undefined;
        readonly deviceActive: boolean;
        readonly steppedUpAt: Date | undefined;
      }
    | undefined;
}

interface CallerRow {
  readonly id: bigint;
  readonly status: AccountStatus;
  readonly status_reason: string | null;
  readonly roles: readonly Role[];
  readonly in_session: boolean;
  readonly ended_at: Date | null;
  readonly expires_at: Date;
  readonly absolute_until: Date;
  readonly fingerprint: Buffer | null;
  readonly device_no: bigint | null;
  readonly device_status: string | null;
  readonly stepped_up_at: Date | null;
}

/** All that decides about a request, in one statement: account, roles, session, its device. */
export async function readCaller(
  db: Db,
  publicId: string,
  session: Uint8Array | undefined,
): Promise<CallerRecord | undefined> {
  const { rows } = await db.query<CallerRow>(
    `select a.id, a.status, a.status_reason,
       array(select role from account_roles where account_id = a.id order by role) as roles,
       s.id is not null as in_session, s.ended_at, s.expires_at, s.absolute_until, s.fingerprint,
       s.device_no, d.status as device_status, s.stepped_up_at
     from accounts a
     left join sessions s on s.id = $2 and s.account_id = a.id
     left join devices d on d.no = s.device_no
     where a.public_id = $1`,
    [publicId, session ?? null],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    accountId: row.id,
    status: row.status,
    statusReason: row.status_reason ?? undefined,
    roles: row.roles,
    session: row.in_session ? sessionOf(row) : undefined,
  };
}

function sessionOf(row: CallerRow): NonNullable<CallerRecord['session']> {
  return {
    endedAt: row.ended_at ?? undefined,
    expiresAt: row.expires_at,
    absoluteUntil: row.absolute_until,
    fingerprint: row.fingerprint ?? undefined,
    deviceNo: row.device_no ?? undefined,
    deviceActive: row.device_no === null || row.device_status === 'active',
    steppedUpAt: row.stepped_up_at ?? undefined,
  };
}
