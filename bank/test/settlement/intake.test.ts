import { encodeCbor } from '@sikka/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBatch } from '../../src/settlement/index.ts';

const bytes = (...each: number[]) => new Uint8Array(each);

test.each([
  ['an empty array', bytes(0x80), 0],
  ['one empty packet', bytes(0x81, 0x40), 1],
  ['two packets', bytes(0x82, 0x41, 1, 0x42, 1, 2), 2],
])('reads %s', (_, batch, count) => {
  const read = readBatch(batch);
  expect(read.ok && read.value.length).toBe(count);
});

test.each([
  ['nothing', bytes(), 'malformed'],
  ['a map', bytes(0xa0), 'malformed'],
  ['a byte string', bytes(0x40), 'malformed'],
  ['an array of text', bytes(0x81, 0x60), 'malformed'],
  ['an array cut short', bytes(0x82, 0x40), 'malformed'],
  ['a packet cut short', bytes(0x81, 0x42, 1), 'malformed'],
  ['a head cut short', bytes(0x81, 0x59, 1), 'malformed'],
  ['bytes after it', bytes(0x80, 0x00), 'malformed'],
  ['a reserved length', bytes(0x9c), 'malformed'],
  ['a length of 64 bits', bytes(0x9b, 0, 0, 0, 0, 0, 0, 0, 1, 0x40), 'malformed'],
  ['an indefinite array', bytes(0x9f, 0x40, 0xff), 'not_canonical'],
  ['an indefinite packet', bytes(0x81, 0x5f, 0x40, 0xff), 'not_canonical'],
  ['a head longer than it needs', bytes(0x98, 1, 0x40), 'not_canonical'],
  ['a packet head longer than it needs', bytes(0x81, 0x58, 1, 9), 'not_canonical'],
  ['two bytes where one does', bytes(0x99, 0, 0x17, 0x40), 'not_canonical'],
  ['four bytes where two do', bytes(0x9a, 0, 0, 0x10, 0, 0x40), 'not_canonical'],
  ['5,001 packets said', bytes(0x99, 0x13, 0x89), 'too_large'],
  ['4,294,967,295 packets said', bytes(0x9a, 0xff, 0xff, 0xff, 0xff), 'too_large'],
  ['8 MiB and a byte', new Uint8Array(8_388_609).fill(0x80, 0, 1), 'too_large'],
] as const)('refuses %s', (_, batch, code) => {
  expect(readBatch(batch)).toMatchObject({ ok: false, code });
});

test('finds every packet again where it says it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 300 }), (packets) => {
      const batch = encodeCbor(packets);
      const read = readBatch(batch);
      if (!read.ok) return false;
      return read.value.every(
        ({ place, at, bytes: packet }) =>
          Buffer.compare(packet, packets[place]!) === 0 && batch[at]! >> 5 === 2,
      );
    }),
    { numRuns: 200 },
  );
});

test('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (batch) => {
      const read = readBatch(batch);
      return read.ok || read.detail.length > 0;
    }),
    { numRuns: 5_000 },
  );
});
