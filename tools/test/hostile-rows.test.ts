import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** The two lists of attacks name the test that plays each: a list that names none protects none. */

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8');

interface Named {
  readonly path: string;
  readonly name: string;
}

/** `` `path` “name” `` as the lists write it. */
function namedIn(text: string): readonly Named[] {
  return [...text.matchAll(/`([\w./-]+\.test\.ts)` “([^”]+)”/g)].map(
    ([, path = '', name = '']) => ({ path, name }),
  );
}

/** Whether some string of the file is exactly this name. */
function isNamed(source: string, name: string): boolean {
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
}

interface Row {
  readonly row: string;
  readonly text: string;
}

function rowsOf(text: string): readonly Row[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| row '))
    .map((line) => ({ row: line.slice(2, line.indexOf(' |')), text: line }));
}

const MODELS = [
  ...['01 q6', '01c', '02b', '02c', '03a', '03c', '03e', '04a', '05c', '05d', '05h', '05i', '05j'],
  ...['06a', '07a', '07c', '08a', '08-return', '08b', '09a', '09b', '09d', '09e', '10a', '10c'],
  ...['11a', '11b', '11-replay', '12a', '13'],
  ...['honest_early_spent', 'honest_no_drain', 'honest_expiry_at_upload'],
  ...['honest_revoke_refuses', 'honest_release_on_revoke', 'honest_no_idempotence'],
  ...['corrupt_return_early_strong', 'corrupt_return_early_not_evidence'],
  ...['corrupt_return_early_not_retro', 'corrupt_seqonly, corrupt_seqonly3, C mode 1', 'C mode 2'],
];

describe.each(['docs/hostile-rows.md', 'docs/security-rows.md'])('%s', (list) => {
  const text = read(list);

  test('names only tests that exist', () => {
    const named = namedIn(text);
    expect(named.length).toBeGreaterThan(40);
    const gone = named.filter(({ path, name }) => {
      return !existsSync(new URL(path, root)) || !isNamed(read(path), name);
    });
    expect(gone).toEqual([]);
  });

  test('quotes no test in a way that would not be looked at', () => {
    const quotes = text.match(/\.test\.ts/g) ?? [];
    expect(namedIn(text)).toHaveLength(quotes.length);
  });
});

test('every row where the formal check found an attack is in the list, with a test', () => {
  const rows = rowsOf(read('docs/hostile-rows.md'));
  const withTest = rows.filter(({ text }) => namedIn(text).length > 0).map(({ row }) => row);
  expect(withTest).toEqual(expect.arrayContaining(MODELS));
  expect(rows).toHaveLength(withTest.length);
});
