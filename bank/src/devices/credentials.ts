import { documentId, encodePacket, signDocument } from '@sikka/protocol';
import type { Credential, Mode } from '@sikka/protocol';
import type { Db, Pool, Tx } from '../db/index.ts';
import { accountById, claimPayeeName } from '../identity/index.ts';
import type { IssuerSigner } from '../keys/index.ts';
import type { DeviceRecord } from './devices.ts';
import { limits } from './limits.ts';
import { Undo } from './refusals.ts';
import { drawSerial, insertCredential } from './store.ts';

export interface CredentialRecord {
  readonly serial: number;
  readonly id: Uint8Array;
  readonly till: number;
  readonly wallet: number;
  readonly mode: Mode;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly name: string;
  readonly town: string;
  /** Seconds; both ends included. */
  readonly from: number;
  readonly until: number;
  /** Kind 9 (dynamic), or 8 (static: ready to print). */
  readonly packet: Uint8Array;
  readonly issuedAt: Date;
}

export type NewCredential = CredentialRecord;

export type CredentialRefusal =
  'device/limit_reached' | 'device/name_unverified' | 'device/name_taken' | 'wallet/not_found';

export interface CredentialDeps {
  readonly pool: Pool;
  readonly signer: (db: Db) => Promise<IssuerSigner>;
  /** The wallet a payee is paid to; wallets are beside devices, so it comes as an argument. */
  readonly payeeWallet: PayeeWallet;
}

export type PayeeWallet = (
  db: Db,
  accountId: bigint,
  currency: number,
) => Promise<number | undefined>;

interface Order {
  readonly device: DeviceRecord;
  readonly currency: number;
  /** The lasting key of a printed code; without one the credential is dynamic. */
  readonly ecdhKey: Uint8Array | undefined;
  readonly now: Date;
}

/**
 * A credential with the account's verified name: what a payer will be shown is the bank's word
 * and never asked for. Throws `Undo` with a `CredentialRefusal`.
 */
export async function issueNamed(
  deps: CredentialDeps,
  tx: Tx,
  { device, currency, ecdhKey, now }: Order,
): Promise<CredentialRecord> {
  const account = await accountById(tx, device.accountId);
  if (account === undefined) throw new Error('A device of no account.');
  const named = await claimPayeeName(tx, { account, currency, at: now });
  if (!named.ok) throw new Undo(`device/${named.code}` as const);
  const wallet = await deps.payeeWallet(tx, device.accountId, currency);
  if (wallet === undefined) throw new Undo('wallet/not_found');
  const { name, town } = named;
  const order = { device, wallet, currency, name, town, ecdhKey, now };
  return issueCredential(tx, order, await deps.signer(tx));
}

interface CredentialOrder extends Order {
  readonly wallet: number;
  readonly name: string;
  readonly town: string;
}

/** Signs and stores a credential (spec/documents.md type 2). */
async function issueCredential(
  tx: Tx,
  order: CredentialOrder,
  signer: IssuerSigner,
): Promise<CredentialRecord> {
  const { device, ecdhKey, now } = order;
  const mode = ecdhKey === undefined ? 'dynamic' : 'static';
  const days = mode === 'dynamic' ? limits.dynamicDays : limits.staticDays;
  const from = Math.floor(now.getTime() / 1000);
  const fields: Credential = {
    type: 'credential',
    issuerKey: signer.number,
    serial: await drawSerial(tx),
    wallet: order.wallet,
    name: order.name,
    town: order.town,
    suite: device.suite,
    publicKey: device.publicKey,
    mode,
    till: device.till,
    ecdhKey,
    currency: order.currency,
    from,
    until: from + days * 86_400,
    minVersion: 1,
  };
  const credential = await signDocument(fields, signer);
  const packet = encodePacket(
    mode === 'static'
      ? { kind: 'printed-code', credential }
      : { kind: 'document', document: credential },
  );
  const issued: CredentialRecord = {
    serial: fields.serial,
    id: documentId({ type: 'credential', suite: signer.suite }, credential.payload),
    till: device.till,
    wallet: order.wallet,
    mode,
    currency: order.currency,
    name: order.name,
    town: order.town,
    from,
    until: fields.until,
    packet,
    issuedAt: now,
  };
  await insertCredential(tx, issued);
  return issued;
}
