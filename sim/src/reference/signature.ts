import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * Whether a payment or a Return was signed (spec/documents.md §1, spec/suites.md §1), written from
 * the pages alone: its Sig_structure built here, its signature checked by OpenSSL, its one form by
 * integers.
 */
export interface SignedBytes {
  readonly type: 'payment' | 'receipt' | 'return';
  /** Of the allowance, or of the payee's credential. */
  readonly key: SigningKey;
  /** 32 bytes: the id of the allowance, or of the credential. */
  readonly parentId: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** A public key as OpenSSL reads it, once. */
export interface SigningKey {
  readonly suite: string;
  readonly publicKey: Uint8Array;
  readonly object: KeyObject;
}

/** The order of P-256. */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** The document's id where its signature holds in its one form; undefined where it does not. */
export function idOfSigned(signed: SignedBytes): string | undefined {
  const { signature } = signed;
  const { suite, object: key } = signed.key;
  if (signature.length !== 64) return undefined;
  const bytes = structureOf(signed);
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  if (suite === 'ES256' && s > ORDER / 2n) return undefined;
  const digest = suite === 'ES256' ? 'sha256' : undefined;
  const holds = verify(digest, bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
  return holds ? createHash('sha256').update(bytes).digest('hex') : undefined;
}

/** `["Signature1", protected, external_aad, payload]`, in the shortest form. */
function structureOf({ type, key, parentId, payload }: SignedBytes): Buffer {
  const header = Buffer.from(key.suite === 'ES256' ? 'a10126' : 'a10127', 'hex');
  const external = Buffer.concat([Buffer.from(`sikka/${type}/v1`), parentId]);
  const parts = [header, external, payload].flatMap((part) => [headOf(part.length), part]);
  return Buffer.concat([Buffer.from([0x84, 0x6a]), Buffer.from('Signature1'), ...parts]);
}

/** The head of a byte string. */
function headOf(length: number): Buffer {
  if (length < 24) return Buffer.from([0x40 | length]);
  if (length < 256) return Buffer.from([0x58, length]);
  return Buffer.from([0x59, length >> 8, length & 0xff]);
}

/** SubjectPublicKeyInfo up to the key: a compressed point of P-256, and an Ed25519 key. */
const HEADS: Readonly<Record<string, string>> = {
  ES256: '3039301306072a8648ce3d020106082a8648ce3d030107032200',
  EdDSA: '302a300506032b6570032100',
};

/** Undefined for a suite that no phone of a world has. */
export function signingKey(suite: string, publicKey: Uint8Array): SigningKey | undefined {
  const head = HEADS[suite];
  if (head === undefined) return undefined;
  const key = Buffer.concat([Buffer.from(head, 'hex'), publicKey]);
  return { suite, publicKey, object: createPublicKey({ key, format: 'der', type: 'spki' }) };
}
