import type { Suite } from '@sikka/protocol';
import { record } from '../audit/index.ts';
import type { Db, Tx } from '../db/index.ts';
import type { CredentialRecord } from './credentials.ts';
import {
  readCredentials,
  readDevice,
  readDeviceByKey,
  readDevices,
  readRevokedCredentialIds,
  readRevokedKeys,
  updateRevoked,
} from './store.ts';

export type DeviceRole = 'payer' | 'payee' | 'both';

export interface DeviceRecord {
  /** The bank's number of the device; what a printed credential names. */
  readonly till: number;
  readonly accountId: bigint;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly keyHash: Uint8Array;
  readonly role: DeviceRole;
  readonly ecdhKey: Uint8Array | undefined;
  readonly status: 'active' | 'suspended' | 'revoked';
  readonly revokedReason: string | undefined;
  /** The packet exactly as received. */
  readonly enrolment: Uint8Array;
  readonly createdAt: Date;
}

export type NewDevice = Omit<DeviceRecord, 'till' | 'status' | 'revokedReason'>;

export interface DeviceWithCredentials extends DeviceRecord {
  readonly credentials: readonly CredentialRecord[];
}

export async function deviceByTill(db: Db, till: number): Promise<DeviceRecord | undefined> {
  return readDevice(db, till);
}

/** Who can prove a session by an enrolled key, and whether it still may. */
export async function provingDevice(db: Db, keyHash: Uint8Array) {
  const device = await readDeviceByKey(db, keyHash);
  if (device === undefined) return undefined;
  const { till, accountId, suite, publicKey, status } = device;
  return { no: BigInt(till), accountId, suite, publicKey, active: status === 'active' };
}

/** All devices of a person with their credentials, newest first. */
export async function devicesOf(
  db: Db,
  accountId: bigint,
): Promise<readonly DeviceWithCredentials[]> {
  const devices = await readDevices(db, accountId);
  const credentials = await readCredentials(
    db,
    devices.map(({ till }) => till),
  );
  return devices.map((device) => ({
    ...device,
    credentials: credentials.filter(({ till }) => till === device.till),
  }));
}

/** Revokes for good; again changes nothing. Refuses no claim, releases no money. */
export async function revokeDevice(
  tx: Tx,
  revocation: {
    readonly till: number;
    readonly reason: string;
    readonly actor: string;
    readonly now: Date;
  },
): Promise<void> {
  const { till, reason, actor, now } = revocation;
  if (!(await updateRevoked(tx, revocation))) return;
  const event = { actor, action: 'device.revoke', subject: `device:${till}`, outcome: 'revoked' };
  await record(tx, [{ ...event, details: { reason } }], now);
}

export interface Revoked {
  /** Key hashes. */
  readonly devices: readonly Uint8Array[];
  /** Document ids. */
  readonly credentials: readonly Uint8Array[];
}

/** For bulletins: what is revoked and could still be shown to somebody, `since` in seconds. */
export async function revokedDevices(
  db: Db,
  since: number,
  most: number,
): Promise<{
  readonly devices: readonly Uint8Array[];
  readonly credentials: readonly Uint8Array[];
}> {
  const devices = await readRevokedKeys(db, since, most);
  const credentials = await readRevokedCredentialIds(db, since, most);
  return { devices, credentials };
}
