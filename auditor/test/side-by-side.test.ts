import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBigints, readerOf, sideBySide } from '../src/side-by-side.ts';

async function* rowsOf<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows;
}

/** What was seen, in order: `=n`, `<n` only left, `>n` only right. */
async function seen(left: readonly number[], right: readonly number[]): Promise<string[]> {
  const lines: string[] = [];
  await sideBySide({
    left: rowsOf(left),
    right: rowsOf(right),
    compare: (a, b) => a - b,
    both: (a) => void lines.push(`=${a}`),
    onlyLeft: (a) => void lines.push(`<${a}`),
    onlyRight: (b) => void lines.push(`>${b}`),
  });
  return lines;
}

test.each([
  { left: [], right: [], lines: [] },
  { left: [1, 2], right: [1, 2], lines: ['=1', '=2'] },
  { left: [1, 2, 3], right: [2], lines: ['<1', '=2', '<3'] },
  { left: [2], right: [1, 2, 3], lines: ['>1', '=2', '>3'] },
  { left: [], right: [4], lines: ['>4'] },
  { left: [1], right: [1, 1], lines: ['=1', '>1'] },
])('$left beside $right', async ({ left, right, lines }) => {
  expect(await seen(left, right)).toEqual(lines);
});

test('every row is seen once, whatever the two streams hold', async () => {
  const sorted = fc
    .uniqueArray(fc.integer({ min: 0, max: 40 }))
    .map((numbers) => numbers.sort((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(sorted, sorted, async (left, right) => {
      const lines = await seen(left, right);
      const named = (mark: string) =>
        lines.filter((line) => line.startsWith(mark)).map((line) => Number(line.slice(1)));
      expect(named('=')).toEqual(left.filter((n) => right.includes(n)));
      expect(named('<')).toEqual(left.filter((n) => !right.includes(n)));
      expect(named('>')).toEqual(right.filter((n) => !left.includes(n)));
    }),
  );
});

test('both streams are ended where a row throws', async () => {
  let open = 0;
  async function* counted(): AsyncGenerator<number> {
    open += 1;
    try {
      for (let n = 0; ; n += 1) yield n;
    } finally {
      open -= 1;
    }
  }
  const walk = sideBySide({
    left: counted(),
    right: counted(),
    compare: (a, b) => a - b,
    both: (n) => {
      if (n === 3) throw new Error('stop');
    },
    onlyLeft: () => undefined,
    onlyRight: () => undefined,
  });
  await expect(walk).rejects.toThrow('stop');
  expect(open).toBe(0);
});

test('a row that was looked at is still the next', async () => {
  const reader = readerOf(rowsOf([1, 2]));
  expect([await reader.peek(), await reader.peek(), await reader.take()]).toEqual([1, 1, 1]);
  expect([await reader.take(), await reader.peek(), await reader.take()]).toEqual([
    2,
    undefined,
    undefined,
  ]);
  await reader.close();
});

test('bigints are compared beyond what a number holds', () => {
  const [a, b] = [2n ** 60n, 2n ** 60n + 1n];
  expect([compareBigints(a, b), compareBigints(b, a), compareBigints(a, a)]).toEqual([-1, 1, 0]);
});
