import { describe, expect, it } from 'vitest';
import { drawing, iconNames } from '../../src/design/icon-paths.ts';
import { typedAmount, typedPin } from '../../src/design/keypad-input.ts';
import { darkRuns, modulePixels } from '../../src/design/qr-matrix.ts';
import { reeds, reedsLeft } from '../../src/design/reeds.ts';

describe('the ring', () => {
  it.each([
    [0n, 5_000n, 0, 'nothing is left'],
    [1n, 5_000n, 1, 'a little is left and still seen'],
    [3_150n, 5_000n, 63, 'one reed a percent'],
    [4_999n, 5_000n, 99, 'something is spent and seen'],
    [5_000n, 5_000n, 100, 'all is left'],
    [6_000n, 5_000n, 100, 'never more than all'],
    [-1n, 5_000n, 0, 'never less than none'],
    [10n, 0n, 0, 'nothing was loaded'],
  ])('%i of %i: %i reeds, because %s', (left, total, expected) => {
    expect(reedsLeft(left, total, 100)).toBe(expected);
  });

  it('draws as many reeds as asked, clockwise from twelve', () => {
    const circle = { size: 100, count: 4, inner: 10, outer: 20 };
    expect(reeds({ ...circle, from: 0, to: 0 })).toBe('');
    expect(reeds({ ...circle, from: 0, to: 1 })).toBe('M57.1 42.9L64.1 35.9');
    expect(reeds({ ...circle, from: 1, to: 4 }).match(/M/g)).toHaveLength(3);
  });
});

describe('the keypad', () => {
  it.each([
    ['', '5', '5'],
    ['', '0', ''],
    ['', '00', ''],
    ['5', '00', '500'],
    ['125', 'delete', '12'],
    ['125', 'clear', ''],
    ['', 'delete', ''],
    ['1234567', '8', '1234567'],
    ['123456', '00', '123456'],
  ] as const)('an amount %o and %o make %o', (before, key, after) => {
    expect(typedAmount(before, key)).toBe(after);
  });

  it.each([
    ['12345', '6', '123456'],
    ['123456', '7', '123456'],
    ['', '0', '0'],
    ['0', 'delete', ''],
    ['123', 'clear', ''],
  ] as const)('a PIN %o and %o make %o', (before, key, after) => {
    expect(typedPin(before, key)).toBe(after);
  });
});

describe('a code', () => {
  it.each([
    [360, 2, 69, 9, 'version 13 on a cheap phone'],
    [320, 2, 69, 8, 'a narrow one'],
    [1_200, 1, 69, 5, 'a laptop, no wider than 440'],
    [360, 1.5, 177, 2, 'the largest there is'],
    [10, 1, 177, 1, 'never nothing'],
  ])('%i px at %f with %i modules: %i whole pixels a module (%s)', (width, ratio, size, px) => {
    expect(modulePixels(width, ratio, size)).toBe(px);
  });

  it('is drawn run by run, each dark module once', () => {
    const data = [1, 1, 0, 0, 0, 1, 1, 1, 1];
    expect(darkRuns({ size: 3, data })).toEqual([
      { x: 0, y: 0, length: 2 },
      { x: 2, y: 1, length: 1 },
      { x: 0, y: 2, length: 3 },
    ]);
  });
});

describe('icons', () => {
  it.each(iconNames)('%s is absolute in its first move and stays on its grid', (name) => {
    for (const path of Object.values({ ...drawing(name) })) {
      expect(path).toMatch(/^[Mm]/);
      // A relative move after another shape would begin where that one ended.
      expect(path.slice(1)).not.toContain('m');
      const absolute = [...path.matchAll(/[ML](-?[\d.]+)[ ,]?(-?[\d.]+)/g)];
      for (const [, x, y] of absolute) {
        for (const value of [Number(x), Number(y)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(24);
        }
      }
    }
  });
});
