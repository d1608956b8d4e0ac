import type { Db } from '../../../db/index.ts';
import type { TenantType } from '../../../devices/index.ts';

/** Whose wallets these are, by number. */
export async function readOwners(
  db: Db,
  numbers: readonly number[],
): Promise<
  ReadonlyMap<number, { readonly accountId: bigint; readonly kind: 'current' | 'offline' }>
> {
  if (numbers.length === 0) return new Map();
  const { rows } = await db.query<{
    number: bigint;
    account_id: bigint;
    kind: 'current' | 'offline';
  }>('select number, account_id, kind from wallets where number = any ($1::bigint[])', [numbers]);
  return new Map(
    rows.map(({ number, account_id: accountId, kind }) => [Number(number), { accountId, kind }]),
  );
}

export interface NamedTenant {
  readonly type: TenantType;
  readonly id: string;
  readonly accountId: bigint;
  /** Its current wallet in the currency that was asked for. */
  readonly wallet: number | undefined;
}

export async function readTenantsNamed(
  db: Db,
  ids: readonly string[],
  currency: number,
): Promise<readonly NamedTenant[]> {
  const { rows } = await db.query<{
    tenant_type: TenantType;
    tenant_id: string;
    account_id: bigint;
    number: bigint | null;
  }>(
    `select t.tenant_type, t.tenant_id, t.account_id, w.number
     from tenants as t
     left join wallets as w
       on w.account_id = t.account_id and w.kind = 'current' and w.currency = $2
     where t.tenant_id = any ($1::text[])`,
    [[...new Set(ids)], currency],
  );
  return rows.map(({ tenant_type: type, tenant_id: id, account_id: accountId, number }) => ({
    ...{ type, id, accountId },
    wallet: number === null ? undefined : Number(number),
  }));
}

/** Numbers of current wallets in a currency, by account. */
export async function readCurrentWallets(
  db: Db,
  accounts: readonly bigint[],
  currency: number,
): Promise<ReadonlyMap<bigint, number>> {
  if (accounts.length === 0) return new Map();
  const { rows } = await db.query<{ account_id: bigint; number: bigint }>(
    `select account_id, number from wallets
     where account_id = any ($1::bigint[]) and kind = 'current' and currency = $2`,
    [accounts, currency],
  );
  return new Map(rows.map(({ account_id, number }) => [account_id, Number(number)]));
}

/** Accounts of people that ledgers name, by user id. */
export async function readPeopleOfLedgers(
  db: Db,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await db.query<{ user_id: string; account_id: bigint }>(
    `select user_id, account_id from kyc_users
     where user_id = any ($1::text[]) and account_id is not null`,
    [userIds],
  );
  return new Map(rows.map(({ user_id, account_id }) => [user_id, account_id]));
}
