import { checkPrimeSync, constants, createPrivateKey, sign } from 'node:crypto';
import { publicKeyPem, walletKeyOf } from '@sikka/protocol';
import type { WalletKey } from '@sikka/protocol';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

/** An RSA key of a wallet: what older clients sign with (spec/wallet-key.md). */
export interface RsaKey extends WalletKey {
  readonly pem: string;
  /** Its salt is OpenSSL's own: a payment's id is never of its signature. */
  sign(message: Uint8Array): Uint8Array;
}

/** By number, made once a process. */
const made = new Map<number, RsaKey>();

/** The same number gives the same key in every run, of whatever seed. */
export function rsaKey(number: number): RsaKey {
  const known = made.get(number);
  if (known !== undefined) return known;
  const key = makeKey(number);
  made.set(number, key);
  return key;
}

const EXPONENT = 65_537n;

/** How far behind what is drawn its next primes lie: found once, so that no run looks for them. */
const STEPS: readonly (readonly [number, number])[] = [
  [351, 763],
  [156, 82],
  [146, 64],
  [177, 289],
  [836, 692],
  [365, 714],
  [327, 119],
  [303, 488],
  [140, 63],
  [117, 507],
  [893, 328],
  [1012, 303],
  [55, 137],
  [593, 80],
  [70, 190],
  [182, 126],
];

function makeKey(number: number): RsaKey {
  const random = createRandom(`rsa/${number}`);
  const [one, two] = STEPS[number] ?? [0, 0];
  const [p, q] = [drawPrime(random, one), drawPrime(random, two)];
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e: EXPONENT, d, p, q };
  const halves = { dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.entries({ ...numbers, ...halves }).map(([name, value]) => [name, text(value)]);
  const key = createPrivateKey({
    ...{ format: 'jwk', key: { kty: 'RSA', ...(Object.fromEntries(jwk) as object) } },
  });
  const modulus = bytes(p * q);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return {
    ...walletKeyOf(modulus),
    pem: publicKeyPem('PS256', modulus),
    sign: (message) => new Uint8Array(sign('sha256', message, { key, padding, saltLength: 32 })),
  };
}

/** Of 1,024 bits, its two highest set, so that a product of two has 2,048. */
function drawPrime(random: Random, steps: number): bigint {
  const drawn = random.randomBytes(128);
  drawn[0] = (drawn[0] ?? 0) | 0xc0;
  drawn[127] = (drawn[127] ?? 0) | 1;
  let candidate = BigInt(`0x${Buffer.from(drawn).toString('hex')}`) + 2n * BigInt(steps);
  while (candidate % EXPONENT === 1n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b % a, a, y - quotient * x, x];
  }
  return ((x % modulus) + modulus) % modulus;
}

function bytes(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return new Uint8Array(
    Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex'),
  );
}

function text(value: bigint): string {
  return Buffer.from(bytes(value)).toString('base64url');
}
