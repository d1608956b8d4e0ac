import type { DeviceKey } from '@sikka/protocol';
import type { Db, Tx } from '../../db/index.ts';
import type { Tenant } from './tenants.ts';
import { insertTill, lockFloats, readTill, updateSeen, updateStatus } from './store.ts';

export type TillStatus = 'active' | 'suspended' | 'revoked';

/** A tenant's registered device (spec/device-bundle.md). */
export interface Till {
  readonly no: bigint;
  /** The device's own name. */
  readonly deviceId: string;
  readonly tenant: Tenant;
  /** The public id of who registered it. */
  readonly registeredBy: string;
  readonly key: DeviceKey;
  readonly country: string;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly status: TillStatus;
  readonly createdAt: Date;
  readonly lastSeenAt: Date | undefined;
}

export interface NewTill {
  readonly deviceId: string;
  readonly tenant: bigint;
  readonly registeredBy: bigint;
  readonly key: DeviceKey;
  readonly country: string;
  readonly currency: number;
}

/** False, and nothing is done, where the name or the key belongs to a device already. */
export async function registerTill(tx: Tx, till: NewTill, at: Date): Promise<boolean> {
  return insertTill(tx, till, at);
}

export async function tillOf(db: Db, deviceId: string): Promise<Till | undefined> {
  return readTill(db, deviceId, 'plain');
}

/** As `tillOf`, its row locked until the transaction ends: one bundle of a till at a time. */
export async function lockTill(tx: Tx, deviceId: string): Promise<Till | undefined> {
  return readTill(tx, deviceId, 'locked');
}

/** Something came that its key has signed. */
export async function markSeen(tx: Tx, till: Till, at: Date): Promise<void> {
  await updateSeen(tx, till.no, at);
}

/**
 * Whoever answers after this has its effect: a batch that spends the tenant's float decides before
 * or after it, because both lock the float. The till is locked by the caller.
 */
export async function changeTillStatus(
  tx: Tx,
  till: Till,
  change: { readonly status: TillStatus; readonly at: Date },
): Promise<void> {
  await lockFloats(tx, till.tenant.no);
  await updateStatus(tx, till.no, change);
}
