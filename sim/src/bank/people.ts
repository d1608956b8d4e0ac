import type { ApiResult, Credential as WireCredential, Device } from '@sikka/api';
import { fromBase64url, toBase64url } from '@sikka/api';
import {
  currencyOf,
  decodePacketOfKind,
  documentId,
  encodePacket,
  equalBytes,
  hex,
  keyHash,
  signDocument,
  verifyDocument,
} from '@sikka/protocol';
import type { Credential, Enrolment, Signed, Verifier } from '@sikka/protocol';
import { currentIssuer } from './issuer.ts';
import type { BankCalls, SimBankParts } from './port.ts';
import { answered, problem } from './problems.ts';
import type { AccountRow, ChallengeRow, CredentialRow, DeviceRow, Tables } from './tables.ts';
import { keyOf } from './tables.ts';

export interface Desk {
  readonly tables: Tables;
  readonly parts: SimBankParts;
  readonly verifier: Verifier;
}

type Calls = Pick<
  BankCalls,
  'createChallenge' | 'createPrintedCode' | 'enrolDevice' | 'getIssuerKeys' | 'listDevices'
>;

/** Enrolment, printed codes and challenges (spec/documents.md §3) of one signed-in account. */
export function peopleCalls(desk: Desk, account: AccountRow): Calls {
  const { tables, parts } = desk;
  return {
    async createChallenge({ body: { purpose } }) {
      if (account.status !== 'active') return problem('auth/account_blocked');
      const challenge = parts.random.randomBytes(32);
      const expiresAt = parts.now() + CHALLENGE_SECONDS;
      const row = { accountId: account.id, purpose, expiresAt };
      await tables.log.transaction(() => {
        tables.log.set(tables.challenges, keyOf(challenge), row);
      });
      const value = { challenge: toBase64url(challenge), expires_at: isoOf(expiresAt) };
      return answered(value, 201);
    },
    async enrolDevice({ body: { enrolment } }) {
      if (account.status !== 'active') return problem('auth/account_blocked');
      return enrolDevice(desk, account, fromBase64url(enrolment) ?? new Uint8Array());
    },
    async createPrintedCode({ params: { till }, body }) {
      if (account.status !== 'active') return problem('auth/account_blocked');
      const device = tables.devices.get(BigInt(till));
      if (device?.accountId !== account.id) return problem('device/not_found');
      if (device.status !== 'active') return problem('device/revoked');
      if (device.role === 'payer') return problem('device/role_not_payee');
      const ecdhKey = fromBase64url(body?.ecdh_key ?? '') ?? device.ecdhKey;
      if (ecdhKey?.length !== 33) return problem('device/ecdh_key_invalid');
      const credential = await tables.log.transaction(() => {
        return issueCredential(desk, { account, device, ecdhKey });
      });
      return answered({ credential: wireCredential(credential) }, 201);
    },
    async getIssuerKeys() {
      const keys = tables.issuerKeys.map(({ number, suite, publicKey, from, until }) => {
        return { number, suite, public_key: toBase64url(publicKey), from, until };
      });
      return answered({ bank: parts.bankId, keys }) as Awaited<
        ReturnType<BankCalls['getIssuerKeys']>
      >;
    },
    async listDevices() {
      const own = [...tables.devices.values()].filter(({ accountId }) => accountId === account.id);
      const devices = own.map((device) => {
        const issued = [...tables.credentials.values()].filter(({ deviceNo }) => {
          return deviceNo === device.no;
        });
        return { ...wireDevice(device), credentials: issued.map(wireCredential) };
      });
      return answered({ devices });
    },
  };
}

const CHALLENGE_SECONDS = 600;
const DAY_SECONDS = 86_400;

/** Uses a challenge up, in the transaction of its effect. */
export function useChallenge(
  { tables, parts }: Desk,
  use: Omit<ChallengeRow, 'expiresAt'> & { readonly challenge: Uint8Array },
): boolean {
  const key = keyOf(use.challenge);
  const row = tables.challenges.get(key);
  const isGood =
    row?.accountId === use.accountId && row.purpose === use.purpose && parts.now() <= row.expiresAt;
  if (isGood) tables.log.delete(tables.challenges, key);
  return isGood;
}

type Enrolled = Awaited<ReturnType<BankCalls['enrolDevice']>>;

async function enrolDevice(desk: Desk, account: AccountRow, packet: Uint8Array): Promise<Enrolled> {
  const { tables, parts, verifier } = desk;
  const decoded = decodePacketOfKind('document', packet);
  if (!decoded.ok || decoded.value.document.fields.type !== 'enrolment') {
    return problem('device/enrolment_invalid');
  }
  const enrolment = decoded.value.document as Signed<Enrolment>;
  const { fields } = enrolment;
  if (fields.bank !== parts.bankId) return problem('device/wrong_bank');
  if (fields.account !== account.publicId) return problem('device/wrong_account');
  const hash = keyHash(fields.suite, fields.publicKey);
  const known = [...tables.devices.values()].find((row) => equalBytes(row.keyHash, hash));
  if (known !== undefined) {
    const same = known.accountId === account.id && equalBytes(known.enrolment, packet);
    return same ? enrolled(tables, known, 200) : problem('device/key_enrolled');
  }
  if (!(await verifyDocument(enrolment, fields, verifier))) {
    return problem('device/possession_unproven');
  }
  return tables.log.transaction(async () => {
    const { challenge, suite, publicKey, role, ecdhKey } = fields;
    const use = { challenge, accountId: account.id, purpose: 'enrolment' } as const;
    if (!useChallenge(desk, use)) return problem('device/challenge_invalid');
    const device: DeviceRow = {
      ...{ no: BigInt(FIRST_TILL + tables.devices.size), accountId: account.id, suite },
      ...{ publicKey, keyHash: hash, role, enrolment: packet, ecdhKey, status: 'active' },
    };
    tables.log.set(tables.devices, device.no, device);
    if (role !== 'payer') await issueCredential(desk, { account, device, ecdhKey: undefined });
    return enrolled(tables, device, 201);
  });
}

const FIRST_TILL = 1_001;

function enrolled(tables: Tables, device: DeviceRow, status: number): Enrolled {
  const credential = [...tables.credentials.values()].find(({ deviceNo, mode }) => {
    return deviceNo === device.no && mode === 'dynamic';
  });
  const issued = credential && {
    credential: toBase64url(credential.packet),
    credential_id: hex(credential.id),
  };
  return answered({ device: wireDevice(device), ...issued }, status);
}

interface CredentialOrder {
  readonly account: AccountRow;
  readonly device: DeviceRow;
  /** The lasting key of a printed code; without one the credential is dynamic. */
  readonly ecdhKey: Uint8Array | undefined;
}

/** Signs and stores a credential: what a payer will be shown is the bank's word. */
async function issueCredential(
  { tables, parts }: Desk,
  { account, device, ecdhKey }: CredentialOrder,
): Promise<CredentialRow> {
  const issuer = currentIssuer(tables);
  const from = parts.now();
  const fields: Credential = {
    type: 'credential',
    issuerKey: issuer.number,
    serial: tables.credentials.size + 1,
    wallet: currentWallet(tables, account.id),
    name: account.publicId,
    town: 'Lahore',
    suite: device.suite,
    publicKey: device.publicKey,
    mode: ecdhKey === undefined ? 'dynamic' : 'static',
    till: Number(device.no),
    ecdhKey,
    currency: parts.currency,
    from,
    until: from + (ecdhKey === undefined ? 400 : 1_095) * DAY_SECONDS,
    minVersion: 1,
  };
  const credential = await signDocument(fields, issuer);
  const packet = encodePacket(
    fields.mode === 'static'
      ? { kind: 'printed-code', credential }
      : { kind: 'document', document: credential },
  );
  const id = documentId({ type: 'credential', suite: issuer.suite }, credential.payload);
  const { serial, wallet, mode, currency, name, town, until } = fields;
  const row: CredentialRow = {
    ...{ id, serial, deviceNo: device.no, wallet, mode, currency, name, town, from, until },
    ...{ packet, issuedAt: from, revoked: false },
  };
  tables.log.set(tables.credentials, keyOf(id), row);
  return row;
}

/** What it is paid to. */
function currentWallet({ wallets }: Tables, accountId: bigint): number {
  for (const row of wallets.values()) {
    if (row.accountId === accountId && row.kind === 'current') return row.number;
  }
  throw new Error('An account without a current wallet.');
}

function wireDevice({ no, keyHash: hash, suite, role, status }: DeviceRow): Device {
  const at = '2026-01-01T00:00:00.000Z';
  return { till: Number(no), key_hash: hex(hash), suite, role, status, created_at: at };
}

function wireCredential(row: CredentialRow): WireCredential {
  const { serial, id, mode, wallet, currency, name, town, from, until, packet } = row;
  const letters = currencyOf(currency)?.alpha ?? '';
  const said = { serial, id: hex(id), mode, wallet_id: wallet, currency: letters, name, town };
  return { ...said, from, until, packet: toBase64url(packet) };
}

export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

export type Answer<T> = Promise<ApiResult<T>>;
