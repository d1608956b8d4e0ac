import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, inject, it } from 'vitest';

const folder = inject('walletAppDir');
const assets = readdirSync(join(folder, 'assets'));

/** What a phone on a poor line can wait for (issue 5, "Must hold"). */
const MOST_BYTES = 90_000;
/** Loaded when somebody scans, pays or looks at more than the first screens. */
const LATER = /^(?:pay|receive|history|money|phone|settings|decoder-worker)-/;

/** Built files that a file imports at once, not when it is asked to. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(folder, 'assets', file), 'utf8');
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g);
  return [...found].map(([, name = '']) => name);
}

function withImports(files: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (file: string): void => {
    if (all.has(file)) return;
    all.add(file);
    for (const name of importsOf(file)) add(name);
  };
  for (const file of files) add(file);
  return all;
}

const zipped = (file: string): number =>
  gzipSync(readFileSync(join(folder, 'assets', file)), { level: 9 }).length;

describe('what loads before the scanner', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const entries = [...page.matchAll(/\/app\/assets\/([\w.-]+\.js)/g)].map(([, name = '']) => name);
  const first = assets.filter((name) => /^(?:start|home|wallet)-[\w-]+\.js$/.test(name));
  const loaded = withImports([...entries, ...first]);

  it('is at most 90 kB of JavaScript, compressed: the page, its beginning and its home', () => {
    expect(entries.length).toBeGreaterThan(0);
    expect(first).toHaveLength(3);
    const sizes = Object.fromEntries([...loaded].map((file) => [file, zipped(file)]));
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    expect(total, JSON.stringify(sizes)).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('has none of what the other screens, the decoder and the table of routes are made of', () => {
    expect([...loaded].filter((file) => LATER.test(file))).toEqual([]);
    for (const word of ['ZXing', 'TypeBox', 'getDocs', 'weierstrass', 'eval(']) {
      expect(whereIs(loaded, word), word).toEqual([]);
    }
  });

  it('asks for nothing that phones without updates for years have not', () => {
    // Each younger than Chrome 95; `findLast` is brought along (platform/older-browsers.ts).
    const late = ['toSorted(', 'toReversed(', 'toSpliced(', 'structuredClone(', 'withResolvers('];
    for (const word of [...late, 'AbortSignal.any', 'AbortSignal.timeout', 'groupBy(']) {
      expect(whereIs(loaded, word), word).toEqual([]);
    }
  });
});

function whereIs(files: Iterable<string>, word: string): readonly string[] {
  return [...files].filter((file) =>
    readFileSync(join(folder, 'assets', file), 'utf8').includes(word),
  );
}

describe('the service worker', () => {
  it('names every file of the app and nothing that is not there', () => {
    const worker = readFileSync(join(folder, 'service-worker.js'), 'utf8');
    const [, list = ''] = /^self\.PRECACHE=(\{.*\});$/m.exec(worker) ?? [];
    const { paths } = JSON.parse(list) as { readonly paths: readonly string[] };
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .filter((name) => name !== 'service-worker.js' && !/\.(?:br|gz)$/.test(name));
    expect([...paths].sort()).toEqual(files.sort());
  });
});
