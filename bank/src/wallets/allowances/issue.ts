import type { Allowance, AllowanceRequest, Verifier } from '@sikka/protocol';
import {
  decodePacketOfKind,
  documentId,
  encodePacket,
  equalBytes,
  signDocument,
  verifyDocument,
} from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Db, Pool, Tx } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import type { IssuerSigner } from '../../keys/index.ts';
import { createAccounts, post } from '../../ledger/index.ts';
import type { AllowanceRecord } from './records.ts';
import type { AllowanceRefusal } from './rules.ts';
import { refuseStanding, termsOf } from './rules.ts';
import type { EnrolledDevice } from './store.ts';
import {
  drawSerial,
  insertAllowance,
  lockAccount,
  readAllowance,
  readDevice,
  readFirstAllowance,
  readOutstanding,
  readPolicy,
  readWalletOf,
} from './store.ts';

/** Uses up the bank's challenge, in the transaction of its effect; devices keep them. */
export type ConsumeChallenge = (
  tx: Tx,
  use: {
    readonly challenge: Uint8Array;
    readonly accountId: bigint;
    readonly purpose: 'allowance';
    readonly now: Date;
  },
) => Promise<boolean>;

export interface AllowanceOptions {
  readonly pool: Pool;
  /** The bank's id, which requests name. */
  readonly bank: string;
  readonly signer: (db: Db) => Promise<IssuerSigner>;
  readonly verifier: Verifier;
  readonly consumeChallenge: ConsumeChallenge;
}

export interface AllowanceOrder {
  readonly accountId: bigint;
  /** The account's public id, which the request names. */
  readonly account: string;
  /** The request: packet of kind 9, type 3, as the device sent it. */
  readonly request: Uint8Array;
  readonly now: Date;
}

export type AllowanceAnswer =
  /** `repeated`: issued before to this very request. */
  | { readonly ok: true; readonly allowance: AllowanceRecord; readonly repeated: boolean }
  | { readonly ok: false; readonly code: AllowanceRefusal };

/**
 * Issues an allowance (spec/settlement.md §4): verifies the request with the enrolled device's key
 * and suite, uses its challenge, and moves the amount from the offline wallet to a reservation of
 * its own, all in one transaction. One allowance for each device and journal: the same request
 * again gets the first allowance. A refusal changes nothing and uses up no challenge.
 */
export async function issueAllowance(
  options: AllowanceOptions,
  order: AllowanceOrder,
): Promise<AllowanceAnswer> {
  const asked = readRequest(order, options.bank);
  if (!asked.ok) return asked;
  const device = await readDevice(options.pool, asked.request.fields.keyHash);
  if (device === undefined || !mayPay(device, order)) return refuse('allowance/device_unknown');
  if (!(await verifyDocument(asked.request, device, options.verifier))) {
    return refuse('allowance/signature_invalid');
  }
  const signed = { ...asked, bytes: order.request };
  try {
    return await inTransaction(options.pool, (tx) => issue(options, tx, { order, signed, device }));
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.refused);
    throw error;
  }
}

function refuse(code: AllowanceRefusal): { readonly ok: false; readonly code: AllowanceRefusal } {
  return { ok: false, code };
}

/** Thrown to undo the transaction, and answered as a value. */
class Refusal extends Error {
  readonly refused: AllowanceRefusal;

  constructor(refused: AllowanceRefusal) {
    super(refused);
    this.refused = refused;
  }
}

function readRequest({ request: bytes, account }: AllowanceOrder, bank: string) {
  const decoded = decodePacketOfKind('document', bytes);
  if (!decoded.ok) return refuse('allowance/request_invalid');
  const { fields, ...signed } = decoded.value.document;
  if (fields.type !== 'allowance-request' || fields.amountMinor === 0n) {
    return refuse('allowance/request_invalid');
  }
  if (fields.bank !== bank) return refuse('allowance/wrong_bank');
  if (fields.account !== account) return refuse('allowance/wrong_account');
  return { ok: true, request: { ...signed, fields }, id: decoded.value.id } as const;
}

/** Somebody else's device is as unknown as one that is not there. */
function mayPay(device: EnrolledDevice, { accountId }: AllowanceOrder): boolean {
  return device.accountId === accountId && device.role !== 'payee';
}

interface Issuing {
  readonly order: AllowanceOrder;
  readonly signed: {
    readonly request: { readonly fields: AllowanceRequest };
    readonly id: Uint8Array;
    readonly bytes: Uint8Array;
  };
  readonly device: EnrolledDevice;
}

/**
 * Locks the account's row first: what is outstanding is counted and added to by one at a time, so
 * a limit cannot be split over several devices.
 */
async function issue(
  options: AllowanceOptions,
  tx: Tx,
  { order, signed, device }: Issuing,
): Promise<AllowanceAnswer> {
  const { accountId, now } = order;
  const request = signed.request.fields;
  const { amountMinor, currency, journalNonce, challenge } = request;
  const account = await lockAccount(tx, accountId);
  const first = await readFirstAllowance(tx, device.no, journalNonce);
  if (first !== undefined) {
    if (!equalBytes(first.requestId, signed.id)) throw new Refusal('allowance/nonce_used');
    return { ok: true, allowance: await kept(tx, first.no), repeated: true };
  }
  const policy = await readPolicy(tx, currency, now);
  const wallet = await readWalletOf(tx, accountId, currency);
  const outstanding = await readOutstanding(tx, { wallet: wallet?.number, deviceNo: device.no });
  // Read again under the lock: it may have been revoked meanwhile.
  const current = (await readDevice(tx, request.keyHash)) ?? device;
  const standing = { policy, account, device: current, wallet, outstanding };
  const code = refuseStanding(amountMinor, standing);
  if (code !== undefined) throw new Refusal(code);
  if (policy === undefined || wallet === undefined) throw new Error('Refused above.');
  const use = { challenge, accountId, purpose: 'allowance', now } as const;
  if (!(await options.consumeChallenge(tx, use))) throw new Refusal('device/challenge_invalid');

  const terms = termsOf(request, policy, Math.floor(now.getTime() / 1000));
  const allowance = await sign(options, tx, { terms, device });
  const at = new Date(allowance.fields.from * 1000);
  const [reservation] = await createAccounts(tx, [{ kind: 'reservation', currency }], at);
  if (reservation === undefined) throw new Error('No account was opened.');
  const { id, packet } = allowance;
  await insertAllowance(tx, {
    fields: allowance.fields,
    id,
    packet,
    requestId: signed.id,
    request: signed.bytes,
    accountId,
    deviceNo: device.no,
    payerWallet: wallet.number,
    reservation,
    at,
  });
  const no = BigInt(allowance.fields.serial);
  await record(tx, [issuedEvent(order, { no, deviceNo: device.no, fields: allowance.fields })], at);
  const { ledgerAccount: debit } = wallet;
  const reserve = { kind: 'reserve', currency, debit, credit: reservation, amountMinor };
  const posted = await post(tx, [{ ...reserve, reference: id }], at);
  if (!posted.ok) {
    if (posted.code === 'insufficient_funds') throw new Refusal('wallet/insufficient_funds');
    throw new Error(`A reservation was refused: ${posted.code}.`);
  }
  return { ok: true, allowance: await kept(tx, no), repeated: false };
}

interface Signing {
  readonly terms: Omit<Allowance, 'issuerKey' | 'publicKey' | 'serial' | 'suite'>;
  readonly device: EnrolledDevice;
}

/** The key and suite are those of the device's record, whatever the request said. */
async function sign({ signer }: AllowanceOptions, tx: Tx, { terms, device }: Signing) {
  const issuer = await signer(tx);
  const serial = await drawSerial(tx);
  const { suite, publicKey } = device;
  const fields: Allowance = { ...terms, issuerKey: issuer.number, serial, suite, publicKey };
  const document = await signDocument(fields, issuer);
  const id = documentId({ type: 'allowance', suite: issuer.suite }, document.payload);
  return { fields, id, packet: encodePacket({ kind: 'document', document }) };
}

function issuedEvent(
  { account }: AllowanceOrder,
  issued: { readonly no: bigint; readonly deviceNo: bigint; readonly fields: Allowance },
) {
  const { currency, limitMinor, policyEpoch } = issued.fields;
  return {
    actor: `account:${account}`,
    action: 'allowance.issued',
    subject: `allowance:${issued.no}`,
    outcome: 'issued',
    details: { device: issued.deviceNo, currency, limit: limitMinor, policy: policyEpoch },
  };
}

async function kept(tx: Tx, no: bigint): Promise<AllowanceRecord> {
  const allowance = await readAllowance(tx, no);
  if (allowance === undefined) throw new Error(`Allowance ${no} vanished.`);
  return allowance;
}
