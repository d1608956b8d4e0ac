import { expect } from 'vitest';
import { readEmvQr } from '../../src/index.ts';
import { itWithVectors } from '../shared-vectors.ts';

interface Published {
  readonly source: string;
  readonly payload: string;
  readonly crc_ok: boolean;
  readonly fields?: Readonly<Record<string, string>>;
}

const FILE = 'emvqr/payloads.json';

itWithVectors<readonly Published[]>('every published code is read, field by field', FILE, (all) => {
  const good = all.filter(({ crc_ok }) => crc_ok);
  expect(good).toHaveLength(18);
  for (const { source, payload, fields = {} } of good) {
    const read = readEmvQr(payload);
    expect(read, source).toMatchObject({ ok: true });
    if (!read.ok) continue;
    const { '63': _crc, ...expected } = fields;
    const got = Object.fromEntries(read.value.fields.map(({ tag, value }) => [tag, value]));
    expect(got, source).toEqual(expected);
    expect(read.value, source).toMatchObject({
      amount: expected['54'],
      country: expected['58'],
      merchantName: expected['59'],
      sikka: undefined,
    });
  }
});

itWithVectors<readonly Published[]>(
  'a published code with a wrong checksum is not',
  FILE,
  (all) => {
    const torn = all.filter(({ crc_ok }) => !crc_ok);
    expect(torn).toHaveLength(3);
    for (const { source, payload } of torn) {
      expect(readEmvQr(payload), source).toMatchObject({ ok: false, code: 'crc_mismatch' });
    }
  },
);

itWithVectors<readonly Published[]>('one changed character is noticed anywhere', FILE, (all) => {
  const good = all.filter(({ crc_ok, payload }) => crc_ok && /^[ -~]*$/.test(payload));
  for (const { payload } of good) {
    for (let at = 0; at < payload.length; at += 1) {
      const other = payload[at] === '7' ? '8' : '7';
      expect(readEmvQr(payload.slice(0, at) + other + payload.slice(at + 1)).ok).toBe(false);
    }
  }
});
