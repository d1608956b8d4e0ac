import type { Db, Tx } from '../../db/index.ts';
import type { Tenant } from './tenants.ts';
import type { NewTill, Till, TillStatus } from './tills.ts';

interface TillRow {
  readonly no: bigint;
  readonly device_id: string;
  readonly tenant: bigint;
  readonly tenant_type: Tenant['type'];
  readonly tenant_id: string;
  readonly account_id: bigint;
  readonly registered_by: string;
  readonly scheme: Till['key']['scheme'];
  readonly public_key: Uint8Array;
  readonly key_id: Uint8Array;
  readonly country: string;
  readonly currency: number;
  readonly status: TillStatus;
  readonly created_at: Date;
  readonly last_seen_at: Date | null;
}

const TILL = `select d.no, d.device_id, d.tenant, t.tenant_type, t.tenant_id, t.account_id,
    a.public_id as registered_by, d.scheme, d.public_key, d.key_id, d.country, d.currency,
    d.status, d.created_at, d.last_seen_at
  from tills as d
  join tenants as t on t.no = d.tenant
  join accounts as a on a.id = d.registered_by
  where d.device_id = $1`;
const LOCKED_TILL = `${TILL} for update of d`;

export async function readTill(
  db: Db,
  deviceId: string,
  lock: 'plain' | 'locked',
): Promise<Till | undefined> {
  const { rows } = await db.query<TillRow>(lock === 'locked' ? LOCKED_TILL : TILL, [deviceId]);
  return rows[0] === undefined ? undefined : tillOf(rows[0]);
}

export async function insertTill(tx: Tx, till: NewTill, at: Date): Promise<boolean> {
  const { deviceId, tenant, registeredBy, key, country, currency } = till;
  const { rowCount } = await tx.query(
    `insert into tills (device_id, tenant, registered_by, scheme, public_key, key_id, country,
       currency, status_changed_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
     on conflict do nothing`,
    [deviceId, tenant, registeredBy, key.scheme, key.publicKey, key.id, country, currency, at],
  );
  return rowCount === 1;
}

export async function updateStatus(
  tx: Tx,
  no: bigint,
  { status, at }: { readonly status: TillStatus; readonly at: Date },
): Promise<void> {
  await tx.query('update tills set status = $2, status_changed_at = $3 where no = $1', [
    no,
    status,
    at,
  ]);
}

export async function updateSeen(tx: Tx, no: bigint, at: Date): Promise<void> {
  await tx.query('update tills set last_seen_at = $2 where no = $1', [no, at]);
}

export async function readTenant(
  db: Db,
  { type, id }: Pick<Tenant, 'type' | 'id'>,
): Promise<Tenant | undefined> {
  const { rows } = await db.query<{ no: bigint; account_id: bigint }>(
    'select no, account_id from tenants where tenant_type = $1 and tenant_id = $2',
    [type, id],
  );
  const [row] = rows;
  return row === undefined ? undefined : { no: row.no, type, id, accountId: row.account_id };
}

export async function insertTenant(
  tx: Tx,
  { type, id, accountId, at }: Omit<Tenant, 'no'> & { readonly at: Date },
): Promise<void> {
  await tx.query(
    `insert into tenants (tenant_type, tenant_id, account_id, created_at) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [type, id, accountId, at],
  );
}

export async function readFloats(db: Db, tenant: bigint): Promise<ReadonlyMap<number, bigint>> {
  const { rows } = await db.query<{ currency: number; ledger_account: bigint }>(
    'select currency, ledger_account from tenant_floats where tenant = $1',
    [tenant],
  );
  return new Map(rows.map(({ currency, ledger_account }) => [currency, ledger_account]));
}

/** By number, as batches that spend them lock them. */
export async function lockFloats(tx: Tx, tenant: bigint): Promise<void> {
  await tx.query('select no from tenant_floats where tenant = $1 order by no for update', [tenant]);
}

export async function insertFloat(
  tx: Tx,
  float: { readonly tenant: bigint; readonly currency: number; readonly ledgerAccount: bigint },
): Promise<void> {
  await tx.query(
    `insert into tenant_floats (tenant, currency, ledger_account) values ($1, $2, $3)
     on conflict do nothing`,
    [float.tenant, float.currency, float.ledgerAccount],
  );
}

function tillOf(row: TillRow): Till {
  return {
    ...{ no: row.no, deviceId: row.device_id, registeredBy: row.registered_by },
    tenant: {
      ...{ no: row.tenant, type: row.tenant_type, id: row.tenant_id },
      accountId: row.account_id,
    },
    key: {
      scheme: row.scheme,
      publicKey: new Uint8Array(row.public_key),
      id: new Uint8Array(row.key_id),
    },
    ...{ country: row.country, currency: row.currency, status: row.status },
    ...{ createdAt: row.created_at, lastSeenAt: row.last_seen_at ?? undefined },
  };
}
