import { ProtocolError } from '../errors.ts';
import { compressPoint, decompressPoint } from '../point.ts';

const ALGORITHM = { name: 'ECDH', namedCurve: 'P-256' } as const;
const P256_PKCS8_HEAD = Uint8Array.of(
  ...[0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d],
  ...[0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27],
  ...[0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20],
);

/** A payee's key agreement key (spec/suites.md §4). */
export interface EcdhKeyPair {
  readonly privateKey: CryptoKey;
  /** 33 bytes, compressed, as documents carry it. */
  readonly publicKey: Uint8Array;
}

/** A fresh key agreement key. Its randomness is the platform's. */
export async function generateEcdhKeyPair({
  extractable,
}: {
  readonly extractable: boolean;
}): Promise<EcdhKeyPair> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, extractable, ['deriveBits']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const publicKey = compressPoint(raw);
  if (publicKey === undefined) throw new ProtocolError('malformed', 'not a P-256 public key');
  return { privateKey: pair.privateKey, publicKey };
}

/** Rejects for anything but a compressed point on the curve. */
export async function importEcdhPublicKey(compressed: Uint8Array): Promise<CryptoKey> {
  const point = decompressPoint(compressed);
  if (point === undefined) throw new ProtocolError('malformed', 'not a compressed P-256 point');
  return crypto.subtle.importKey('raw', point, ALGORITHM, true, []);
}

/** The private scalar's 32 bytes as a key that cannot be exported again. */
export async function importEcdhPrivateKey(scalar: Uint8Array): Promise<CryptoKey> {
  const pkcs8 = new Uint8Array(P256_PKCS8_HEAD.length + scalar.length);
  pkcs8.set(P256_PKCS8_HEAD);
  pkcs8.set(scalar, P256_PKCS8_HEAD.length);
  return crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['deriveBits']);
}
