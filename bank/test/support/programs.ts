import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What tests start as processes of their own. */
const PROGRAMS = [
  'bank/src/main.ts',
  'bank/src/reseal.ts',
  'bank/src/reset.ts',
  'bank/src/worker-main.ts',
  'bank/test/db/embedded/keep-server.ts',
  'cli/src/main.ts',
] as const;

export type ProgramSource = (typeof PROGRAMS)[number];

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Each as one file in a new folder: so they start in a third of the time. */
export async function buildPrograms(folder: string): Promise<void> {
  await mkdir(folder);
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  await build({
    ...{ entryPoints: PROGRAMS.map((file) => path.join(root, file)), outbase: root },
    ...{ outdir: folder, outExtension: { '.js': '.mjs' }, plugins: [sources], logLevel: 'error' },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
  });
}

/** The file of one of them in that folder. */
export function builtProgram(folder: string, source: ProgramSource): string {
  return path.join(folder, source.replace(/\.ts$/, '.mjs'));
}

/** Ours in one file, each part looking for its data where it stood; others' as installed. */
const sources: Plugin = {
  name: 'sources',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^[^./]/ }, ({ path: name, kind }) =>
      kind === 'entry-point' || name.startsWith('@sikka/') || path.isAbsolute(name)
        ? undefined
        : { path: name, external: true },
    );
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const url = JSON.stringify(pathToFileURL(file).href);
      return { loader: 'ts', contents: text.replaceAll('import.meta.url', url) };
    });
  },
};
