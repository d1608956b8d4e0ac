import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../src/bytes.ts';
import { ProtocolError } from '../src/errors.ts';
import { createFrameReceiver, splitFrames } from '../src/frames/index.ts';
import type { Frame, FrameProgress } from '../src/frames/index.ts';
import { invert, multiply } from '../src/frames/gf256.ts';

function messageOf(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17 + (i >> 8)) & 0xff);
}

function receiveAll(frames: readonly Frame[]): FrameProgress {
  const receiver = createFrameReceiver();
  let last: FrameProgress = { state: 'need', have: 0, k: 0 };
  for (const frame of frames) last = receiver.add(frame);
  return last;
}

/** Multiplication by the school method, to check the tables against. */
function slowMultiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) if ((b >> bit) & 1) product ^= a << bit;
  for (let bit = 15; bit >= 8; bit--) if ((product >> bit) & 1) product ^= 0x11b << (bit - 8);
  return product;
}

describe('GF(2^8)', () => {
  it('multiplies like the school method, and every element but 0 has its inverse', () => {
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        if (multiply(a, b) !== slowMultiply(a, b)) throw new Error(`${a} × ${b}`);
      }
      if (a > 0) expect(slowMultiply(a, invert(a))).toBe(1);
    }
  });
});

const anyMessage = fc.record({
  length: fc.integer({ min: 1, max: 3_000 }),
  size: fc.integer({ min: 24, max: 400 }),
  seed: fc.nat(255),
});

describe('frames', () => {
  it('any k of the 256 give the message back, in any order, with junk between', () => {
    const scenario = fc.record({
      message: anyMessage,
      order: fc.shuffledSubarray(
        Array.from({ length: 256 }, (_, i) => i),
        { minLength: 256 },
      ),
      noise: fc.array(fc.constantFrom('foreign', 'junk', 'repeat'), { maxLength: 40 }),
    });
    fc.assert(
      fc.property(scenario, ({ message: { length, size, seed }, order, noise }) => {
        const message = messageOf(length, seed);
        const source = splitFrames(message, { size });
        const foreign = splitFrames(messageOf(length, seed + 1), { size });
        const receiver = createFrameReceiver();
        const wanted = order.slice(0, source.k);
        const states = wanted.map((number, i) => {
          const progress = receiver.add(source.frame(number));
          const between = noise[i];
          if (between === 'foreign') {
            const answer = receiver.add(foreign.frame(number));
            expect(answer).toEqual({ state: 'discarded', code: 'frame/other_message' });
          } else if (between === 'junk') {
            const junk = { ...source.frame(number), data: new Uint8Array(0) };
            expect(receiver.add(junk)).toEqual({ state: 'discarded', code: 'malformed' });
          } else if (between === 'repeat') {
            expect(receiver.add(source.frame(number))).toEqual(progress);
          }
          return progress;
        });
        expect(states.slice(0, -1).every(({ state }) => state === 'need')).toBe(true);
        expect(states.at(-1)).toEqual({ state: 'done', message });
      }),
      { numRuns: 300 },
    );
  });

  it('the greatest message comes back from its last 128 frames alone', () => {
    const message = messageOf(51_200);
    const source = splitFrames(message, { size: 400 });
    const frames = Array.from({ length: 128 }, (_, i) => source.frame(128 + i));
    expect(receiveAll(frames)).toEqual({ state: 'done', message });
  });

  it('one fewer than k never suffice', () => {
    const source = splitFrames(messageOf(1_000), { size: 100 });
    const frames = Array.from({ length: 9 }, (_, i) => source.frame(i * 20));
    expect(receiveAll(frames)).toEqual({ state: 'need', have: 9, k: 10 });
  });

  it('a message of one block is its own frame, and padding is cut away', () => {
    const message = Uint8Array.of(1, 2, 0);
    expect(receiveAll([splitFrames(message, { size: 8 }).frame(0)])).toEqual({
      state: 'done',
      message,
    });
    expect(receiveAll([splitFrames(message, { size: 8 }).frame(255)])).toEqual({
      state: 'done',
      message,
    });
  });

  it('a flipped byte is found by the digest, and the next frames start over', () => {
    const message = messageOf(300);
    const source = splitFrames(message, { size: 100 });
    const flipped = { ...source.frame(1), data: source.frame(1).data.map((byte) => byte ^ 1) };
    const receiver = createFrameReceiver();
    receiver.add(source.frame(0));
    receiver.add(flipped);
    expect(receiver.add(source.frame(2))).toEqual({
      state: 'discarded',
      code: 'frame/wrong_digest',
    });
    expect(receiver.add(source.frame(7))).toEqual({ state: 'need', have: 1, k: 3 });
    receiver.add(source.frame(8));
    expect(receiver.add(source.frame(9))).toEqual({ state: 'done', message });
  });

  it('of two frames with one number the first counts', () => {
    const message = messageOf(300);
    const source = splitFrames(message, { size: 100 });
    const forged = { ...source.frame(0), data: new Uint8Array(100) };
    expect(receiveAll([source.frame(0), forged, source.frame(1), source.frame(2)])).toEqual({
      state: 'done',
      message,
    });
  });

  const good = splitFrames(messageOf(1_000), { size: 100 }).frame(3);
  it.each<[string, Partial<Frame>]>([
    ['a digest of 7 bytes', { digest: new Uint8Array(7) }],
    ['no data', { data: new Uint8Array(0) }],
    ['401 bytes of data', { data: new Uint8Array(401), k: 3 }],
    ['a length of 0', { length: 0 }],
    ['a length of 51,201', { length: 51_201, k: 513 }],
    ['a length that is not whole', { length: 999.5 }],
    ['129 blocks', { length: 12_900, k: 129 }],
    ['k less than the length asks for', { k: 9 }],
    ['k more than the length asks for', { k: 11 }],
    ['number 256', { number: 256 }],
    ['a negative number', { number: -1 }],
  ])('a frame with %s is malformed and pins nothing', (_what, wrong) => {
    const receiver = createFrameReceiver();
    const answer = receiver.add({ ...good, ...wrong });
    expect(answer).toEqual({ state: 'discarded', code: 'malformed' });
    expect(receiver.add(good)).toEqual({ state: 'need', have: 1, k: 10 });
  });

  it('are refused to be made of nothing, of too much, or in blocks out of range', () => {
    expect(() => splitFrames(new Uint8Array(0), { size: 100 })).toThrow(ProtocolError);
    expect(() => splitFrames(new Uint8Array(129), { size: 1 })).toThrow(ProtocolError);
    expect(() => splitFrames(new Uint8Array(5), { size: 0 })).toThrow(ProtocolError);
    expect(() => splitFrames(new Uint8Array(5), { size: 401 })).toThrow(ProtocolError);
    expect(() => splitFrames(new Uint8Array(5), { size: 5 }).frame(256)).toThrow(ProtocolError);
  });

  it('carry byte for byte what spec/packets.md §3 says', () => {
    const source = splitFrames(Uint8Array.of(1, 2, 3), { size: 2 });
    const shown = [0, 1, 2].map((number) => hex(source.frame(number).data));
    // Frame 2: block 0 × 1/2 + block 1 × 1/3; 1/2 = 0x8d and 1/3 = 0xf6 in this field.
    const byte0 = slowMultiply(1, 0x8d) ^ slowMultiply(3, 0xf6);
    const byte1 = slowMultiply(2, 0x8d);
    expect(shown).toEqual(['0102', '0300', hex(Uint8Array.of(byte0, byte1))]);
  });
});
