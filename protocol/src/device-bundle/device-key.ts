import { decodeBase64 } from '../base64.ts';
import { equalBytes } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_DEVICE_PEM_CHARACTERS } from '../limits.ts';
import { compressPoint } from '../point.ts';
import { sha256 } from '../sha256.ts';
import { hasPublicKeyForm } from '../suites/form.ts';
import { p256Spki, publicKeySpki, rsaSpki } from '../suites/key-formats.ts';
import type { OlderScheme } from '../suites/scheme.ts';

/** A till's registered signing key: P-256, or RSA of 2,048, 3,072 or 4,096 bits, e = 65537. */
export interface DeviceKey {
  readonly scheme: OlderScheme;
  /** As the scheme's verifier takes it: a compressed point, or a modulus. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of the SubjectPublicKeyInfo in DER, a point compressed: one for every spelling. */
  readonly id: Uint8Array;
}

const PEM = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]*)-----END PUBLIC KEY-----\s*$/;
const P256_SPKI_BYTES = 91;
const RSA_EXPONENT_BYTES = 5;

/**
 * Reads a device's public key in PEM (`BEGIN PUBLIC KEY`), its lines broken anywhere or nowhere.
 * Refuses with `bundle/key_invalid` other kinds of PEM and key, other encodings of a key, and a
 * point off the curve.
 */
export function readDeviceKey(pem: string): Result<DeviceKey, 'bundle/key_invalid'> {
  const body = pem.length > MAX_DEVICE_PEM_CHARACTERS ? undefined : PEM.exec(pem)?.[1];
  const der = body === undefined ? undefined : decodeBase64(body.replaceAll(/\s/g, ''));
  if (der === undefined) return failure('bundle/key_invalid', 'not a public key in PEM');
  const key = der.length === P256_SPKI_BYTES ? pointIn(der) : modulusIn(der);
  return key === undefined
    ? failure('bundle/key_invalid', 'not P-256, and not RSA with e = 65537')
    : success({ ...key, id: sha256(publicKeySpki(key.scheme, key.publicKey)) });
}

function pointIn(der: Uint8Array): Omit<DeviceKey, 'id'> | undefined {
  const point = der.slice(-65);
  const publicKey = compressPoint(point);
  if (publicKey === undefined || !equalBytes(p256Spki(point), der)) return undefined;
  return { scheme: 'ECDSA-P256', publicKey };
}

function modulusIn(der: Uint8Array): Omit<DeviceKey, 'id'> | undefined {
  for (const length of [256, 384, 512]) {
    const end = der.length - RSA_EXPONENT_BYTES;
    const publicKey = der.slice(Math.max(0, end - length), end);
    if (!hasPublicKeyForm('RS256', publicKey) || publicKey.length !== length) continue;
    if (equalBytes(rsaSpki(publicKey), der)) return { scheme: 'RS256', publicKey };
  }
  return undefined;
}
