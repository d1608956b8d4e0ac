// @ts-check
/**
 * `npm test`: dependencies, a browser, then vitest with the arguments passed on
 * (`npm test -- --project bank`, `npm test -- allowance`).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findBrowser, offerQrReaders, provideBrowser } from './browser.mjs';
import { install } from './install.mjs';
import { root } from './run.mjs';

const args = process.argv.slice(2);
await install();

// A run of one project should not start by installing a browser it will not open.
const narrowed = args.some((arg) => !arg.startsWith('-')) || args.join(' ').includes('--project');
const namesBrowser = args.some((arg) => arg.includes('browser') || arg.includes('stories'));
const wanted = !narrowed || namesBrowser;
if (wanted) offerQrReaders();
const browser = wanted ? await provideBrowser() : await findBrowser();
if (wanted && browser === undefined) {
  console.error('No browser: the browser tests will fail. Install Chromium or set CHROMIUM_PATH.');
}

const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...(browser === undefined ? {} : { CHROMIUM_PATH: browser }) },
});
// Vitest ends its own children and its database on these; leaving first would orphan them.
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
// Ctrl-C reaches the whole terminal group by itself.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
