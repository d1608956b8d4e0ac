import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly purl: string; readonly hashes?: readonly object[] }[];
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly name?: string; readonly version?: string; readonly link?: boolean }>
  >;
}

function run(): string {
  const program = fileURLToPath(new URL('tools/bootstrap/sbom.mjs', root));
  const ran = spawnSync(process.execPath, [program], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(ran.stderr).toBe('');
  return ran.stdout;
}

let text = '';
let sbom: Sbom;
beforeAll(() => {
  text = run();
  sbom = JSON.parse(text) as Sbom;
}, 60_000);

/** As npm names a package in a list (purl: pkg:npm/%40scope/name@version). */
function purlOf(path: string, name: string | undefined, version = ''): string {
  const written = name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return `pkg:npm/${written.replace('@', '%40')}@${version}`;
}

test('every package of the lock file is in the list of components, and nothing else', () => {
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as Lock;
  const locked = Object.entries(lock.packages)
    .filter(([path, { link }]) => path !== '' && link !== true)
    .map(([path, { name, version }]) => purlOf(path, name, version));
  const listed = sbom.components.map(({ purl }) => purl);
  expect(listed.length).toBeGreaterThan(100);
  expect([...new Set(listed)].sort()).toEqual([...new Set(locked)].sort());
});

test('whatever comes from a registry is named with its hash', () => {
  const bare = sbom.components.filter(({ hashes = [] }) => hashes.length === 0);
  const theirs = bare.filter(({ purl }) => !purl.startsWith('pkg:npm/%40sikka/'));
  expect(theirs).toEqual([]);
});

test('the same lock file gives the same bytes, with no clock, no folder, no chance in them', () => {
  expect(run()).toBe(text);
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
  expect(sbom.metadata).not.toHaveProperty('timestamp');
  expect(sbom.metadata.component.name).toBe('sikka');
}, 60_000);
