// @ts-check
/** Finds or provides what the browser and QR tests open; nothing here is fatal. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './run.mjs';

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(process.env['PROGRAMFILES'] ?? 'C:\\Program Files', 'Google/Chrome/Application/chrome.exe'),
];
/** A browser that cannot print its version in this time cannot run a test either. */
const VERSION_MS = 30_000;
/** A slow line needs minutes for 150 MB; one that stalls must not hold the tests for ever. */
const DOWNLOAD_MS = 10 * 60_000;

/**
 * A browser that starts: the one named by CHROMIUM_PATH, else the system's, else the one that
 * Playwright keeps. Installs nothing.
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser() {
  const asked = process.env['CHROMIUM_PATH'];
  if (asked !== undefined && asked !== '') {
    if (starts(asked)) return asked;
    console.error(`CHROMIUM_PATH is ${asked}, which does not start; looking elsewhere.`);
  }
  const found = [...NAMES.map(onPath), ...ELSEWHERE, await playwrightsOwn()];
  return found.find((path) => path !== undefined && starts(path));
}

/** As `findBrowser`, and installs one where that is possible. */
export async function provideBrowser() {
  const there = await findBrowser();
  if (there !== undefined) return there;
  if (mayInstallPackages() && isDebian()) installPackages(['chromium']);
  const installed = await findBrowser();
  if (installed !== undefined) return installed;
  console.error('Downloading Chromium for the browser tests (playwright-core install chromium).');
  const cli = join(root, 'node_modules/playwright-core/cli.js');
  const args = [cli, 'install', '--no-shell', 'chromium'];
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', timeout: DOWNLOAD_MS });
  return findBrowser();
}

/** Readers by other hands, to cross-check our QR codes; tests without them skip and say so. */
export function offerQrReaders() {
  const missing = [
    ...(onPath('zbarimg') === undefined ? ['zbar-tools'] : []),
    ...(onPath('ZXingReader') === undefined ? ['zxing-cpp-tools'] : []),
  ];
  if (missing.length > 0 && mayInstallPackages() && isDebian()) installPackages(missing);
}

/** @param {string} path */
function starts(path) {
  if (!existsSync(path)) return false;
  // There `--version` opens a window instead of printing.
  if (process.platform === 'win32') return true;
  const { status } = spawnSync(path, ['--version'], { stdio: 'ignore', timeout: VERSION_MS });
  return status === 0;
}

/** @param {string} name */
function onPath(name) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

async function playwrightsOwn() {
  const { chromium } = await import('playwright-core');
  return chromium.executablePath();
}

const mayInstallPackages = () =>
  process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get') !== undefined;

/** Elsewhere the package of that name may only be a pointer to another store. */
function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** @param {readonly string[]} names */
function installPackages(names) {
  console.error(`Installing ${names.join(', ')} with apt-get, for the tests that need it.`);
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const settings = { stdio: /** @type {const} */ ('inherit'), env };
  spawnSync('apt-get', [...wait, 'update', '-q'], settings);
  for (const name of names) {
    const args = [...wait, 'install', '-y', '-q', '--no-install-recommends', name];
    spawnSync('apt-get', args, settings);
  }
}
