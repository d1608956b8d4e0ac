import { describe, expect, test } from 'vitest';
import { textCell } from '../../../src/flows/statements/csv.ts';
import { readPeriod } from '../../../src/flows/statements/period.ts';
import { statementOf } from '../../../src/flows/statements/statement.ts';

describe('a cell', () => {
  test.each([
    ['words', 'tea and bread', 'tea and bread'],
    ['a formula', '=1+1', `"'=1+1"`],
    ['a formula behind a space', ' =1+1', `" '=1+1"`],
    ['a sum', '+92300', `"'+92300"`],
    ['a minus', '-2+3', `"'-2+3"`],
    ['a function', '@SUM(A1)', `"'@SUM(A1)"`],
    ['a tab before it', '\t=1', `"\t'=1"`],
    ['a wide sign', '＝1', `"'＝1"`],
    ['a formula behind a quote', '"=1', `"""'=1"`],
    ['one behind what a semicolon parts', 'tea;=1+1', `"tea;'=1+1"`],
    ['one on a second line', 'tea\r\n=1', `"tea\r\n'=1"`],
    ['a comma', 'tea, bread', '"tea, bread"'],
    ['a quote', 'a "tea"', '"a ""tea"""'],
    ['signs inside', 'a=b+c-d@e', 'a=b+c-d@e'],
    ['nothing', '', ''],
  ])('with %s', (_, text, cell) => {
    expect(textCell(text)).toBe(cell);
  });
});

describe('a period', () => {
  const now = new Date('2026-11-21T10:00:00.000Z');
  const by = { now, lastDay: now, usualDays: 30, mostDays: 366, pastDays: 3_653 };
  const read = (from?: string, to?: string) => {
    const asked = readPeriod({ from, to }, by);
    if (!asked.ok) return asked.code;
    const { from: begin, until } = asked.value;
    return `${begin.toISOString()} ${until.toISOString()}`;
  };

  test.each([
    [undefined, undefined, '2026-10-23T00:00:00.000Z 2026-11-21T10:00:00.000Z'],
    ['2026-11-20', '2026-11-20', '2026-11-20T00:00:00.000Z 2026-11-21T00:00:00.000Z'],
    [undefined, '2026-11-20', '2026-10-22T00:00:00.000Z 2026-11-21T00:00:00.000Z'],
    [undefined, '2026-11-20T08:00:00Z', '2026-10-22T00:00:00.000Z 2026-11-20T08:00:00.000Z'],
    ['2026-11-20T08:00:00Z', '2999-01-01', 'statement/period_too_long'],
    ['2026-11-21', '2026-11-30', '2026-11-21T00:00:00.000Z 2026-11-21T10:00:00.000Z'],
    ['2025-11-21', '2026-11-21', '2025-11-21T00:00:00.000Z 2026-11-21T10:00:00.000Z'],
    ['2025-11-20', '2026-11-21', 'statement/period_too_long'],
    ['2026-11-21', '2026-11-20', 'statement/period_empty'],
    ['2026-11-22', '2026-11-23', 'statement/period_empty'],
    ['2026-11-20T08:00:00Z', '2026-11-20T08:00:00Z', 'statement/period_empty'],
    ['2026-02-30', undefined, 'statement/date_invalid'],
    ['2026-13-01', undefined, 'statement/date_invalid'],
    ['2026-11-20T25:00:00Z', undefined, 'statement/date_invalid'],
    ['2026-11-20T08:00:00+05:00', undefined, 'statement/date_invalid'],
    ['2016-11-21', '2016-11-22', '2016-11-21T00:00:00.000Z 2016-11-23T00:00:00.000Z'],
    ['2016-11-20', '2016-11-22', 'statement/too_long_ago'],
    ['1999-01-01', undefined, 'statement/date_invalid'],
    ['yesterday', undefined, 'statement/date_invalid'],
    [undefined, '', 'statement/date_invalid'],
  ])('from %s to %s: %s', (from, to, said) => {
    expect(read(from, to)).toBe(said);
  });

  test.each([
    ['2026-11-21T09:57:59Z', true],
    ['2026-11-21T09:58:00Z', true],
    ['2026-11-21T09:58:01Z', false],
    ['2026-11-21T10:00:00Z', false],
    // As it is now: nobody says that this is all of it.
    ['2026-11-21T10:00:01Z', true],
    ['2026-11-21', true],
  ])('that is final ends at %s: %s', (to, isTold) => {
    const asked = readPeriod({ from: '2026-11-21', to }, { ...by, closingMs: 120_000 });
    expect(asked.ok ? 'told' : asked.code).toBe(isTold ? 'told' : 'statement/period_open');
  });
});

test('a statement that does not add up is never written', () => {
  const at = new Date(0);
  const on = { from: at, until: at, account: 'x', currency: 586 };
  const entry = { id: 'L-1', at, kind: 'deposit', amountMinor: 5n };
  const sums = { balanceMinor: 9n, entries: 1, insideMinor: 5n, afterMinor: 1n };
  expect(statementOf(on, sums, [entry])).toMatchObject({ openingMinor: 3n, closingMinor: 8n });
  for (const entries of [[], [entry, entry], [{ ...entry, amountMinor: 4n }]]) {
    expect(() => statementOf(on, sums, entries)).toThrow('does not add up');
  }
});
