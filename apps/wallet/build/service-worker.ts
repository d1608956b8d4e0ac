import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const SOURCE = 'src/service-worker.ts';
const FILE = 'service-worker.js';

/**
 * Builds the service worker with the list of everything that the app is made of, and a version
 * which is the digest of all of it: any change of any file is another service worker.
 */
export function serviceWorker(): Plugin {
  let root = '';
  let publicDir = '';
  return {
    name: 'sikka:service-worker',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      ({ root, publicDir } = config);
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: join(root, SOURCE), fileName: FILE });
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[FILE];
        if (worker?.type !== 'chunk' || worker.imports.length > 0 || worker.exports.length > 0) {
          this.error('The service worker must be one file that imports and exports nothing.');
        }
        const made = Object.values(bundle)
          .filter((file) => file !== worker)
          .map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source] as const);
        const given = readdirSync(publicDir, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .map((path) => [path.slice(publicDir.length + 1), readFileSync(path)] as const);
        const list = JSON.stringify(listOf([...made, ...given, [FILE, worker.code]]));
        worker.code = `self.PRECACHE=${list};\n${worker.code}`;
      },
    },
  };
}

function listOf(files: readonly (readonly [string, string | Uint8Array])[]) {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256');
  for (const [name, content] of sorted) digest.update(`${name}\n`).update(content);
  const paths = sorted.map(([name]) => name.replaceAll('\\', '/'));
  return {
    version: digest.digest('hex').slice(0, 16),
    paths: paths.filter((path) => path !== FILE),
  };
}
