// @ts-check
/** Builds the wallet app that the bank serves, where its sources are newer than what is built. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './run.mjs';

const BUILT = join(root, 'apps/wallet/dist');
/** What the app is made of. */
const SOURCES = [
  ...['apps/wallet/src', 'apps/wallet/build', 'apps/wallet/public', 'apps/wallet/index.html'],
  ...['apps/wallet/vite.config.ts', 'wallet/src', 'protocol/src', 'api/src', 'i18n/app'],
  'package-lock.json',
];

/**
 * Builds where there is something to build, with one line on standard error. A bank without the
 * app is a bank: what fails is said, and nothing else happens.
 */
export async function buildWalletApp() {
  if ((process.env['WALLET_APP_DIR'] ?? '') !== '') return;
  const built = await changedAt(join(BUILT, 'index.html'));
  const newest = Math.max(
    ...(await Promise.all(SOURCES.map((path) => newestIn(join(root, path))))),
  );
  if (built >= newest) return;
  const began = Date.now();
  process.stderr.write('Building the wallet app (vite build); this takes some seconds.\n');
  // Beside what is served and then in its place, so that no page finds half an app.
  const beside = join(root, `apps/wallet/node_modules/.built-${process.pid}`);
  try {
    await build(beside);
    await rm(BUILT, { recursive: true, force: true });
    await rename(beside, BUILT);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    process.stderr.write(`The wallet app is built (${seconds} s).\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The wallet app is not built: ${reason}\n`);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function build(folder) {
  await mkdir(folder, { recursive: true });
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', 'apps/wallet', '--outDir', folder, '--emptyOutDir'];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Error(`vite build ended with ${status}`);
}

/** @param {string} path */
async function newestIn(path) {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return found?.mtimeMs ?? 0;
  // A folder's own time tells what was removed from it.
  const times = [found.mtimeMs];
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    times.push(await changedAt(join(entry.parentPath, entry.name)));
  }
  return Math.max(...times);
}

/** @param {string} path */
const changedAt = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
