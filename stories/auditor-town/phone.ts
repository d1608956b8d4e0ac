import { randomBytes } from 'node:crypto';
import { fromBase64url, toBase64url } from '@sikka/api';
import type { Client } from '@sikka/api';
import {
  decodePacketOfKind,
  documentId,
  encodePacket,
  generateEcdhKeyPair,
  keyHash,
  signDocument,
} from '@sikka/protocol';
import type { Allowance, Credential, Mode, Role, Signed, Signer } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';

/** A phone that signs by hand, honest or not: a wallet would refuse to sign some of it. */
export interface Phone {
  readonly account: string;
  readonly client: Client;
  readonly signer: Signer;
  readonly till: number;
  /** Of a payee. */
  readonly credential: Signed<Credential> | undefined;
  readonly credentialId: Uint8Array;
}

export const BANK = 'sikka-demo';
export const PKR = 586;

export function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  if (bytes === undefined) throw new Error('not base64url');
  return bytes;
}

type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: { readonly code: string } };

export function ok<T>(answer: Answered<T>): T {
  if (!answer.ok) throw new Error(answer.problem.code);
  return answer.value;
}

async function challengeFor(client: Client, purpose: 'enrolment' | 'allowance') {
  return bytesOf(ok(await client.createChallenge({ body: { purpose } })).challenge);
}

export async function enrol(client: Client, account: string, role: Role): Promise<Phone> {
  const { privateKey, publicKey } = await generateNodeSigningKey('ES256');
  const signer = nodeSigner('ES256', privateKey);
  const challenge = await challengeFor(client, 'enrolment');
  const ecdhKey = (await generateEcdhKeyPair({ extractable: false })).publicKey;
  const time = Math.floor(Date.now() / 1000);
  const fields = { type: 'enrolment', bank: BANK, account, challenge, role, time } as const;
  const { suite } = signer;
  const document = await signDocument({ ...fields, suite, publicKey, ecdhKey }, signer);
  const enrolment = toBase64url(encodePacket({ kind: 'document', document }));
  const answer = ok(await client.enrolDevice({ body: { enrolment } }));
  const credential =
    answer.credential === undefined ? undefined : credentialIn(bytesOf(answer.credential));
  return {
    account,
    client,
    signer,
    till: answer.device.till,
    credential,
    credentialId:
      credential === undefined
        ? new Uint8Array(32)
        : documentId({ type: 'credential', suite: credential.suite }, credential.payload),
  };
}

function credentialIn(packet: Uint8Array): Signed<Credential> {
  const decoded = decodePacketOfKind('document', packet);
  if (!decoded.ok || decoded.value.document.fields.type !== 'credential') throw new Error('none');
  return decoded.value.document as Signed<Credential>;
}

/** The printed code of a till: its wallet and the id to bind payments to. */
export async function printedCode(phone: Phone): Promise<Uint8Array> {
  const params = { till: String(phone.till) };
  const answer = ok(await phone.client.createPrintedCode({ params, body: {} }));
  return Uint8Array.from(Buffer.from(answer.credential.id, 'hex'));
}

/** An allowance and the journal that spends it. */
export interface Purse {
  readonly phone: Phone;
  readonly id: Uint8Array;
  readonly allowance: Signed<Allowance>;
  sequence: number;
  spentMinor: bigint;
  head: Uint8Array;
}

export async function openPurse(phone: Phone, amountMinor: bigint): Promise<Purse> {
  const challenge = await challengeFor(phone.client, 'allowance');
  const { suite, publicKey } = phone.signer;
  const document = await signDocument(
    {
      type: 'allowance-request',
      bank: BANK,
      account: phone.account,
      keyHash: keyHash(suite, publicKey),
      journalNonce: new Uint8Array(randomBytes(8)),
      amountMinor,
      currency: PKR,
      challenge,
    },
    phone.signer,
  );
  const request = toBase64url(encodePacket({ kind: 'document', document }));
  const { packet } = ok(await phone.client.createAllowance({ body: { request } }));
  const decoded = decodePacketOfKind('document', bytesOf(packet));
  if (!decoded.ok || decoded.value.document.fields.type !== 'allowance') throw new Error('none');
  const { id, document: issued } = decoded.value;
  const allowance = issued as Signed<Allowance>;
  return { phone, id, allowance, sequence: 0, spentMinor: 0n, head: id };
}

export interface Spend {
  readonly amountMinor: bigint;
  readonly wallet: number;
  readonly mode?: Mode;
  readonly bind?: Uint8Array;
}

export interface Paid {
  readonly packet: Uint8Array;
  readonly id: Uint8Array;
  readonly amountMinor: bigint;
  readonly bind: Uint8Array;
}

/** The journal's next payment. */
export async function pay(purse: Purse, spend: Spend): Promise<Paid> {
  const paid = await signPayment(purse, spend);
  purse.sequence += 1;
  purse.spentMinor += spend.amountMinor;
  purse.head = paid.id;
  return paid;
}

/** A payment that the journal forgets at once: the next has the same sequence. */
export async function signPayment(purse: Purse, spend: Spend): Promise<Paid> {
  const { phone, id: parentId, allowance } = purse;
  const { amountMinor, wallet, mode = 'dynamic' } = spend;
  const bind = spend.bind ?? new Uint8Array(randomBytes(32));
  const payment = await signDocument(
    {
      type: 'payment',
      sequence: purse.sequence + 1,
      amountMinor,
      currency: PKR,
      spentMinor: purse.spentMinor + amountMinor,
      previous: purse.head,
      payeeWallet: wallet,
      mode,
      bind,
      salt: new Uint8Array(randomBytes(16)),
      claimedAt: Math.floor(Date.now() / 1000),
    },
    phone.signer,
    parentId,
  );
  const packet = encodePacket({ kind: 'payment', allowance, payment });
  const id = documentId({ type: 'payment', suite: payment.suite, parentId }, payment.payload);
  return { packet, id, amountMinor, bind };
}

/** "I sign no more": of the journal as it stands, or as `lie` says. */
export async function giveBack(
  purse: Purse,
  lie: { readonly lastSequence?: number; readonly totalMinor?: bigint } = {},
): Promise<Uint8Array> {
  const { phone, allowance } = purse;
  const { lastSequence = purse.sequence, totalMinor = purse.spentMinor } = lie;
  const { journalNonce } = allowance.fields;
  const head = purse.head;
  const fields = { type: 'return', lastSequence, totalMinor, head, journalNonce } as const;
  const returned = await signDocument(fields, phone.signer, purse.id);
  return encodePacket({ kind: 'return', allowance, return: returned });
}

export interface Refunding {
  readonly payment: Paid;
  readonly number: number;
  readonly amountMinor: bigint;
  readonly cumulativeMinor: bigint;
  /** Id of the refund before. */
  readonly previous?: Uint8Array;
}

export async function refund(
  till: Phone,
  { payment, number, amountMinor, cumulativeMinor, previous = payment.id }: Refunding,
): Promise<{ readonly packet: Uint8Array; readonly id: Uint8Array }> {
  const { credential, credentialId: parentId, signer } = till;
  if (credential === undefined) throw new Error('This phone is no till.');
  const document = await signDocument(
    {
      type: 'refund',
      paymentId: payment.id,
      number,
      amountMinor,
      currency: PKR,
      cumulativeMinor,
      previous,
    },
    signer,
    parentId,
  );
  const packet = encodePacket({ kind: 'refund', credential, refund: document });
  const context = { type: 'refund', suite: signer.suite, parentId } as const;
  return { packet, id: documentId(context, document.payload) };
}
