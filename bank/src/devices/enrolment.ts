import {
  decodePacketOfKind,
  decompressPoint,
  equalBytes,
  keyHash,
  verifyDocument,
} from '@sikka/protocol';
import type { Enrolment, Signed, Verifier } from '@sikka/protocol';
import { record } from '../audit/index.ts';
import { inTransaction } from '../db/index.ts';
import type { Db, Tx } from '../db/index.ts';
import type { Notices } from '../identity/index.ts';
import { consumeChallenge } from './challenges.ts';
import { issueNamed } from './credentials.ts';
import type { CredentialDeps, CredentialRecord, CredentialRefusal } from './credentials.ts';
import type { DeviceRecord } from './devices.ts';
import { limits } from './limits.ts';
import { refuse, Undo, undoable } from './refusals.ts';
import {
  countActive,
  insertDevice,
  lockAccount,
  readCredentials,
  readDevice,
  readDeviceByKey,
} from './store.ts';

export interface EnrolmentOrder {
  readonly accountId: bigint;
  readonly account: string;
  /** The packet exactly as received. */
  readonly packet: Uint8Array;
  /** Of the credential, ISO 4217 numeric. */
  readonly currency: number;
  readonly now: Date;
}

export type EnrolmentRefusal =
  | 'device/enrolment_invalid'
  | 'device/wrong_bank'
  | 'device/wrong_account'
  | 'device/challenge_invalid'
  | 'device/possession_unproven'
  | 'device/key_enrolled'
  | CredentialRefusal;

export type EnrolmentAnswer =
  | {
      readonly ok: true;
      readonly device: DeviceRecord;
      /** Absent for a device that only pays. */
      readonly credential: CredentialRecord | undefined;
      /** Enrolled before by these very bytes: the first answer again. */
      readonly repeated: boolean;
    }
  | { readonly ok: false; readonly code: EnrolmentRefusal; readonly detail: string };

export interface EnrolmentDeps extends CredentialDeps {
  /** The id that documents name this bank by. */
  readonly bank: string;
  readonly verifier: Verifier;
  readonly notices: Notices;
  /** Sends soon what was queued; called after the commit. */
  readonly wakeMailer: () => void;
}

/** Enrols a device key for an account by its signed proof of possession (spec/documents.md §3). */
export async function enrol(deps: EnrolmentDeps, order: EnrolmentOrder): Promise<EnrolmentAnswer> {
  const { pool } = deps;
  const read = readEnrolment(order.packet);
  if (read === undefined) return refuse('device/enrolment_invalid');
  const { fields } = read;
  if (fields.bank !== deps.bank) return refuse('device/wrong_bank');
  if (fields.account !== order.account) return refuse('device/wrong_account');
  const earlier = await earlierAnswer(pool, order, fields);
  if (earlier !== undefined) return earlier;
  if (!(await verifyDocument(read, fields, deps.verifier))) {
    return refuse('device/possession_unproven');
  }
  return undoable(
    () => inTransaction(pool, (tx) => enrolIn(deps, tx, { ...order, fields })),
    // The same bytes at the same moment: the one that came second gets what the first got.
    async (code) => (await earlierAnswer(pool, order, fields)) ?? refuse(code as EnrolmentRefusal),
  );
}

async function enrolIn(
  deps: EnrolmentDeps,
  tx: Tx,
  order: EnrolmentOrder & { readonly fields: Enrolment },
): Promise<Extract<EnrolmentAnswer, { ok: true }>> {
  const { accountId, account, fields, currency, now } = order;
  const { challenge, suite, role } = fields;
  await lockAccount(tx, accountId);
  if (!(await consumeChallenge(tx, { challenge, accountId, purpose: 'enrolment', now }))) {
    throw new Undo('device/challenge_invalid');
  }
  if ((await countActive(tx, accountId)) >= limits.activeDevices) {
    throw new Undo('device/limit_reached');
  }
  const device = await addDevice(tx, order);
  const credential =
    role === 'payer'
      ? undefined
      : await issueNamed(deps, tx, { device, currency, now, ecdhKey: undefined });
  const subject = `device:${device.till}`;
  const event = { actor: `account:${account}`, action: 'device.enrol', subject, outcome: 'ok' };
  await record(tx, [{ ...event, details: { suite, role, serial: credential?.serial } }], now);
  await deps.notices.tell(tx, { accountId, template: 'device_enrolled', at: now });
  return { ok: true, device, credential, repeated: false };
}

async function addDevice(
  tx: Tx,
  { accountId, fields, packet, now }: EnrolmentOrder & { readonly fields: Enrolment },
): Promise<DeviceRecord> {
  const { suite, publicKey, role, ecdhKey } = fields;
  const till = await insertDevice(tx, {
    accountId,
    suite,
    publicKey,
    keyHash: keyHash(suite, publicKey),
    role,
    ecdhKey,
    enrolment: packet,
    createdAt: now,
  });
  const device = till === undefined ? undefined : await readDevice(tx, till);
  if (device === undefined) throw new Undo('device/key_enrolled');
  return device;
}

/** A lost answer is asked for again with the same bytes: they get what they got. */
async function earlierAnswer(
  db: Db,
  order: { readonly accountId: bigint; readonly packet: Uint8Array },
  { suite, publicKey }: Enrolment,
): Promise<EnrolmentAnswer | undefined> {
  const device = await readDeviceByKey(db, keyHash(suite, publicKey));
  if (device === undefined) return undefined;
  const same = device.accountId === order.accountId && equalBytes(device.enrolment, order.packet);
  if (!same) return refuse('device/key_enrolled');
  const credentials = await readCredentials(db, [device.till]);
  const credential = credentials.find(({ mode }) => mode === 'dynamic');
  return { ok: true, device, credential, repeated: true };
}

function readEnrolment(packet: Uint8Array): Signed<Enrolment> | undefined {
  const decoded = decodePacketOfKind('document', packet);
  if (!decoded.ok) return undefined;
  const { document } = decoded.value;
  if (document.fields.type !== 'enrolment') return undefined;
  const enrolment = document as Signed<Enrolment>;
  const { ecdhKey } = enrolment.fields;
  // A lasting key that is not a point would be printed and never opened.
  return ecdhKey === undefined || decompressPoint(ecdhKey) !== undefined ? enrolment : undefined;
}
