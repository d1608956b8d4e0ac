import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCopy } from '../src/planted/copy.ts';
import type { Copy } from '../src/planted/copy.ts';
import { BUGS } from '../src/planted/index.ts';
import { look } from '../src/planted/look.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** A process of its own that reads every source: slow on a busy machine. */
const PATIENCE_MS = 300_000;

let copy: Copy;

beforeAll(async () => {
  copy = await createCopy(root);
}, PATIENCE_MS);
afterAll(() => copy.remove());

test('every planted bug has its own name and a text that the sources have once', async () => {
  expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
  expect(BUGS.length).toBeGreaterThanOrEqual(25);
  for (const { name, edits } of BUGS) {
    for (const { file, find, replace } of edits) {
      const text = await readFile(new URL(file, `file://${root}`), 'utf8');
      expect([name, text.split(find).length - 1]).toEqual([name, 1]);
      expect(replace).not.toBe(find);
    }
  }
});

// The whole list takes minutes: `npm run sim:planted`.
test.each(['payee-not-signed', 'spent-not-carried-on', 'expiry-at-the-bank'])(
  'the planted bug %s is caught',
  async (name) => {
    const bug = BUGS.find((each) => each.name === name);
    if (bug === undefined) throw new Error(`There is no bug ${name}.`);
    expect(await look(copy, bug, { seeds: 12, events: 100 })).toMatchObject({ caught: true });
  },
  PATIENCE_MS,
);
