import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The wallet app, built from the sources as they are now. */
    walletAppDir: string;
  }
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Builds the wallet app once for all stories, apart from what `npm start` serves. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'sikka-built-app-'));
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', 'apps/wallet', '--outDir', folder, '--emptyOutDir'];
  // Vitest's own NODE_ENV would build the libraries' halves for development.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', resolve);
  });
  if (status !== 0) throw new Error(`vite build ended with ${String(status)}`);
  project.provide('walletAppDir', folder);
  return () => rm(folder, { recursive: true, force: true });
}
