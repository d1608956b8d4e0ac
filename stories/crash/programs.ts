import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The bank's two programs, each as one file: so they start in a third of the time. */
export interface Programs {
  readonly bank: string;
  readonly worker: string;
  remove(): Promise<void>;
}

export async function buildPrograms(): Promise<Programs> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sikka-programs-'));
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  const entries = ['main.ts', 'worker-main.ts'].map((file) => path.join(root, 'bank/src', file));
  await build({
    ...{ entryPoints: entries, outdir: folder, outExtension: { '.js': '.mjs' } },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{ plugins: [sources], logLevel: 'error' },
  });
  return {
    bank: path.join(folder, 'main.mjs'),
    worker: path.join(folder, 'worker-main.mjs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
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

/** One of them, running. */
export interface Running {
  /** Once it says that it is ready: the address that it serves, if it says one. */
  readonly ready: Promise<string | undefined>;
  /** What ended it: a signal, or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
  readonly kill: () => void;
  readonly stop: () => void;
}

export function start(program: string, env: Readonly<Record<string, string>>): Running {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [program], {
    env: { PATH, LOG_LEVEL: 'error', RATE_LIMIT_ENABLED: 'false', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  const ready = new Promise<string | undefined>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const [, said] = /^ +ready +(.*)$/m.exec(text) ?? [];
        if (said !== undefined) resolve(/^http:\S+/.exec(said)?.[0]);
      });
    }
    void ended.then((end) => reject(new Error(`It ended (${end ?? 'somehow'}) and said: ${text}`)));
  });
  // Heard by whoever waits for it; a program that is killed before it is ready is no error.
  ready.catch(() => undefined);
  return {
    ready,
    ended,
    kill: () => void child.kill('SIGKILL'),
    stop: () => void child.kill('SIGTERM'),
  };
}
