// @ts-check
/**
 * Dependencies, before anything else: every npm script begins here, so that a new clone needs
 * nothing prepared. Plain JavaScript with no dependency, because none is installed yet.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('../../', import.meta.url));
const OLDEST_NODE = [20, 19];
/** Between looks at an install that another process is doing. */
const LOOK_AGAIN_MS = 400;
/** A lock file this young may be empty because its owner is still writing it. */
const BEING_WRITTEN_MS = 10_000;

/**
 * Makes `node_modules` match `package-lock.json`, doing nothing if it already does. Safe to call
 * from several processes at once: one installs, the others wait. Ends the process with one clear
 * line if Node is too old or the install fails.
 * @param {string} [root] the checkout
 */
export async function install(root = here) {
  refuseOldNode();
  if (isCurrent(root)) return;
  const lock = join(root, '.install.lock');
  try {
    await takeLock(lock);
  } catch (error) {
    stop(`Dependencies are not installed and this folder cannot be written (${codeOf(error)}).`);
  }
  try {
    if (!isCurrent(root)) await installFromLockFile(root, lock);
  } finally {
    releaseLock(lock);
  }
}

function refuseOldNode() {
  const { node } = process.versions;
  if (!isTooOld(node)) return;
  stop(`Sikka needs Node ${OLDEST_NODE.join('.')} or newer and this is ${node}: nodejs.org`);
}

/** @param {string} version as in `process.versions.node` */
export function isTooOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/**
 * The stamp answers quickly. Without it (someone ran `npm install` by hand) the list that npm
 * keeps of what it installed is compared with the lock file.
 * @param {string} root
 */
export function isCurrent(root) {
  const modules = join(root, 'node_modules');
  if (!existsSync(join(modules, '.package-lock.json'))) return false;
  const stamp = stampOf(root);
  if (readIfThere(stampFile(root)) === stamp) return true;
  if (!installedMatchesLockFile(root)) return false;
  try {
    writeFileSync(stampFile(root), stamp);
  } catch {
    // A read-only checkout works as well; it only compares each time.
  }
  return true;
}

/** @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.sikka-installed');

/** Platform included: a node_modules carried to another machine has the wrong binaries.
 * @param {string} root */
function stampOf(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform} ${process.arch}\n`;
}

/** @typedef {{ version?: string, link?: boolean, integrity?: string, optional?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[] }} LockedPackage */

/** @param {string} root */
function installedMatchesLockFile(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return mayBeAbsent(entry);
    if (!existsSync(join(root, path))) return false;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** @param {string} file @returns {Record<string, LockedPackage>} */
function packagesIn(file) {
  const parsed = JSON.parse(readFileSync(file, 'utf8'));
  return parsed.packages ?? {};
}

/** An optional package is missed only if it is made for this very machine.
 * @param {LockedPackage} entry */
function mayBeAbsent(entry) {
  if (entry.optional !== true) return false;
  const forThisOne =
    entry.os?.includes(process.platform) &&
    entry.cpu?.includes(process.arch) &&
    entry.libc === undefined;
  return forThisOne !== true;
}

/** @param {string} root @param {string} lock */
async function installFromLockFile(root, lock) {
  const stamp = stampOf(root);
  const began = Date.now();
  say('Installing dependencies (npm ci); this happens once and takes a minute or two.');
  // dev and optional are asked for by name: NODE_ENV=production or a user's own setting would
  // leave out the TypeScript loader and the database.
  const { command, args } = npmCommand(['ci', '--include=dev', '--include=optional']);
  const shell = process.platform === 'win32' && command === 'npm';
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell });
  writeFileSync(lock, JSON.stringify([process.pid, child.pid]));
  /** @type {number | string} */
  const status = await new Promise((resolve) => {
    child.once('error', (error) => resolve(codeOf(error)));
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (status !== 0) {
    releaseLock(lock);
    stop(`Installing failed (npm ci: ${status}). Is the network there? Try \`npm ci\` by hand.`);
  }
  writeFileSync(stampFile(root), stamp);
  say(`Dependencies installed in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/**
 * The npm that runs this script, else the one that came with this Node, else the one on the path.
 * @param {readonly string[]} args
 */
export function npmCommand(args) {
  const folder = dirname(process.execPath);
  const candidates = [
    process.env['npm_execpath'] ?? '',
    join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(folder, 'node_modules/npm/bin/npm-cli.js'),
  ];
  const cli = candidates.find((path) => basename(path) === 'npm-cli.js' && existsSync(path));
  if (cli === undefined) return { command: 'npm', args: [...args] };
  return { command: process.execPath, args: [cli, ...args] };
}

/**
 * One installer at a time. The file lists the processes that must be gone before it counts as
 * left behind: the installer and its npm, which outlives an installer killed outright.
 * @param {string} lock
 */
export async function takeLock(lock) {
  let told = false;
  for (;;) {
    try {
      writeFileSync(lock, JSON.stringify([process.pid]), { flag: 'wx' });
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    if (isLeftBehind(lock)) {
      removeLeftBehind(lock);
      continue;
    }
    if (!told) say('Another process is installing dependencies here; waiting for it.');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** @param {string} lock */
export function releaseLock(lock) {
  remove(lock);
}

/** @param {string} lock */
function isLeftBehind(lock) {
  const text = readIfThere(lock);
  if (text === undefined) return false;
  try {
    /** @type {number[]} */
    const processes = JSON.parse(text);
    return !processes.some(isAlive);
  } catch {
    return ageOf(lock) > BEING_WRITTEN_MS;
  }
}

/** Looks again under a second lock, so that nobody removes what another has just taken.
 * @param {string} lock */
function removeLeftBehind(lock) {
  const guard = `${lock}.removing`;
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch {
    if (ageOf(guard) > BEING_WRITTEN_MS) remove(guard);
    return;
  }
  if (isLeftBehind(lock)) remove(lock);
  remove(guard);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return codeOf(error) === 'EPERM';
  }
}

/** @param {string} file */
function ageOf(file) {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function remove(file) {
  try {
    unlinkSync(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** @param {unknown} error */
const codeOf = (error) =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Standard error, because what a command prints is its answer. @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** @param {string} line @returns {never} */
function stop(line) {
  say(line);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await install();
