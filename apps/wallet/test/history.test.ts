import { describe, expect, it } from 'vitest';
import { writeCsv } from '../src/wallet/csv.ts';
import { daysOf, historyOf, lookThrough } from '../src/wallet/history.ts';
import type { HistoryEntry } from '../src/wallet/history.ts';

const NOON = new Date(2026, 10, 20, 12).getTime() / 1_000;
const DAY = 86_400;
const wallet = (number: number) => ({
  ...{ number, balanceMinor: 0n, reservedMinor: 0n, availableMinor: 0n, active: true },
});
const online = { at: NOON, current: wallet(2), offline: wallet(1) };

const given = (over: object = {}) => ({
  ...{ paymentId: 'ab'.repeat(32), amountMinor: 125_000n, currency: 586, at: NOON },
  payee: { name: 'Karachi Fruit Stall', town: 'Saddar', wallet: 9, till: 4711 },
  ...{ state: 'received', hasReceipt: true, withheld: false, code: undefined },
  ...{ twoWords: ['saffron', 'river'], proofId: undefined, extra: false },
  ...over,
});
const transfer = (id: number, from: number, to: number) => ({
  ...{ id, from, to, amountMinor: 500_000n, reference: `T-${id}`, at: NOON - DAY * id },
});

function history(sources: object): readonly HistoryEntry[] {
  const none = { given: [], accepted: [], transfers: [], online };
  return historyOf({ ...none, ...sources });
}

const textOf = ({ called, twoWords, amountMinor }: HistoryEntry) =>
  [called.by === 'name' ? called.name : '', ...(twoWords ?? []), amountMinor / 100n].join(' ');

describe('the history', () => {
  it('tells the ways of online transfers by whose wallets they are between', () => {
    const transfers = [transfer(1, 2, 1), transfer(2, 1, 2), transfer(3, 2, 7), transfer(4, 7, 2)];
    const told = history({ transfers }).map(({ called, way }) => [
      called.by === 'deed' ? called.deed : '',
      way,
    ]);
    expect(told).toEqual([
      ['load', 'own'],
      ['giveBack', 'own'],
      ['paidOnline', 'out'],
      ['receivedOnline', 'in'],
    ]);
  });

  it('groups by day, and counts neither what was refused nor what was not taken', () => {
    const entries = history({
      given: [
        given(),
        given({ at: NOON - 60, state: 'rejected', amountMinor: 9_000n }),
        given({ at: NOON - 120, withheld: true, amountMinor: 7_000n }),
        given({ at: NOON - DAY, state: 'settled', amountMinor: 48_000n }),
      ],
    });
    expect(daysOf(entries).map(({ outMinor, inMinor }) => [outMinor, inMinor])).toEqual([
      [125_000n, 0n],
      [48_000n, 0n],
    ]);
  });

  const entries = history({
    given: [
      given(),
      given({ state: 'settled', amountMinor: 6_000n, twoWords: ['lemon', 'gate'] }),
      given({ state: 'rejected', code: 'double_spend', amountMinor: 700n }),
    ],
    transfers: [transfer(4, 7, 2)],
  });
  const found = (filter: 'all' | 'open' | 'out' | 'in' | 'rejected', query = '') =>
    lookThrough(entries, { filter, query, textOf }).map(({ amountMinor }) => Number(amountMinor));

  it.each([
    ['all', [125_000, 6_000, 700, 500_000]],
    ['open', [125_000]],
    ['out', [125_000, 6_000, 700]],
    ['in', [500_000]],
    ['rejected', [700]],
  ] as const)('shows of %s only those', (filter, amounts) => {
    expect(found(filter)).toEqual(amounts);
  });

  it.each([
    ['karachi STALL', [125_000, 6_000, 700]],
    ['gate lemon', [6_000]],
    ['1,250', [125_000]],
    ['۱۲۵۰', [125_000]],
    ['lemon river', []],
  ])('finds %s', (query, amounts) => {
    expect(found('all', query)).toEqual(amounts);
  });
});

describe('a table as a file', () => {
  it.each([
    ['=HYPERLINK("http://evil.example")', `"'=HYPERLINK(""http://evil.example"")"`],
    ['+92 300', `"'+92 300"`],
    ['-1+1|cmd', `"'-1+1|cmd"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    [' =1', `" '=1"`],
    ['＝1', `"'＝1"`],
    ['a;=1', `"a;'=1"`],
    ['Ali, Sons "Best"', '"Ali, Sons ""Best"""'],
    ['two\nlines', '"two\nlines"'],
    ['حاجی کریانہ', 'حاجی کریانہ'],
    ['1250.00', '1250.00'],
  ])('%j is a cell that nothing is carried out of', (text, written) => {
    expect(writeCsv([[text]])).toBe(`\ufeff${written}\r\n`);
  });
});
