import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64url, toBase64url } from '../src/index.ts';

test('base64url is what Node writes, and reads back, for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = toBase64url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64url(text)).toEqual(new Uint8Array(bytes));
    }),
  );
});

test.each([
  ['one character is no byte', 'A'],
  ['five characters are no bytes', 'AAAAA'],
  ['left-over bits would give one value two texts', 'AB'],
  ['left-over bits after two bytes', 'AAB'],
  ['padding', 'AA=='],
  ['the other alphabet', 'a+/b'],
  ['a line end', 'AAAA\n'],
  ['a digit of another script', '١٢٣٤'],
])('base64url refuses %s', (_, text) => {
  expect(fromBase64url(text)).toBeUndefined();
});

test('the empty text is no bytes', () => {
  expect(fromBase64url('')).toEqual(new Uint8Array());
});
