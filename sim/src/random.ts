import { sha256, utf8 } from '@sikka/protocol';

/** Bytes as wallets and banks ask for them. */
export interface RandomSource {
  randomBytes(length: number): Uint8Array;
}

/** One generator of a run: everything drawn is a function of the seed and of the name. */
export interface Random extends RandomSource {
  /** 0 ≤ n < below; `below` at most 2^32. */
  below(below: number): number;
  /** lowest ≤ n ≤ highest. */
  between(lowest: number, highest: number): number;
  /** True that often; a share of 1. */
  chance(share: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** One of these keys, by weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
  /** A generator of its own: drawing from it changes nothing here. */
  fork(name: string): Random;
}

/** xoshiro128** by Blackman and Vigna, seeded with SHA-256 of a name. */
export function createRandom(name: string): Random {
  const seed = sha256(utf8(`sikka/sim/${name}`));
  const view = new DataView(seed.buffer, seed.byteOffset, 16);
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
    number,
  ];

  function next(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  }
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit);

  return {
    below,
    between: (lowest, highest) => lowest + below(highest - lowest + 1),
    chance: (share) => next() < share * 2 ** 32,
    pick(list) {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new Error('Nothing to pick from.');
      return picked;
    },
    weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
      const entries = Object.entries<number>(weights) as [K, number][];
      let left = below(entries.reduce((sum, [, weight]) => sum + weight, 0));
      for (const [key, weight] of entries) {
        left -= weight;
        if (left < 0) return key;
      }
      throw new Error('Weights add up to nothing.');
    },
    randomBytes(length) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 1) bytes[at] = next() >>> 24;
      return bytes;
    },
    fork: (child) => createRandom(`${name}/${child}`),
  };
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
