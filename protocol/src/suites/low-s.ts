import { compareBytes, fromHex } from '../bytes.ts';

/** The order n of P-256 (SEC 2 §2.4.2), big-endian. */
const ORDER = fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const HALF_ORDER = fromHex('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8');
const ZERO = new Uint8Array(32);

function isScalar(bytes: Uint8Array): boolean {
  return compareBytes(bytes, ZERO) > 0 && compareBytes(bytes, ORDER) < 0;
}

/** Whether r‖s is an ES256 signature in its one form: 0 < r < n and 0 < s ≤ n/2. */
export function isLowS(signature: Uint8Array): boolean {
  return isScalarPair(signature) && compareBytes(signature.subarray(32), HALF_ORDER) <= 0;
}

/** Whether r‖s may be an ECDSA signature at all: 0 < r < n and 0 < s < n. */
export function isScalarPair(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  return isScalar(signature.subarray(0, 32)) && isScalar(signature.subarray(32));
}

/**
 * The low-s form of a signature r‖s: what signers give out, because (r, s) and (r, n − s) are both
 * valid and a third party could turn one into the other (spec/suites.md §1).
 */
export function normaliseLowS(signature: Uint8Array): Uint8Array {
  const s = signature.subarray(32);
  if (compareBytes(s, HALF_ORDER) <= 0) return signature;
  const normalised = Uint8Array.from(signature);
  let borrow = 0;
  for (let i = 31; i >= 0; i--) {
    const difference = (ORDER[i] ?? 0) - (s[i] ?? 0) - borrow;
    borrow = difference < 0 ? 1 : 0;
    normalised[32 + i] = difference + 256 * borrow;
  }
  return normalised;
}
