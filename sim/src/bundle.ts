import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

/**
 * A young generation that holds what a happening leaves: a third of the collections. Where a stack
 * is shown, it is of the sources.
 */
export const NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=64', '--enable-source-maps'];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Bundle {
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * One program of the simulation as one file, for processes on books in memory: a process then
 * starts in a tenth of what translating each source costs it. `root` is the checkout, or a copy.
 */
export async function bundle(entry: string, root = ROOT): Promise<Bundle> {
  // Where others' packages are found from.
  const folder = path.join(root, 'node_modules', '.cache', 'sikka-sim');
  await mkdir(folder, { recursive: true });
  const name = `${path.basename(entry, '.ts')}-${process.pid}-${(bundles += 1)}`;
  const file = path.join(folder, `${name}.mjs`);
  await build({
    ...{ entryPoints: [path.join(root, entry)], outfile: file, absWorkingDir: root },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{ sourcemap: 'linked', sourcesContent: false, plugins: [sources], logLevel: 'error' },
  });
  const remove = async () => {
    await rm(file, { force: true });
    await rm(`${file}.map`, { force: true });
  };
  return { file, remove };
}

let bundles = 0;

/** Ours in one file, others' as installed; a bank on PostgreSQL is not in it. */
const sources: Plugin = {
  name: 'sources',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^[^./]/ }, ({ path: name, kind }) =>
      kind === 'entry-point' || name.startsWith('@sikka/') || path.isAbsolute(name)
        ? undefined
        : { path: name, external: true, sideEffects: false },
    );
    onLoad({ filter: /[\\/]sim[\\/]src[\\/]bank[\\/]postgres-server\.ts$/ }, () => ({
      contents: 'export const openPostgresStore = () => Promise.reject(new Error("In memory."));',
    }));
  },
};
