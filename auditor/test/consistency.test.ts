import { appendLeaf, EMPTY_FRONTIER, frontierRoot, leafHash } from '@sikka/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBook } from '../src/book.ts';
import { openConsistency } from '../src/consistency.ts';
import type { Mark } from '../src/marks.ts';
import { readerOf } from '../src/side-by-side.ts';

/** The roots of a log of so many leaves, from the empty one on. */
function rootsOf(size: number): readonly Uint8Array[] {
  let frontier = EMPTY_FRONTIER;
  const roots = [frontierRoot(frontier)];
  for (let leaf = 0; leaf < size; leaf += 1) {
    ({ frontier } = appendLeaf(frontier, leafHash(Uint8Array.of(leaf))));
    roots.push(frontierRoot(frontier));
  }
  return roots;
}

/** What the walk over a log says of checkpoints with these sizes and roots. */
async function walked(size: number, marks: readonly Pick<Mark, 'size' | 'hash'>[]) {
  const book = createBook();
  const page = book.page('consistency');
  async function* all(): AsyncGenerator<Mark> {
    for (const [place, mark] of marks.entries()) {
      yield { ...mark, page, where: { table: 'kept', key: { place } } };
    }
  }
  const walk = openConsistency(page, readerOf(all()));
  let frontier = EMPTY_FRONTIER;
  await walk.reach(frontier, []);
  for (let leaf = 0; leaf < size; leaf += 1) {
    const appended = appendLeaf(frontier, leafHash(Uint8Array.of(leaf)));
    frontier = appended.frontier;
    await walk.reach(frontier, appended.completed);
  }
  await walk.end();
  return book.results().find(({ name }) => name === 'consistency');
}

const LOGS = fc
  .record({ size: fc.nat(70), parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true })) })
  .map(({ size, parts }) => ({
    size,
    sizes: parts.map((part) => Math.floor(part * size)).toSorted((a, b) => a - b),
  }));

test('of any log and any checkpoints of it each continues the one before', async () => {
  await fc.assert(
    fc.asyncProperty(LOGS, async ({ size, sizes }) => {
      const roots = rootsOf(size);
      const marks = sizes.map((each) => ({ size: BigInt(each), hash: roots[each]! }));
      expect(await walked(size, marks)).toMatchObject({ ok: true, rows: sizes.length });
    }),
    { numRuns: 50 },
  );
});

test('one that is of another history is named, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(LOGS, fc.nat(), async ({ size, sizes }, which) => {
      fc.pre(sizes.length > 0);
      const roots = rootsOf(size);
      const wrong = which % sizes.length;
      const marks = sizes.map((each, place) => {
        const hash = Uint8Array.from(roots[each]!);
        if (place === wrong) hash[3] = (hash[3] ?? 0) ^ 1;
        return { size: BigInt(each), hash };
      });
      const found = await walked(size, marks);
      expect(found).toMatchObject({ wrong: 1, firstWrong: { key: { place: String(wrong) } } });
    }),
    { numRuns: 50 },
  );
});

test('one that speaks of more than there is continues nothing', async () => {
  const roots = rootsOf(9);
  const marks = [4, 9].map((size) => ({ size: BigInt(size), hash: roots[size]! }));
  expect(await walked(6, marks)).toMatchObject({
    wrong: 1,
    firstWrong: { key: { place: '1' }, expected: 'a log that reaches so far' },
  });
});
