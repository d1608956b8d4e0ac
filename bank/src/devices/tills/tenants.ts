import type { TENANT_TYPES } from '@sikka/api';
import type { Db, Tx } from '../../db/index.ts';
import { createAccounts } from '../../ledger/index.ts';
import type { AccountId } from '../../ledger/index.ts';
import { insertFloat, insertTenant, readFloats, readTenant } from './store.ts';

export type TenantType = (typeof TENANT_TYPES)[number];

/** A merchant, an agent or a branch of the bank, as its devices name it. */
export interface Tenant {
  readonly no: bigint;
  readonly type: TenantType;
  readonly id: string;
  /** Its own account: what is paid to it goes to this account's current wallet. */
  readonly accountId: bigint;
}

export async function tenantByAlias(
  db: Db,
  alias: { readonly type: TenantType; readonly id: string },
): Promise<Tenant | undefined> {
  return readTenant(db, alias);
}

/** The new tenant, or the one that somebody opened at this moment. */
export async function openTenant(
  tx: Tx,
  tenant: Omit<Tenant, 'no'> & { readonly at: Date },
): Promise<Tenant> {
  await insertTenant(tx, tenant);
  const opened = await readTenant(tx, tenant);
  if (opened === undefined) throw new Error('The tenant was not opened.');
  return opened;
}

/** The tenant's float of this currency: money that the bank gave it, never below zero. */
export async function ensureFloat(
  tx: Tx,
  float: { readonly tenant: bigint; readonly currency: number; readonly at: Date },
): Promise<AccountId> {
  const { currency, at } = float;
  const known = (await readFloats(tx, float.tenant)).get(currency);
  if (known !== undefined) return known;
  const [ledgerAccount] = await createAccounts(tx, [{ kind: 'float', currency }], at);
  if (ledgerAccount === undefined) throw new Error('The ledger opened no account.');
  // Of two at once one is kept; the other's account stays empty and unused.
  await insertFloat(tx, { ...float, ledgerAccount });
  return (await readFloats(tx, float.tenant)).get(currency) ?? ledgerAccount;
}

/** By currency, ISO 4217 numeric. */
export async function floatsOf(db: Db, tenant: bigint): Promise<ReadonlyMap<number, AccountId>> {
  return readFloats(db, tenant);
}
