import type { Credential, Device } from '@sikka/api';
import { fromBase64url, toBase64url } from '@sikka/api';
import { currencyOf, hex } from '@sikka/protocol';
import type { Call, Handlers, Reply } from '../caller.ts';
import { accountById } from '../identity/index.ts';
import { createChallenge } from './challenges.ts';
import type { CredentialRecord } from './credentials.ts';
import { devicesOf } from './devices.ts';
import type { DeviceRecord } from './devices.ts';
import { enrol } from './enrolment.ts';
import type { EnrolmentDeps } from './enrolment.ts';
import { printCode } from './printed-codes.ts';
import { refuse } from './refusals.ts';

type DeviceRoutes = 'createChallenge' | 'enrolDevice' | 'createPrintedCode' | 'listDevices';

export function deviceRoutes(deps: EnrolmentDeps): Handlers<DeviceRoutes> {
  const { pool } = deps;
  return {
    createChallenge: async ({ caller, body, now }) => {
      const { accountId } = caller;
      const answer = await createChallenge(pool, { accountId, purpose: body.purpose, now });
      if (!answer.ok) return refuse(answer.code);
      const challenge = toBase64url(answer.challenge);
      const value = { challenge, expires_at: answer.expiresAt.toISOString() };
      return { ok: true, status: 201, value };
    },
    enrolDevice: (call) => enrolDevice(deps, call),
    createPrintedCode: (call) => createPrintedCode(deps, call),
    listDevices: async ({ caller }) => {
      const devices = await devicesOf(pool, caller.accountId);
      const value = {
        devices: devices.map((device) => ({
          ...wireDevice(device),
          credentials: device.credentials.map(wireCredential),
        })),
      };
      return { ok: true, status: 200, value };
    },
  };
}

async function enrolDevice(
  deps: EnrolmentDeps,
  { caller, body, now }: Call<'enrolDevice'>,
): Promise<Reply<'enrolDevice'>> {
  const packet = fromBase64url(body.enrolment);
  if (packet === undefined) return refuse('device/enrolment_invalid');
  const { accountId, account } = caller;
  const currency = await currencyFor(deps, accountId, body.currency);
  if (currency === undefined) return refuse('wallet/not_found');
  const answer = await enrol(deps, { accountId, account, packet, currency, now });
  if (!answer.ok) return answer;
  deps.wakeMailer();
  const { device, credential, repeated } = answer;
  const issued =
    credential === undefined
      ? {}
      : { credential: toBase64url(credential.packet), credential_id: hex(credential.id) };
  const value = { device: wireDevice(device), ...issued };
  return { ok: true, status: repeated ? 200 : 201, value };
}

async function createPrintedCode(
  deps: EnrolmentDeps,
  { caller, params, body, now }: Call<'createPrintedCode'>,
): Promise<Reply<'createPrintedCode'>> {
  const { accountId, account } = caller;
  const ecdhKey = body.ecdh_key === undefined ? undefined : fromBase64url(body.ecdh_key);
  if (body.ecdh_key !== undefined && ecdhKey === undefined) {
    return refuse('device/ecdh_key_invalid');
  }
  const currency = await currencyFor(deps, accountId, body.currency);
  if (currency === undefined) return refuse('wallet/not_found');
  const till = Number(params.till);
  const answer = await printCode(deps, { accountId, account, till, ecdhKey, currency, now });
  if (!answer.ok) return answer;
  return { ok: true, status: 201, value: { credential: wireCredential(answer.credential) } };
}

/** ISO 4217 numeric: what was asked for, else the account's first; undefined if unknown. */
async function currencyFor(
  { pool }: EnrolmentDeps,
  accountId: bigint,
  asked: string | undefined,
): Promise<number | undefined> {
  if (asked !== undefined) return currencyOf(asked)?.numeric;
  return (await accountById(pool, accountId))?.currency;
}

export function wireDevice(device: DeviceRecord): Device {
  return {
    till: device.till,
    key_hash: hex(device.keyHash),
    suite: device.suite,
    role: device.role,
    status: device.status,
    ...(device.revokedReason === undefined ? {} : { revoked_reason: device.revokedReason }),
    created_at: device.createdAt.toISOString(),
  };
}

function wireCredential(credential: CredentialRecord): Credential {
  const { serial, id, mode, wallet, currency, name, town, from, until, packet } = credential;
  return {
    serial,
    id: hex(id),
    mode,
    wallet_id: wallet,
    currency: currencyOf(currency)?.alpha ?? String(currency),
    name,
    town,
    from,
    until,
    packet: toBase64url(packet),
  };
}
