import { decodeBase64 } from '../base64.ts';
import { equalBytes } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { sha256 } from '../sha256.ts';
import { hasPublicKeyForm } from '../suites/form.ts';
import { rsaSpki } from '../suites/key-formats.ts';

/** A wallet's RSA key: 2,048 bits, e = 65537. */
export interface WalletKey {
  /** SHA-256 of its SubjectPublicKeyInfo in DER. */
  readonly id: Uint8Array;
  /** 256 bytes. */
  readonly modulus: Uint8Array;
}

/** Far over any PEM of 294 bytes of DER, so that what is read stays small. */
const MAX_PEM_CHARACTERS = 2_048;
const MODULUS_AT = 33;
const MODULUS_BYTES = 256;
const DER_BYTES = 294;
const PEM = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]*)-----END PUBLIC KEY-----\s*$/;

/** A modulus as the key it is. */
export function walletKeyOf(modulus: Uint8Array): WalletKey {
  return { id: sha256(rsaSpki(modulus)), modulus };
}

/**
 * A public key in PEM (`BEGIN PUBLIC KEY`), its lines broken anywhere or nowhere: RSA of exactly
 * 2,048 bits, e = 65537, whose DER is the one encoding of that key (spec/wallet-key.md §3).
 * Refuses everything else with `malformed`.
 */
export function readSpki(
  pem: string,
): Result<WalletKey & { readonly der: Uint8Array }, 'malformed'> {
  const body = pem.length > MAX_PEM_CHARACTERS ? undefined : PEM.exec(pem)?.[1];
  const der = body === undefined ? undefined : decodeBase64(body.replaceAll(/\s/g, ''));
  if (der?.length !== DER_BYTES) return failure('malformed', 'not a public key of RSA in PEM');
  const modulus = der.slice(MODULUS_AT, MODULUS_AT + MODULUS_BYTES);
  if (!equalBytes(rsaSpki(modulus), der) || !hasPublicKeyForm('PS256', modulus)) {
    return failure('malformed', 'not RSA of 2,048 bits with e = 65537');
  }
  return success({ ...walletKeyOf(modulus), der });
}
