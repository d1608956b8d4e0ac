import { createHash } from 'node:crypto';

/** Numbers that a seed and a name give, the same ones each time. */
export interface Random {
  /** From 0 up to and without `below`. */
  below(below: number): number;
  /** One of them, each as likely. */
  pick<T>(from: readonly T[]): T;
  chance(percent: number): boolean;
}

const PER_DIGEST = 8;

export function createRandom(seed: number, name: string): Random {
  let drawn = 0;
  let digest: Buffer = Buffer.alloc(0);
  const below = (limit: number): number => {
    const place = drawn % PER_DIGEST;
    if (place === 0) {
      digest = createHash('sha256')
        .update(`${seed} ${name} ${drawn / PER_DIGEST}`)
        .digest();
    }
    drawn += 1;
    return digest.readUInt32BE(place * 4) % limit;
  };
  return {
    below,
    pick: (from) => {
      const [picked] = from.slice(below(from.length));
      if (picked === undefined) throw new Error('There is nothing to pick from.');
      return picked;
    },
    chance: (percent) => below(100) < percent,
  };
}
