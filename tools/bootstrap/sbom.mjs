// @ts-check
/**
 * `npm run sbom`: what this software is made of, as CycloneDX, from the lock file alone. The same
 * lock file gives the same bytes, so that anybody can compare a published list with their own.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const MOST_BYTES = 64 * 1024 * 1024;

/** A list as npm writes it (CycloneDX 1.5), as far as it is read here.
 * @typedef {{ 'bom-ref': string }} Component
 * @typedef {{ ref: string, dependsOn?: string[] }} Dependency
 * @typedef {{
 *   serialNumber: string,
 *   metadata: { timestamp?: string, component: { name: string } },
 *   components: Component[],
 *   dependencies: Dependency[],
 * }} Sbom
 */

const npm = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'];
const { status, stdout, stderr } = spawnSync('npm', npm, {
  cwd: fileURLToPath(root),
  encoding: 'utf8',
  maxBuffer: MOST_BYTES,
  // Where npm is a script, as on Windows.
  shell: process.platform === 'win32',
});
if (status === 0) {
  /** @type {Sbom} */
  const sbom = JSON.parse(stdout);
  const list = JSON.stringify(stable(sbom), null, 2);
  process.stdout.write(`${list}\n`);
} else {
  process.stderr.write(stderr);
  process.exitCode = 1;
}

/**
 * npm adds a random serial number, the time, and the name of the folder.
 * @param {Sbom} sbom
 * @returns {Sbom}
 */
function stable(sbom) {
  const { metadata } = sbom;
  delete metadata.timestamp;
  return {
    ...sbom,
    serialNumber: serialOf(readFileSync(new URL('package-lock.json', root))),
    metadata: { ...metadata, component: { ...metadata.component, name: 'sikka' } },
    components: inOrder(sbom.components, (one) => one['bom-ref']),
    dependencies: inOrder(sbom.dependencies, ({ ref }) => ref),
  };
}

/**
 * A UUID of the lock file's bytes (RFC 9562 §5.8).
 * @param {Uint8Array} lock
 */
function serialOf(lock) {
  const hash = createHash('sha256').update(lock).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `urn:uuid:${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
}

/**
 * By code units: a locale's order is not the same everywhere.
 * @template T
 * @param {readonly T[]} list
 * @param {(one: T) => string} key
 * @returns {T[]}
 */
function inOrder(list, key) {
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
