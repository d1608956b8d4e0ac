import { decompressPoint } from '@sikka/protocol';
import { record } from '../audit/index.ts';
import { inTransaction } from '../db/index.ts';
import type { Tx } from '../db/index.ts';
import { issueNamed } from './credentials.ts';
import type { CredentialDeps, CredentialRecord, CredentialRefusal } from './credentials.ts';
import type { DeviceRecord } from './devices.ts';
import { limits } from './limits.ts';
import { refuse, Undo, undoable } from './refusals.ts';
import { lockAccount, readCredentials, readDevice } from './store.ts';

export interface PrintedCodeOrder {
  readonly accountId: bigint;
  readonly account: string;
  readonly till: number;
  /** Absent: the lasting key that the enrolment named. */
  readonly ecdhKey: Uint8Array | undefined;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly now: Date;
}

export type PrintedCodeAnswer =
  | { readonly ok: true; readonly credential: CredentialRecord }
  | {
      readonly ok: false;
      readonly code:
        | 'device/not_found'
        | 'device/revoked'
        | 'device/role_not_payee'
        | 'device/ecdh_key_invalid'
        | CredentialRefusal;
      readonly detail: string;
    };

/** A static credential of an own device, ready to print. */
export async function printCode(
  deps: CredentialDeps,
  order: PrintedCodeOrder,
): Promise<PrintedCodeAnswer> {
  const device = await readDevice(deps.pool, order.till);
  if (device?.accountId !== order.accountId) return refuse('device/not_found');
  if (device.status !== 'active') return refuse('device/revoked');
  if (device.role === 'payer') return refuse('device/role_not_payee');
  const ecdhKey = order.ecdhKey ?? device.ecdhKey;
  if (ecdhKey === undefined || decompressPoint(ecdhKey) === undefined) {
    return refuse('device/ecdh_key_invalid');
  }
  return undoable(
    () => inTransaction(deps.pool, (tx) => print(deps, tx, { ...order, device, ecdhKey })),
    (code) => refuse(code as CredentialRefusal),
  );
}

async function print(
  deps: CredentialDeps,
  tx: Tx,
  order: PrintedCodeOrder & { readonly device: DeviceRecord; readonly ecdhKey: Uint8Array },
): Promise<Extract<PrintedCodeAnswer, { ok: true }>> {
  const { device, account, now } = order;
  await lockAccount(tx, order.accountId);
  const known = await readCredentials(tx, [device.till]);
  if (known.length >= limits.credentialsOfDevice) throw new Undo('device/limit_reached');
  const credential = await issueNamed(deps, tx, order);
  await record(
    tx,
    [
      {
        actor: `account:${account}`,
        action: 'device.print_code',
        subject: `device:${device.till}`,
        outcome: 'ok',
        details: { serial: credential.serial },
      },
    ],
    now,
  );
  return { ok: true, credential };
}
