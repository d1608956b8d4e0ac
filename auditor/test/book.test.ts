import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createBook, inOrder, quote } from '../src/book.ts';
import type { Finding } from '../src/book.ts';
import { CHECKS } from '../src/report.ts';

function finding(no: number): Finding {
  return { table: 't', key: { no }, what: 'wrong', expected: 1, found: no };
}

function resultOf(book: ReturnType<typeof createBook>, name: keyof typeof CHECKS) {
  return book.results().find((result) => result.name === name);
}

test('every check has a result, in the order of the report, and is fine until it is not', () => {
  const results = createBook().results();
  expect(results.map(({ name }) => name)).toEqual(Object.keys(CHECKS));
  expect(results.every(({ ok, rows, wrong }) => ok && rows === 0 && wrong === 0)).toBe(true);
});

test('the first wrong row is the first in order, however long each took', async () => {
  const book = createBook();
  const rows = [5, 4, 3, 2, 1];
  const answers = await inOrder(book.page('payments'), rows, async (row, page) => {
    page.saw();
    await pause(row * 4);
    if (row < 5) page.wrong(finding(row));
    return row * 10;
  });
  expect(answers).toEqual([50, 40, 30, 20, 10]);
  expect(resultOf(book, 'payments')).toMatchObject({
    ok: false,
    rows: 5,
    wrong: 4,
    firstWrong: { table: 't', key: { no: '4' }, expected: '1', found: '4' },
  });
});

test('values are the same whatever their type, and different values never', () => {
  const page = createBook().page('balances');
  const same = (expected: Finding['expected'], found: Finding['found']) =>
    page.same({ ...finding(0), expected, found });
  const bytes = Uint8Array.of(1, 2);
  expect(same(7n, 7)).toBe(true);
  expect(same(bytes, Buffer.from(bytes))).toBe(true);
  expect(same(undefined, null)).toBe(true);
  expect(same(new Date(0), new Date(0))).toBe(true);
  expect(same(2n ** 60n + 1n, 2n ** 60n)).toBe(false);
  expect(same(0, null)).toBe(false);
  expect(same(bytes, Uint8Array.of(1, 3))).toBe(false);
  expect(same(false, true)).toBe(false);
});

test('what is long is cut in the report, after it was compared in full', () => {
  const book = createBook();
  const page = book.page('uploads');
  const long = 'x'.repeat(1_000);
  expect(page.same({ ...finding(0), expected: `${long}a`, found: `${long}b` })).toBe(false);
  expect(resultOf(book, 'uploads')?.firstWrong?.found).toHaveLength(200);
});

test('notes are counted and stand in the detail', () => {
  const book = createBook();
  const page = book.page('answers');
  page.note('uploads waiting');
  page.note('uploads waiting');
  page.note('nothing', 0);
  expect(resultOf(book, 'answers')?.detail).toBe(`${CHECKS.answers}; 2 uploads waiting`);
});

test('a date that is none is quoted as such', () => {
  expect(quote(new Date(Number.NaN))).toBe('no date');
});
