import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, utf8 } from '../src/bytes.ts';
import { ProtocolError } from '../src/errors.ts';
import {
  checkName,
  checkTown,
  CURRENCIES,
  foldName,
  formatAmount,
  formatWalletNumber,
  isWalletNumber,
  parseAmount,
  parseWalletNumber,
  twoWordIndices,
  twoWords,
  walletNumberWithCheckDigit,
  WORD_LIST,
} from '../src/identifiers/index.ts';
import { sha256 } from '../src/sha256.ts';
import { bestBankTime } from '../src/time.ts';

const anyBody = fc.integer({ min: 10_000_000_000, max: 99_999_999_999 });

/** The sum of the standard's definition, over digits of any number. */
function checkDigitOf(digits: string): number {
  const product = [...digits].reduce((before, digit) => {
    const sum = (Number(digit) + before) % 10 || 10;
    return (sum * 2) % 11;
  }, 10);
  return (11 - product) % 10;
}

describe('wallet numbers', () => {
  it('have one right check digit of ten', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const right = Array.from({ length: 10 }, (_, digit) => body * 10 + digit);
        expect(right.filter(isWalletNumber)).toEqual([walletNumberWithCheckDigit(body)]);
      }),
    );
  });

  it('show every single wrong digit', () => {
    const scenario = fc.record({
      body: anyBody,
      at: fc.nat(11),
      add: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(scenario, ({ body, at, add }) => {
        const digits = [...walletNumberWithCheckDigit(body).toString()].map(Number);
        digits[at] = (digits[at]! + add) % 10;
        expect(isWalletNumber(Number(digits.join('')))).toBe(false);
      }),
    );
  });

  it('have the check digit of ISO/IEC 7064 MOD 11,10, as published examples do', () => {
    // The standard's own 0794; a Croatian OIB and a German tax number use the same scheme.
    expect(['0794', '3339200596', '3657426180'].map(checkDigitOf)).toEqual([5, 1, 9]);
    fc.assert(
      fc.property(anyBody, (body) => {
        expect(walletNumberWithCheckDigit(body) % 10).toBe(checkDigitOf(body.toString()));
      }),
    );
  });

  it('are grouped on screens and read back with or without spaces', () => {
    const wallet = walletNumberWithCheckDigit(12_345_678_901);
    const shown = formatWalletNumber(wallet);
    expect(shown).toMatch(/^1234 5678 901\d$/);
    expect(parseWalletNumber(shown)).toEqual({ ok: true, value: wallet });
    expect(parseWalletNumber(shown.replaceAll(' ', ''))).toEqual({ ok: true, value: wallet });
  });

  it.each(['', '1234 5678 9010 ', '１２３４56789018', '-12345678901', '1e11', '12345 6789018'])(
    'are not read from "%s"',
    (text) => {
      expect(parseWalletNumber(text)).toMatchObject({ ok: false, code: 'malformed' });
    },
  );

  it.each([0, -1, 12, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 9_999_999_999, 1e12])(
    'are not %s',
    (value) => {
      expect(isWalletNumber(value)).toBe(false);
      expect(() => walletNumberWithCheckDigit(value)).toThrow(ProtocolError);
    },
  );
});

describe('names and towns', () => {
  it.each(['Ayesha Khan', 'آئشہ خان', 'Café du Marché', "O'Brien & Sons (2)", 'अमीना', '王小明'])(
    'may be "%s"',
    (name) => {
      expect(checkName(name)).toEqual({ ok: true, value: name });
    },
  );

  it.each([
    ['empty', ''],
    ['only digits', '1234'],
    ['a space in front', ' Ali'],
    ['a space behind', 'Ali '],
    ['33 bytes', 'a'.repeat(33)],
    ['33 bytes in 11 characters', '王'.repeat(11)],
    ['not NFC', 'Cafe\u0301'],
    ['a line feed', 'Ali\nPaid'],
    ['a right-to-left override', 'Ali\u202egnp'],
    ['a zero-width space', 'A\u200bli'],
    ['a soft hyphen', 'A\u00adli'],
    ['a Hangul filler', 'Ali\u3164'],
    ['a variation selector', 'Ali\ufe0f'],
    ['an emoji', 'Ali 🙂'],
    ['markup', '<b>Ali</b>'],
    ['a no-break space', 'Ali\u00a0Khan'],
    ['a lone surrogate', 'Ali\ud800'],
    ['an underscore', 'ali_khan'],
  ])('may not be %s', (_what, name) => {
    expect(checkName(name)).toMatchObject({ ok: false, code: 'malformed' });
    if (name !== '1234') expect(checkTown(name)).toMatchObject({ ok: false });
  });

  it('have at most 32 and 24 bytes', () => {
    expect(checkName('a'.repeat(32)).ok).toBe(true);
    expect(checkTown('a'.repeat(24)).ok).toBe(true);
    expect(checkTown('a'.repeat(25)).ok).toBe(false);
  });

  it('are the same when they differ only in case or width', () => {
    for (const [a, b] of [
      ['AYESHA Khan', 'ayesha khan'],
      ['Ａyesha', 'Ayesha'],
      ['STRASSE', 'straße'],
      ['ﬁne', 'FINE'],
    ] as const) {
      expect(foldName(a)).toBe(foldName(b));
    }
    expect(foldName('Ali')).not.toBe(foldName('Alí'));
  });
});

describe('amounts', () => {
  it('come back from their text in every currency', () => {
    const minor = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
    fc.assert(
      fc.property(minor, fc.constantFrom(...CURRENCIES), (value, { alpha, numeric }) => {
        expect(formatAmount(value, numeric)).toBe(formatAmount(value, alpha));
        expect(parseAmount(formatAmount(value, numeric), alpha)).toEqual({ ok: true, value });
      }),
    );
  });

  it.each([
    [50_000n, 586, '500.00'],
    [5n, 840, '0.05'],
    [0n, 784, '0.00'],
    [-105n, 682, '-1.05'],
    [500n, 952, '500'],
    [0n, 'XOF', '0'],
  ] as const)('%s of %s is %s', (minor, currency, text) => {
    expect(formatAmount(minor, currency)).toBe(text);
  });

  it.each([
    ['-1', 586],
    ['+1', 586],
    ['1.5', 586],
    ['1.500', 586],
    ['1.', 586],
    ['.50', 586],
    ['01', 586],
    ['1e3', 586],
    ['0x10', 586],
    [' 5', 586],
    ['5 ', 586],
    ['5\n', 586],
    ['1,000.00', 586],
    ['١٢', 586],
    ['１２', 586],
    ['NaN', 586],
    ['Infinity', 586],
    ['', 586],
    ['5.00', 952],
    ['90071992547409.92', 586],
    ['9007199254740992', 952],
    ['9'.repeat(10_000), 586],
  ])('are not read from "%s" of %i', (text, currency) => {
    expect(parseAmount(text, currency)).toMatchObject({ ok: false, code: 'malformed' });
  });

  it('are read with or without a fraction, up to 2^53 − 1', () => {
    expect(parseAmount('500', 586)).toEqual({ ok: true, value: 50_000n });
    expect(parseAmount('90071992547409.91', 586)).toEqual({ ok: true, value: 2n ** 53n - 1n });
  });

  it('have no currency outside the table', () => {
    expect(parseAmount('5', 999)).toMatchObject({ ok: false, code: 'wrong_currency' });
    expect(() => formatAmount(5n, 'pkr')).toThrow(ProtocolError);
  });
});

describe('two words', () => {
  it('come from the list of BIP-39, unchanged', () => {
    const file = utf8(`${WORD_LIST.join('\n')}\n`);
    expect(hex(sha256(file))).toBe(
      '2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda',
    );
  });

  it.each([
    ['000000', ['abandon', 'abandon']],
    ['ffffff', ['zoo', 'zoo']],
    ['001ffc', ['abandon', 'zoo']],
    ['ffe003', ['zoo', 'abandon']],
    ['002008', ['ability', 'able']],
  ])('of an id starting %s are %s', (start, words) => {
    const id = new Uint8Array(32).fill(0x77);
    id.set(Buffer.from(start, 'hex'));
    expect(twoWords(id)).toEqual(words);
    expect(twoWordIndices(id).map((index) => WORD_LIST[index])).toEqual(words);
  });

  it('need an id of 32 bytes', () => {
    expect(() => twoWords(new Uint8Array(31))).toThrow(ProtocolError);
  });
});

describe('the best bank time', () => {
  it.each([
    ['the phone went on', { lastBankTime: 1_000, phoneAtLast: 50, phoneNow: 80 }, 1_030],
    ['the phone was set back', { lastBankTime: 1_000, phoneAtLast: 50, phoneNow: 20 }, 1_000],
    ['no time passed', { lastBankTime: 1_000, phoneAtLast: 50, phoneNow: 50 }, 1_000],
    ['fractions are dropped', { lastBankTime: 1_000, phoneAtLast: 50.9, phoneNow: 52.7 }, 1_001],
  ])('when %s', (_what, readings, expected) => {
    expect(bestBankTime(readings)).toBe(expected);
  });
});
