import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, hex } from '../src/bytes.ts';
import { compressPoint, decompressPoint } from '../src/point.ts';

/** What another implementation makes of the same bytes. */
function byNoble(bytes: Uint8Array, compressed: boolean): string | undefined {
  try {
    return hex(p256.Point.fromBytes(bytes).toBytes(compressed));
  } catch {
    return undefined;
  }
}

const found = (bytes: Uint8Array | undefined) => bytes && hex(bytes);
const P = 'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff';
const ZERO = '00'.repeat(32);
const scalars = fc.bigInt(1n, p256.Point.Fn.ORDER - 1n);
const coordinates = fc.uint8Array({ minLength: 32, maxLength: 32 });
const forms = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7);

describe('a point of P-256', () => {
  it('is compressed and decompressed as another implementation does it', () => {
    fc.assert(
      fc.property(scalars, (scalar) => {
        const point = p256.Point.BASE.multiply(scalar);
        const [short, long] = [point.toBytes(true), point.toBytes(false)];
        expect(found(decompressPoint(short))).toBe(hex(long));
        expect(found(compressPoint(long))).toBe(hex(short));
      }),
      { numRuns: 200 },
    );
  });

  it('is refused exactly where another implementation refuses it, for any x, y and form', () => {
    fc.assert(
      fc.property(forms, coordinates, coordinates, (form, x, y) => {
        const short = Uint8Array.of(form, ...x);
        const long = Uint8Array.of(form, ...x, ...y);
        expect(found(decompressPoint(short))).toBe(byNoble(short, false));
        expect(found(compressPoint(long))).toBe(byNoble(long, true));
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['infinity', '00'],
    ['infinity in 33 bytes', `00${ZERO}`],
    ['x = p', `02${P}`],
    ['x = 2^256 − 1', `03${'ff'.repeat(32)}`],
    ['x on no point', `02${ZERO.slice(0, -2)}01`],
    ['a byte more', `02${hex(p256.Point.BASE.toBytes(true)).slice(2)}00`],
    ['a byte less', hex(p256.Point.BASE.toBytes(true)).slice(0, -2)],
  ])('%s is no compressed point', (_, text) => {
    expect(decompressPoint(fromHex(text))).toBeUndefined();
  });

  it.each<[string, (long: Uint8Array) => Uint8Array]>([
    ['y of another point', (long) => long.with(64, (long[64] ?? 0) ^ 1)],
    ['a hybrid form', (long) => long.with(0, 6)],
    ['y = p − y + p', (long) => Uint8Array.of(...long.slice(0, 33), ...fromHex('ff'.repeat(32)))],
    ['a byte more', (long) => Uint8Array.of(...long, 0)],
  ])('%s is no uncompressed point', (_, change) => {
    expect(compressPoint(change(p256.Point.BASE.toBytes(false)))).toBeUndefined();
  });

  it('is a view of other bytes as well as bytes of its own', () => {
    const point = p256.Point.BASE;
    const within = Uint8Array.of(9, 9, 9, ...point.toBytes(true), 9).subarray(3, 36);
    expect(found(decompressPoint(within))).toBe(hex(point.toBytes(false)));
  });
});
