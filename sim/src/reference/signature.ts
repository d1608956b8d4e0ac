import { createHash, createPublicKey, verify } from 'node:crypto';

/**
 * Whether a payment was signed (spec/documents.md §1, spec/suites.md §1), written from the pages
 * alone: its Sig_structure built here, its signature checked by OpenSSL, its one form by integers.
 */
export interface SignedBytes {
  /** Of the allowance, as the bank issued it. */
  readonly suite: string;
  readonly publicKey: Uint8Array;
  /** 32 bytes: the allowance's id. */
  readonly parentId: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** The order of P-256. */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** The payment's id where its signature holds in its one form; undefined where it does not. */
export function idOfSigned(signed: SignedBytes): string | undefined {
  const { suite, signature } = signed;
  const key = publicKeyOf(signed);
  if (key === undefined || signature.length !== 64) return undefined;
  const bytes = structureOf(signed);
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  if (suite === 'ES256' && s > ORDER / 2n) return undefined;
  const digest = suite === 'ES256' ? 'sha256' : undefined;
  const holds = verify(digest, bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
  return holds ? createHash('sha256').update(bytes).digest('hex') : undefined;
}

/** `["Signature1", protected, external_aad, payload]`, in the shortest form. */
function structureOf({ suite, parentId, payload }: SignedBytes): Buffer {
  const header = Buffer.from(suite === 'ES256' ? 'a10126' : 'a10127', 'hex');
  const external = Buffer.concat([Buffer.from('sikka/payment/v1'), parentId]);
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

function publicKeyOf({ suite, publicKey }: SignedBytes) {
  const head = HEADS[suite];
  if (head === undefined) return undefined;
  const key = Buffer.concat([Buffer.from(head, 'hex'), publicKey]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}
