// @ts-check
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { install } from './install.mjs';

/** The checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** How long a program may outlive the npm that started it. */
const LOOK_AT_PARENT_MS = 500;

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
  endWithNpm();
  await import(pathToFileURL(file).href);
}

/**
 * Ending `npm start` by its process id ends npm and its shell, and would leave the bank behind
 * with its port and its data folder. On Windows the parent's id never changes and this is idle.
 */
function endWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_AT_PARENT_MS);
  look.unref();
}
