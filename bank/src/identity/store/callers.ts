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
  readonly place: number;
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

/** Who a token names, and the session it is of. */
export interface CallerAsked {
  readonly publicId: string;
  readonly session: Uint8Array | undefined;
}

/**
 * All that decides about some requests, in one statement (migration 0028): account, roles, session,
 * its device. In the order asked; undefined where there is no such account.
 */
export async function readCallers(
  db: Db,
  asked: readonly CallerAsked[],
): Promise<readonly (CallerRecord | undefined)[]> {
  const { rows } = await db.query<CallerRow>(
    `select place, id, status, status_reason, roles, in_session, ended_at, expires_at,
       absolute_until, fingerprint, device_no, device_status, stepped_up_at
     from identity_callers($1, $2)`,
    [asked.map(({ publicId }) => publicId), asked.map(({ session }) => session ?? null)],
  );
  const records = new Map(rows.map((row) => [row.place, recordOf(row)]));
  return asked.map((_, index) => records.get(index + 1));
}

function recordOf(row: CallerRow): CallerRecord {
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
