import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, fromHex, hex, sha256, utf8 } from '../../src/index.ts';
import { modulusBytes, rsaKeyOf, signPss } from '../support/rsa.ts';

/** Signatures on which verifiers disagree unless they are told exactly what to do. */
export interface EdgeCase {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const { BASE, Fn } = ed25519.Point;
const ORDER = Fn.ORDER;
/** A point of order 8. */
const TORSION = ed25519.Point.fromBytes(
  fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
);
const IDENTITY = ed25519.Point.ZERO.toBytes();
const SECRET = 1_000_003n;
const NONCE = 2_000_003n;

function littleEndian(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0')).reverse();
}

/** The hash of RFC 8032 §5.1.7, reduced. */
function challenge(r: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  return BigInt(`0x${hex(sha512(concatBytes(r, publicKey, message)).reverse())}`) % ORDER;
}

function signed(publicKey: Uint8Array, message: Uint8Array, nonce: bigint): EdgeCase {
  const r = nonce === 0n ? IDENTITY : BASE.multiply(nonce).toBytes();
  const s = (nonce + challenge(r, publicKey, message) * SECRET) % ORDER;
  return { publicKey, message, signature: concatBytes(r, littleEndian(s)) };
}

/** A key with a part of order 8: `R + kA` is `SB` exactly where 8 divides k. */
export function mixedOrderKey(wanted: 'divides' | 'does not divide'): EdgeCase {
  const publicKey = BASE.multiply(SECRET).add(TORSION).toBytes();
  const r = BASE.multiply(NONCE).toBytes();
  for (let i = 0; ; i++) {
    const message = utf8(`message ${i}`);
    const divides = challenge(r, publicKey, message) % 8n === 0n;
    if (divides === (wanted === 'divides')) return signed(publicKey, message, NONCE);
  }
}

/** The equation holds for every message, with an R of full order. */
export function smallOrderKey(): EdgeCase {
  const r = BASE.multiply(5n).toBytes();
  const signature = concatBytes(r, littleEndian(5n));
  return { publicKey: IDENTITY, message: utf8('any'), signature };
}

export function smallOrderR(): EdgeCase {
  return signed(BASE.multiply(SECRET).toBytes(), utf8('any'), 0n);
}

/** The same signature plus n, where that fits 256 bytes too: RSA itself takes it. */
export function signaturePlusModulus(): EdgeCase {
  const key = rsaKeyOf('suites');
  for (let i = 0; ; i++) {
    const message = utf8(`message ${i}`);
    const signature = BigInt(`0x${hex(signPss(key, message, sha256(message)))}`) + key.n;
    const digits = signature.toString(16).padStart(512, '0');
    if (digits.length > 512) continue;
    return { publicKey: modulusBytes(key), message, signature: fromHex(digits) };
  }
}
