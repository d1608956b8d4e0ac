import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What docs/compliance.md claims: each row a test that exists, or a plain word that none does. */

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
const page = read('docs/compliance.md');

const rows = page.split('\n').filter((line) => /^\| (?!clause )/.test(line));
const namedIn = (text: string) =>
  [...text.matchAll(/`([\w./-]+\.test\.ts)` “([^”]+)”/g)].map(([, path = '', name = '']) => ({
    path,
    name,
  }));

test('every clause names a test, or says that it is not met or not the software’s', () => {
  expect(rows.length).toBeGreaterThan(50);
  const silent = rows.filter((row) => {
    const saysSo = /\*\*(not met|not software|out of scope)\*\*/.test(row);
    return !saysSo && namedIn(row).length === 0;
  });
  expect(silent).toEqual([]);
});

test('every row has three columns', () => {
  expect(rows.filter((row) => row.split(' | ').length !== 3 && !row.endsWith('| |'))).toEqual([]);
});

test('every test that the page names exists', () => {
  const gone = namedIn(page).filter(({ path, name }) => {
    if (!existsSync(new URL(path, root))) return true;
    const source = read(path);
    return !["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
  });
  expect(gone).toEqual([]);
  expect(namedIn(page)).toHaveLength(page.match(/\.test\.ts/g)?.length ?? 0);
});

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

test('the bill of materials names every dependency that ships, as pinned', () => {
  const [npm, ...given] =
    read('package.json')
      .match(/"sbom": "([^"]+)"/)?.[1]
      ?.split(' ') ?? [];
  const text = execFileSync(npm ?? '', given, {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1_048_576,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { components } = JSON.parse(text) as {
    components: readonly {
      readonly name: string;
      readonly version: string;
      readonly properties?: readonly { readonly name: string }[];
    }[];
  };
  // It names what only builds and tests as well, marked so.
  const shipped = components.filter(
    ({ properties = [] }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
  );
  const listed = new Set(shipped.map(({ name, version }) => `${name}@${version}`));
  const packages = ['protocol', 'api', 'wallet', 'bank', 'auditor', 'cli'];
  const pinned = packages.flatMap((name) => {
    const manifest = JSON.parse(read(`${name}/package.json`)) as Manifest;
    return Object.entries(manifest.dependencies ?? {}).map(([key, version]) => `${key}@${version}`);
  });
  const own = pinned.filter((dependency) => !dependency.startsWith('@sikka/'));
  expect(own.length).toBeGreaterThan(20);
  expect(own.filter((dependency) => !listed.has(dependency))).toEqual([]);
});
