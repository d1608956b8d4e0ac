import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../src/bytes.ts';
import { createChunkReceiver, cutChunks, startsMessage } from '../src/chunks/index.ts';
import type { ChunkProgress } from '../src/chunks/index.ts';
import { ProtocolError } from '../src/errors.ts';

function messageOf(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17 + (i >> 8)) & 0xff);
}

function receiveAll(chunks: readonly Uint8Array[]): readonly ChunkProgress[] {
  const receiver = createChunkReceiver();
  return chunks.map((chunk) => receiver.add(chunk));
}

const sizes = Array.from({ length: 512 - 20 + 1 }, (_, i) => 20 + i);

describe('chunks', () => {
  it('give the message back at every size from 20 to 512, and not before the last', () => {
    for (const size of sizes) {
      // Around where a chunk more begins, and the greatest there is.
      for (const length of [1, size - 12, size - 11, 2 * size - 14, 2 * size - 13, 4_224]) {
        const message = messageOf(length, size);
        const chunks = cutChunks(message, { size });
        const states = receiveAll(chunks);
        const last = states.at(-1);
        const whole =
          states.slice(0, -1).every(({ state }) => state === 'need') &&
          last?.state === 'done' &&
          equalBytes(last.message, message);
        const fits = chunks.every((chunk) => chunk.length <= size);
        // One matcher a case would cost more than all the rest.
        if (!whole || !fits) expect.fail(`${length} bytes at ${size}`);
      }
    }
  });

  it('that are lost, repeated, swapped or altered never give another message', () => {
    const scenario = fc.record({
      length: fc.integer({ min: 1, max: 600 }),
      size: fc.integer({ min: 20, max: 90 }),
      change: fc.constantFrom('lose', 'repeat', 'swap', 'alter', 'foreign'),
      at: fc.nat(60),
      bit: fc.nat(7),
    });
    fc.assert(
      fc.property(scenario, ({ length, size, change, at, bit }) => {
        const message = messageOf(length);
        const chunks = [...cutChunks(message, { size })];
        const foreign = cutChunks(messageOf(length, 2), { size });
        const i = at % chunks.length;
        const own = chunks[i]!;
        const next = chunks[i + 1];
        if (change === 'lose') chunks.splice(i, 1);
        else if (change === 'repeat') chunks.splice(i, 0, own);
        else if (change === 'foreign') chunks[i] = foreign[i]!;
        else if (change === 'swap' && next !== undefined) chunks.splice(i, 2, next, own);
        else chunks[i] = own.with(at % own.length, own[at % own.length]! ^ (1 << bit));
        const given = receiveAll(chunks).flatMap((each) =>
          each.state === 'done' ? [each.message] : [],
        );
        if (change === 'repeat') {
          // The first again begins anew; the last again comes too late to matter.
          for (const each of given) expect(each).toEqual(message);
        } else if (change === 'foreign' && foreign.length === 1) {
          expect(given).toEqual([messageOf(length, 2)]);
        } else {
          expect(given).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('after anything that is discarded begin anew with number 0, and only so', () => {
    const [first, second, third] = cutChunks(messageOf(100), { size: 40 }) as Uint8Array[];
    const states = receiveAll([first!, third!, second!, first!, second!, third!]);
    expect(states.map(({ state }) => state)).toEqual([
      ...['need', 'discarded', 'discarded', 'need', 'need', 'done'],
    ]);
  });

  it('of a length that no packet has take no memory and no time', () => {
    const [first] = cutChunks(messageOf(4_224), { size: 512 }) as [Uint8Array];
    for (const length of [4_225, 65_535]) {
      const chunk = first.with(2, length >> 8).with(3, length & 0xff);
      expect(receiveAll([chunk])).toEqual([{ state: 'discarded', code: 'too_large' }]);
    }
  });

  it('tell by number 0 alone whether it is the message that one knows', () => {
    const [first, second] = cutChunks(messageOf(100), { size: 40 }) as [Uint8Array, Uint8Array];
    expect(startsMessage(first, messageOf(100))).toBe(true);
    expect(startsMessage(first, messageOf(100, 2))).toBe(false);
    expect(startsMessage(second, messageOf(100))).toBe(false);
    expect(startsMessage(first.subarray(0, 12), messageOf(100))).toBe(false);
  });

  it.each([19, 513, 40.5])('are refused to be cut at %s bytes', (size) => {
    expect(() => cutChunks(messageOf(5), { size })).toThrow(ProtocolError);
  });

  it('are refused to be cut of nothing and of more than a packet', () => {
    expect(() => cutChunks(new Uint8Array(0), { size: 20 })).toThrow(ProtocolError);
    expect(() => cutChunks(messageOf(4_225), { size: 512 })).toThrow(ProtocolError);
  });
});
