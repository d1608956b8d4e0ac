import { concatBytes } from '@sikka/protocol';
import type { Frontier, Subtree, SubtreeName } from '@sikka/protocol';

const hashBytes = 32;

/** The complete subtrees into which a tree of `size` leaves falls, largest first. */
export function frontierNames(size: number): readonly SubtreeName[] {
  const names: SubtreeName[] = [];
  let start = 0;
  for (let level = 52; level >= 0; level -= 1) {
    const width = 2 ** level;
    if (Math.floor(size / width) % 2 === 0) continue;
    names.push({ level, index: start / width });
    start += width;
  }
  return names;
}

/** A frontier as one column: its hashes, largest subtree first. The size says which they are. */
export function encodeFrontier({ subtrees }: Frontier): Uint8Array {
  return concatBytes(...subtrees.map(({ hash }) => hash));
}

export function decodeFrontier(size: number, bytes: Uint8Array): Frontier {
  const subtrees = frontierNames(size).map((name, place): Subtree => {
    const start = place * hashBytes;
    return { ...name, hash: new Uint8Array(bytes.subarray(start, start + hashBytes)) };
  });
  return { size, subtrees };
}
