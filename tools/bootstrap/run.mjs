// @ts-check
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { install } from './install.mjs';

/** The checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Installs what is missing, then becomes the program: the TypeScript entry runs in this very
 * process, so signals, standard input and the exit code are its own and nothing stands between.
 * @param {string} entry relative to the checkout
 * @param {readonly string[]} [args]
 */
export async function run(entry, args = process.argv.slice(2)) {
  await install();
  const { register } = await import('tsx/esm/api');
  register();
  // A program that starts another of ours (`sikka demo` starts the bank) hands on execArgv.
  process.execArgv.push('--import', import.meta.resolve('tsx'));
  const file = join(root, entry);
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}
