import { randomBytes } from 'node:crypto';
import { fromBase64url, toBase64url } from '@sikka/api';
import type { Client } from '@sikka/api';
import {
  decodePacketOfKind,
  encodeCbor,
  encodePacket,
  generateEcdhKeyPair,
  hex,
  keyHash,
  signDocument,
} from '@sikka/protocol';
import type { Allowance, Credential, Role, Signed, Signer, Suite } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';

/** A phone's key and what it signs by hand, honest or not: the SDK would refuse to sign some. */
export interface Phone {
  readonly signer: Signer;
  readonly keyHash: Uint8Array;
}

export async function newPhone(suite: Suite = 'ES256'): Promise<Phone> {
  const { privateKey, publicKey } = await generateNodeSigningKey(suite);
  return { signer: nodeSigner(suite, privateKey), keyHash: keyHash(suite, publicKey) };
}

export async function challengeFor(client: Client, purpose: 'enrolment' | 'allowance') {
  const answer = await client.createChallenge({ body: { purpose } });
  if (!answer.ok) throw new Error(answer.problem.code);
  return bytesOf(answer.value.challenge);
}

export interface EnrolmentFields {
  readonly bank?: string;
  readonly account: string;
  readonly challenge: Uint8Array;
  readonly role?: Role;
  readonly ecdhKey?: Uint8Array;
  /** Who signs; by default the phone itself. */
  readonly signedBy?: Signer;
}

/** An enrolment packet, base64url. */
export async function enrolmentOf(phone: Phone, fields: EnrolmentFields): Promise<string> {
  const { suite, publicKey } = phone.signer;
  const { signedBy = phone.signer } = fields;
  const document = await signDocument(
    {
      type: 'enrolment',
      bank: fields.bank ?? 'sikka-demo',
      account: fields.account,
      challenge: fields.challenge,
      suite,
      publicKey,
      ecdhKey: fields.ecdhKey,
      role: fields.role ?? 'both',
      time: now(),
    },
    signedBy,
  );
  return toBase64url(encodePacket({ kind: 'document', document }));
}

/** Enrols a fresh phone; throws the problem's code where the bank refuses. */
export async function enrolled(client: Client, account: string, role: Role = 'both') {
  const phone = await newPhone();
  const challenge = await challengeFor(client, 'enrolment');
  const enrolment = await enrolmentOf(phone, { account, challenge, role });
  const answer = await client.enrolDevice({ body: { enrolment } });
  if (!answer.ok) throw new Error(answer.problem.code);
  return { phone, enrolment, ...answer.value };
}

/** An allowance request packet, base64url. */
export async function allowanceRequestOf(
  phone: Phone,
  fields: {
    readonly account: string;
    readonly challenge: Uint8Array;
    readonly amountMinor: bigint;
    readonly journalNonce?: Uint8Array;
    readonly bank?: string;
    readonly currency?: number;
    readonly signedBy?: Signer;
  },
): Promise<string> {
  const document = await signDocument(
    {
      type: 'allowance-request',
      bank: fields.bank ?? 'sikka-demo',
      account: fields.account,
      keyHash: phone.keyHash,
      journalNonce: fields.journalNonce ?? randomBytes(8),
      amountMinor: fields.amountMinor,
      currency: fields.currency ?? 586,
      challenge: fields.challenge,
    },
    fields.signedBy ?? phone.signer,
  );
  return toBase64url(encodePacket({ kind: 'document', document }));
}

export interface Held {
  readonly id: Uint8Array;
  readonly allowance: Signed<Allowance>;
}

/** An allowance packet as the bank gave it. */
export function heldOf(packet: string): Held {
  const decoded = decodePacketOfKind('document', bytesOf(packet));
  if (!decoded.ok || decoded.value.document.fields.type !== 'allowance') throw new Error('none');
  return { id: decoded.value.id, allowance: decoded.value.document as Signed<Allowance> };
}

export function credentialIn(packet: string): Signed<Credential> {
  const decoded = decodePacketOfKind('document', bytesOf(packet));
  if (!decoded.ok || decoded.value.document.fields.type !== 'credential') throw new Error('none');
  return decoded.value.document as Signed<Credential>;
}

/** A payment packet under an allowance, as its phone signs it. */
export async function paymentOf(
  phone: Phone,
  held: Held,
  fields: {
    readonly sequence: number;
    readonly amountMinor: bigint;
    readonly spentMinor: bigint;
    readonly previous: Uint8Array;
    readonly payeeWallet: number;
  },
) {
  const payment = await signDocument(
    {
      type: 'payment',
      currency: 586,
      mode: 'dynamic',
      bind: randomBytes(32),
      salt: randomBytes(16),
      claimedAt: now(),
      ...fields,
    },
    phone.signer,
    held.id,
  );
  const packet = encodePacket({ kind: 'payment', allowance: held.allowance, payment });
  const decoded = decodePacketOfKind('payment', packet);
  if (!decoded.ok) throw new Error(decoded.detail);
  return { packet, id: decoded.value.paymentId, idText: hex(decoded.value.paymentId) };
}

/** A batch as wallets send it. */
export function batchOf(...packets: readonly Uint8Array[]): Uint8Array {
  return encodeCbor([...packets]);
}

export async function newPoint(): Promise<Uint8Array> {
  return (await generateEcdhKeyPair({ extractable: false })).publicKey;
}

export function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  if (bytes === undefined) throw new Error('not base64url');
  return bytes;
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
