import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromHex, hex } from '../src/bytes.ts';
import { decodeCbor, encodeCbor } from '../src/cbor.ts';
import type { CborValue } from '../src/cbor.ts';
import { ProtocolError } from '../src/errors.ts';
import { bytesOf, itWithVectors } from './shared-vectors.ts';

interface Entry {
  readonly file: string;
  readonly description: string;
  readonly hex: string;
  readonly fail: boolean;
  readonly roundtrip: boolean;
}

const ANY = { maxBytes: 1_000_000 };
const READABLE = /^[^\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]*$/u;

/**
 * An independent reader of the profile (spec/encoding.md §1), for comparison only: knows nothing
 * but the forms the profile has. The rest of the input, or undefined.
 */
function afterProfileItem(bytes: Uint8Array, depth = 0): Uint8Array | undefined {
  const initial = bytes[0];
  if (initial === undefined) return undefined;
  if (initial === 0xf4 || initial === 0xf5) return bytes.slice(1);
  const [major, info] = [initial >> 5, initial & 31];
  if (![0, 2, 3, 4].includes(major) || info > 27) return undefined;
  const width = info < 24 ? 0 : 2 ** (info - 24);
  if (bytes.length < 1 + width) return undefined;
  const digits = hex(bytes.slice(1, 1 + width));
  const argument = width === 0 ? BigInt(info) : BigInt(`0x${digits}`);
  const least = [0n, 24n, 256n, 0n, 65_536n][width] ?? 4_294_967_296n;
  if (argument < least || argument >= 2n ** 63n) return undefined;
  let rest: Uint8Array | undefined = bytes.slice(1 + width);
  if (major === 0) return rest;
  if (argument > BigInt(rest.length)) return undefined;
  const count = Number(argument);
  if (major === 4) {
    if (depth === 8) return undefined;
    for (let i = 0; i < count && rest !== undefined; i++) rest = afterProfileItem(rest, depth + 1);
    return rest;
  }
  const content = Buffer.from(rest.slice(0, count));
  if (major === 3) {
    const text = content.toString('utf8');
    const isExact = Buffer.from(text, 'utf8').equals(content);
    if (!isExact || !READABLE.test(text) || text.normalize('NFC') !== text) return undefined;
  }
  return rest.slice(count);
}

function isInProfile(bytes: Uint8Array): boolean {
  return afterProfileItem(bytes)?.length === 0;
}

function codeOf(input: Uint8Array): string {
  const decoded = decodeCbor(input, ANY);
  return decoded.ok ? 'ok' : decoded.code;
}

describe('the published CBOR vectors', () => {
  itWithVectors<readonly Entry[]>(
    'all 1,381: accepted exactly when in our profile and deterministic, never what must fail',
    'cbor/cbor-wg-hex.json',
    (entries) => {
      const wrong: Entry[] = [];
      let accepted = 0;
      for (const entry of entries) {
        const input = bytesOf(entry.hex);
        const decoded = decodeCbor(input, ANY);
        if (decoded.ok !== isInProfile(input)) wrong.push(entry);
        if (!decoded.ok) continue;
        accepted += 1;
        if (entry.fail || !entry.roundtrip) wrong.push(entry);
        if (hex(encodeCbor(decoded.value)) !== hex(input)) wrong.push(entry);
      }
      expect(entries).toHaveLength(1_381);
      expect(wrong).toEqual([]);
      expect(accepted).toBeGreaterThan(50);
    },
  );

  itWithVectors<readonly Entry[]>(
    'what must fail is malformed, but for two tags whose content is wrong',
    'cbor/cbor-wg-hex.json',
    (entries) => {
      const otherwise = entries.filter(({ fail, hex: input }) => {
        return fail && codeOf(bytesOf(input)) !== 'malformed';
      });
      // A date given as a map: well-formed, and refused for the tag before its content matters.
      expect(otherwise.map(({ hex: input }) => input)).toEqual(['c1a1616100', 'c0a1616100']);
      const unreadable = entries.filter(({ fail, hex: input }) => {
        return !fail && codeOf(bytesOf(input)) === 'malformed';
      });
      // A byte order mark in text, and arrays and maps too deep.
      const starts = unreadable.map(({ hex: input }) => input.slice(0, 8));
      expect(starts).toEqual(['66efbbbf', '81818181', 'a1a1a1a1', 'a100a100']);
    },
  );
});

const integer = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
);
const text = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((value) => value.normalize('NFC'))
  .filter((value) => READABLE.test(value));
const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => new Uint8Array(value));
const { value: anyValue } = fc.letrec<{ value: CborValue; array: readonly CborValue[] }>((tie) => ({
  value: fc.oneof({ maxDepth: 6 }, integer, text, bytes, fc.boolean(), tie('array')),
  array: fc.array(tie('value'), { maxLength: 6 }),
}));

describe('decoding', () => {
  it('gives back every value of the profile that was encoded', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const encoded = encodeCbor(value);
        expect(isInProfile(encoded)).toBe(true);
        expect(decodeCbor(encoded, ANY)).toEqual({ ok: true, value });
      }),
      { numRuns: 500 },
    );
  });

  it('accepts of mutated encodings exactly those in the profile, and never throws', () => {
    const change = fc.record({ at: fc.nat(2_000), to: fc.nat(255) });
    fc.assert(
      fc.property(anyValue, fc.array(change, { minLength: 1, maxLength: 3 }), (value, changes) => {
        const encoded = encodeCbor(value).slice();
        for (const { at, to } of changes) encoded[at % encoded.length] = to;
        expect(decodeCbor(encoded, ANY).ok).toBe(isInProfile(encoded));
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives what another decoder gives, and nothing that would be encoded otherwise', () => {
    const change = fc.record({ at: fc.nat(2_000), to: fc.nat(255) });
    fc.assert(
      fc.property(anyValue, fc.array(change, { maxLength: 2 }), (value, changes) => {
        const encoded = encodeCbor(value).slice();
        for (const { at, to } of changes) encoded[at % encoded.length] = to;
        const decoded = decodeCbor(encoded, ANY);
        if (!decoded.ok) return;
        expect(decoded.value).toEqual(decode(encoded, { allowBigInt: true, useMaps: true }));
        expect(equalBytes(encode(decoded.value), encoded)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(
    [
      ['nothing', '', 'malformed'],
      ['a head cut short', '19ff', 'malformed'],
      ['a string longer than the input', '45010203', 'malformed'],
      ['an array of 2^32 − 1 announced items', '9affffffff', 'malformed'],
      ['an array of 2^64 − 1 announced items', '9bffffffffffffffff', 'malformed'],
      ['a second item', '0000', 'malformed'],
      ['a reserved head', '1c', 'malformed'],
      ['a lone break', 'ff', 'malformed'],
      ['invalid UTF-8', '62c328', 'malformed'],
      ['an overlong UTF-8 form', '62c0af', 'malformed'],
      ['a surrogate in UTF-8', '63eda080', 'malformed'],
      ['a line feed in text', '610a', 'malformed'],
      ['a right-to-left override in text', '63e280ae', 'malformed'],
      ['a byte order mark in text', '63efbbbf', 'malformed'],
      ['a tag with nothing after it', 'c1', 'malformed'],
      ['nine arrays inside one another', `${'81'.repeat(8)}80`, 'malformed'],
      ['a simple value in two bytes below 32', 'f81f', 'malformed'],
      ['a text chunk of another kind', '7f4100ff', 'malformed'],
      ['8,193 items', `992000${'00'.repeat(8_192)}`, 'malformed'],
      ['an e with a combining accent', '6365cc81', 'not_canonical'],
      ['5 in two bytes', '1805', 'not_canonical'],
      ['255 in three bytes', '1900ff', 'not_canonical'],
      ['65,535 in five bytes', '1a0000ffff', 'not_canonical'],
      ['2^32 − 1 in nine bytes', '1b00000000ffffffff', 'not_canonical'],
      ['a length that is not the shortest', '580100', 'not_canonical'],
      ['2^63', '1b8000000000000000', 'not_canonical'],
      ['−1', '20', 'not_canonical'],
      ['a map', 'a0', 'not_canonical'],
      ['a map with one key twice', 'a201000100', 'not_canonical'],
      ['a tag', 'c100', 'not_canonical'],
      ['a float', 'f93c00', 'not_canonical'],
      ['not a number', 'f97e00', 'not_canonical'],
      ['null', 'f6', 'not_canonical'],
      ['undefined', 'f7', 'not_canonical'],
      ['an array of indefinite length', '9fff', 'not_canonical'],
      ['bytes of indefinite length', '5f4100ff', 'not_canonical'],
      ['eight arrays inside one another', `${'81'.repeat(7)}80`, 'ok'],
      ['8,192 items', `991fff${'00'.repeat(8_191)}`, 'ok'],
      ['2^63 − 1', '1b7fffffffffffffff', 'ok'],
      ['2^53', '1b0020000000000000', 'ok'],
    ].map(([what = '', input = '', code = '']) => ({ what, input, code })),
  )('$what: $code', ({ input, code }) => {
    expect(codeOf(fromHex(input))).toBe(code);
  });

  it('refuses what is over its limit before looking at it', () => {
    const refused = decodeCbor(new Uint8Array(5), { maxBytes: 4 });
    expect(refused).toMatchObject({ ok: false, code: 'too_large' });
  });

  it('answers a million nested arrays without exhausting the stack', () => {
    expect(codeOf(new Uint8Array(1_000_000).fill(0x81))).toBe('malformed');
    expect(codeOf(new Uint8Array(1_000_000).fill(0xc1))).toBe('malformed');
    expect(codeOf(new Uint8Array(1_000_000).fill(0x9f))).toBe('malformed');
  });

  it('keeps integers exact on both sides of 2^53', () => {
    const decoded = decodeCbor(fromHex('821b001fffffffffffff1b0020000000000001'), ANY);
    expect(decoded).toEqual({ ok: true, value: [2 ** 53 - 1, 2n ** 53n + 1n] });
  });

  it('reads a part of a greater buffer and nothing around it', () => {
    const whole = concatBytes(fromHex('ffff'), fromHex('820143aabbcc'), fromHex('ffff'));
    const decoded = decodeCbor(whole.subarray(2, 8), ANY);
    expect(decoded).toEqual({ ok: true, value: [1, fromHex('aabbcc')] });
  });
});

describe('encoding', () => {
  it.each<[string, CborValue]>([
    ['a negative number', -1],
    ['minus zero', -0],
    ['a fraction', 1.5],
    ['a number above 2^53', 2 ** 53],
    ['not a number', Number.NaN],
    ['a negative bigint', -1n],
    ['2^63', 2n ** 63n],
    ['text that is not NFC', 'e\u0301'],
    ['text with a control character', 'a\nb'],
    ['a lone surrogate', '\ud800'],
    ['nine arrays inside one another', [[[[[[[[[]]]]]]]]]],
    ['null inside an array', [null as unknown as CborValue]],
    ['an object', {} as CborValue],
  ])('throws for %s', (_what, value) => {
    expect(() => encodeCbor(value)).toThrow(ProtocolError);
  });

  it('takes the shortest head at every boundary', () => {
    const values = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2n ** 63n - 1n];
    expect(values.map((value) => hex(encodeCbor(value)))).toEqual([
      '00',
      '17',
      '1818',
      '18ff',
      '190100',
      '19ffff',
      '1a00010000',
      '1affffffff',
      '1b0000000100000000',
      '1b7fffffffffffffff',
    ]);
  });
});
