import {
  checkName,
  checkTown,
  foldName,
  formatAmount,
  formatIban,
  parseAmount,
  parseCnic,
  parseIban,
  parseLooseAmount,
  parseMsisdn,
  parseWalletNumber,
  formatWalletNumber,
  utf8,
} from '@sikka/protocol';
import { requireThat, saidOf, textOf } from '../target.ts';
import type { Target } from '../target.ts';

const CODES = new Set(['malformed', 'wrong_currency', 'amount_zero']);
const PKR = 586;

type Read = (text: string) => { ok: true; value: unknown } | { ok: false; code: string };

/** Each with how its value is written: read again, it is the same. */
const READERS: readonly (readonly [Read, (value: never) => string])[] = [
  [(text) => parseAmount(text, PKR), (minor: bigint) => formatAmount(minor, PKR)],
  [(text) => parseLooseAmount(text, PKR), (minor: bigint) => formatAmount(minor, PKR)],
  [parseIban, formatIban],
  [parseMsisdn, String],
  [parseCnic, String],
  [parseWalletNumber, formatWalletNumber],
  [checkName, String],
  [checkTown, String],
];

/** What people type and print: amounts, account and phone numbers, names. */
export const NUMBER_TARGETS: readonly Target[] = [
  {
    name: 'typed',
    shape: 'bytes',
    seeds: () =>
      [
        ...['500.00', '0.01', '90071992547409.91', '500', '1e3', '٣٤٥', '500.0', '.5', '0'],
        ...['PK36 SCBL 0000 0011 2345 6702', '+923001234567', '0300-1234567', '00923001234567'],
        ...['42101-1234567-1', '4210112345671', '1234 5678 9012', '100000000008'],
        ...['Ayesha', 'بلال کریانہ سٹور', 'Straße 7', 'e\u0301', 'José', 'A\u200dB', '🙂'],
      ].map((text) => utf8(text)),
    maxBytes: 400,
    read: (input) => {
      const text = textOf(input);
      const said = READERS.map(([read, write]) => {
        const first = read(text);
        if (!first.ok) return saidOf(first, CODES);
        const again = read(write(first.value as never));
        requireThat(again.ok && again.value === first.value, 'what was read is read again');
        return 'ok';
      });
      requireThat(foldName(foldName(text)) === foldName(text), 'folded once, folded for good');
      return said.join(' ');
    },
    growsFrom: 100,
    growing: {
      zeros: (size) => utf8('0'.repeat(size)),
      'digits and spaces': (size) => utf8('1 '.repeat(size / 2)),
      marks: (size) => utf8('a\u0301'.repeat(size / 3)),
    },
  },
];
