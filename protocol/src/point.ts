/** The field of P-256, p = 2^256 − 2^224 + 2^192 + 2^96 − 1 (SEC 2 §2.4.2). */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
/** The curve is y² = x³ − 3x + b. */
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
/** p ≡ 3 (mod 4), so a square's root is its power (p + 1) / 4. */
const ROOT_EXPONENT = ((P + 1n) / 4n).toString(2);
const COORDINATE_BYTES = 32;

/**
 * A P-256 point uncompressed, as WebCrypto imports it: 65 bytes from 33 (SEC 1 §2.3.4).
 * Undefined for bytes that are no compressed point on the curve, infinity included.
 */
export function decompressPoint(compressed: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const [form] = compressed;
  if (compressed.length !== 1 + COORDINATE_BYTES || (form !== 2 && form !== 3)) return undefined;
  const x = readCoordinate(compressed, 1);
  if (x >= P) return undefined;
  const square = rightSide(x);
  const root = squareRoot(square);
  // Half of all x are on no point: what has no root.
  if ((root * root) % P !== square) return undefined;
  const isOdd = (root & 1n) === 1n;
  // P-256 has no point with y = 0, so a root and its negative are never one.
  const y = isOdd === (form === 3) ? root : P - root;
  const point = new Uint8Array(1 + 2 * COORDINATE_BYTES);
  point[0] = 4;
  point.set(compressed.subarray(1), 1);
  writeCoordinate(y, point, 1 + COORDINATE_BYTES);
  return point;
}

/**
 * A P-256 point compressed, as documents carry it: 33 bytes from 65 (SEC 1 §2.3.3).
 * Undefined for bytes that are no uncompressed point on the curve.
 */
export function compressPoint(uncompressed: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const length = 1 + 2 * COORDINATE_BYTES;
  if (uncompressed.length !== length || uncompressed[0] !== 4) return undefined;
  const x = readCoordinate(uncompressed, 1);
  const y = readCoordinate(uncompressed, 1 + COORDINATE_BYTES);
  if (x >= P || y >= P || (y * y) % P !== rightSide(x)) return undefined;
  const point = new Uint8Array(uncompressed.subarray(0, 1 + COORDINATE_BYTES));
  point[0] = (y & 1n) === 1n ? 3 : 2;
  return point;
}

/** x³ − 3x + b, never negative. */
function rightSide(x: bigint): bigint {
  return (x * x * x + (P - 3n) * x + B) % P;
}

/** A root where there is one; public values only, since the time it takes depends on the value. */
function squareRoot(square: bigint): bigint {
  let power = 1n;
  for (const bit of ROOT_EXPONENT) {
    power = (power * power) % P;
    if (bit === '1') power = (power * square) % P;
  }
  return power;
}

function readCoordinate(bytes: Uint8Array, at: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, COORDINATE_BYTES);
  let value = 0n;
  for (let word = 0; word < COORDINATE_BYTES; word += 8) {
    value = (value << 64n) | view.getBigUint64(word);
  }
  return value;
}

function writeCoordinate(value: bigint, bytes: Uint8Array, at: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, COORDINATE_BYTES);
  for (let word = COORDINATE_BYTES - 8, rest = value; word >= 0; word -= 8, rest >>= 64n) {
    view.setBigUint64(word, rest & 0xffff_ffff_ffff_ffffn);
  }
}
