import { encodeCbor, equalBytes } from '@sikka/protocol';
import { describe, expect, test } from 'vitest';
import { readBatch } from '../src/evidence.ts';

/** Packets of these lengths, in one batch. */
function batchOf(lengths: readonly number[]): Uint8Array {
  return encodeCbor(lengths.map((length, place) => new Uint8Array(length).fill(place)));
}

describe('packets are found where their heads stand', () => {
  test.each([
    { name: 'none', lengths: [], heads: [] },
    { name: 'heads of one byte', lengths: [0, 23, 1], heads: [1, 2, 26] },
    { name: 'heads of two and three bytes', lengths: [24, 255, 256, 5], heads: [1, 27, 284, 543] },
    {
      name: 'a head of five bytes',
      lengths: [65_535, 65_536, 1],
      heads: [1, 65_539, 131_080],
    },
  ])('$name', ({ lengths, heads }) => {
    const bytes = batchOf(lengths);
    const items = readBatch(bytes) ?? [];
    expect(items.map(({ at }) => at)).toEqual(heads);
    expect(items.map(({ place }) => place)).toEqual(lengths.map((_, place) => place));
    for (const { at, bytes: packet } of items) {
      const end = at + headBytes(packet.length) + packet.length;
      expect(equalBytes(bytes.subarray(end - packet.length, end), packet)).toBe(true);
    }
  });

  test('in a batch with a head of its own of two bytes, and of three', () => {
    for (const [count, first] of [
      [23, 1],
      [24, 2],
      [256, 3],
    ] as const) {
      const items = readBatch(batchOf(Array.from({ length: count }, () => 3)));
      expect(items).toHaveLength(count);
      expect(items?.[0]?.at).toBe(first);
      expect(items?.[1]?.at).toBe(first + 4);
    }
  });
});

/** Written another way than in the code that is tested. */
function headBytes(length: number): number {
  return encodeCbor(new Uint8Array(length)).length - length;
}

test.each([
  ['no bytes', new Uint8Array(0)],
  ['a packet alone', encodeCbor(new Uint8Array(5))],
  ['a text among the packets', encodeCbor([new Uint8Array(3), 'no'])],
  ['a batch that is cut short', batchOf([9, 9]).subarray(0, 12)],
  ['a byte after the batch', Uint8Array.of(...batchOf([3]), 0)],
  ['a head longer than it needs', Uint8Array.of(0x98, 1, 0x41, 7)],
  ['more packets than one upload may hold', batchOf(Array.from({ length: 5_001 }, () => 0))],
])('%s is no batch', (_, bytes) => {
  expect(readBatch(bytes)).toBeUndefined();
});
