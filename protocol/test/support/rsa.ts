import { checkPrimeSync } from 'node:crypto';
import { concatBytes, fromHex, hex, sha256, utf8 } from '../../src/index.ts';

/** An RSA key of 2,048 bits, e = 65537, made of a name: the same on every machine. */
export interface RsaKey {
  readonly n: bigint;
  readonly d: bigint;
}

const E = 65_537n;
const BYTES = 256;

export function rsaKeyOf(name: string): RsaKey {
  const p = primeOf(`${name}/p`);
  const q = primeOf(`${name}/q`);
  return { n: p * q, d: inverse(E, (p - 1n) * (q - 1n)) };
}

/** RSASSA-PSS (RFC 8017 §8.1.1) with SHA-256, MGF1 of it, and a given salt of any length. */
export function signPss({ n, d }: RsaKey, message: Uint8Array, salt: Uint8Array): Uint8Array {
  const encoded = toBigInt(encodePss(message, salt));
  return toBytes(power(encoded, d, n));
}

/** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.1) with SHA-256. */
export function signPkcs1({ n, d }: RsaKey, message: Uint8Array): Uint8Array {
  const info = fromHex('3031300d060960864801650304020105000420');
  const digest = concatBytes(info, sha256(message));
  const block = new Uint8Array(BYTES).fill(0xff);
  block.set([0, 1]);
  block.set(concatBytes(Uint8Array.of(0), digest), BYTES - digest.length - 1);
  return toBytes(power(toBigInt(block), d, n));
}

export function modulusBytes({ n }: RsaKey): Uint8Array {
  return toBytes(n);
}

/** EMSA-PSS for a modulus of 2,048 bits (RFC 8017 §9.1.1). */
function encodePss(message: Uint8Array, salt: Uint8Array): Uint8Array {
  const hash = sha256(concatBytes(new Uint8Array(8), sha256(message), salt));
  const block = new Uint8Array(BYTES - hash.length - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  const mask = mgf1(hash, block.length);
  const masked = block.map((byte, i) => byte ^ mask[i]!);
  // The encoded message is one bit shorter than the modulus.
  masked[0]! &= 0x7f;
  return concatBytes(masked, hash, Uint8Array.of(0xbc));
}

function mgf1(seed: Uint8Array, length: number): Uint8Array {
  return expand((counter) => concatBytes(seed, counter), length);
}

function expand(input: (counter: Uint8Array) => Uint8Array, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    sha256(input(Uint8Array.of(0, 0, 0, i))),
  );
  return concatBytes(...blocks).slice(0, length);
}

/** The first prime at or after 1,024 bits of hash, with both top bits set and p − 1 prime to e. */
function primeOf(name: string): bigint {
  const start = toBigInt(expand((counter) => concatBytes(utf8(name), counter), BYTES / 2));
  let candidate = start | (3n << 1022n) | 1n;
  while (candidate % E === 1n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [value, modulus];
  let [x, y] = [1n, 0n];
  while (low > 0n) {
    const quotient = high / low;
    [low, high] = [high % low, low];
    [x, y] = [y - quotient * x, x];
  }
  return ((y % modulus) + modulus) % modulus;
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(bytes)}`);
}

function toBytes(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * BYTES, '0'));
}
