import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase45, encodeBase45 } from '../src/base45.ts';
import { hex } from '../src/bytes.ts';
import { decodeQrText, qrText } from '../src/qr-text.ts';
import { bytesOf, itWithVectors } from './shared-vectors.ts';

interface Base45Vectors {
  readonly valid: readonly { readonly hex: string; readonly base45: string }[];
  readonly invalid: readonly { readonly base45: string }[];
}

const anyBytes = fc.uint8Array({ maxLength: 400 }).map((value) => new Uint8Array(value));
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

describe('Base45', () => {
  itWithVectors<Base45Vectors>(
    'is that of RFC 9285, valid and invalid examples',
    'base45/rfc9285.json',
    ({ valid, invalid }) => {
      for (const example of valid) {
        expect(encodeBase45(bytesOf(example.hex))).toBe(example.base45);
        const decoded = decodeBase45(example.base45);
        expect(decoded.ok && hex(decoded.value)).toBe(example.hex);
      }
      for (const example of invalid) {
        expect(decodeBase45(example.base45)).toMatchObject({ ok: false, code: 'malformed' });
      }
      expect([valid.length > 5, invalid.length > 5]).toEqual([true, true]);
    },
  );

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(decodeBase45(encodeBase45(bytes))).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  it('has one text for each byte string: what decodes, encodes to the same text', () => {
    const text = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 30 });
    fc.assert(
      fc.property(text, (candidate) => {
        const decoded = decodeBase45(candidate);
        if (decoded.ok) expect(encodeBase45(decoded.value)).toBe(candidate);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a dangling character', 'BB8A'],
    ['a group of 65,536', 'GGW'],
    ['the greatest group', ':::'],
    ['a pair of 256', 'V5'],
    ['lower case', 'bb8'],
    ['a character outside the alphabet', 'BB_'],
    ['a line feed', 'BB\n'],
    ['a letter of another script that looks the same', 'ВB8'],
  ])('refuses %s', (_what, text) => {
    expect(decodeBase45(text)).toMatchObject({ ok: false, code: 'malformed' });
  });
});

describe('QR text', () => {
  it('starts with SK1: and stays in the alphanumeric alphabet', () => {
    fc.assert(
      fc.property(anyBytes, (packet) => {
        const text = qrText(packet);
        expect(text.startsWith('SK1:')).toBe(true);
        expect([...text].every((character) => ALPHABET.includes(character))).toBe(true);
        expect(decodeQrText(text)).toEqual({ ok: true, value: packet });
      }),
    );
  });

  it.each(
    [
      ['another version', 'SK2:BB8', 'malformed'],
      ['a lower-case prefix', 'sk1:BB8', 'malformed'],
      ['a space before it', ' SK1:BB8', 'malformed'],
      ['a web address', 'https://example.org', 'malformed'],
      ['nothing', '', 'malformed'],
      ['ten million characters', 'SK1:'.padEnd(10_000_000, '0'), 'too_large'],
    ].map(([what = '', text = '', code = '']) => ({ what, text, code })),
  )('refuses $what', ({ text, code }) => {
    expect(decodeQrText(text)).toMatchObject({ ok: false, code });
  });
});
