import type { KeyObject } from 'node:crypto';
import { createSecretKey, randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { KeysError } from './errors.ts';
import { limits } from './limits.ts';

export interface MasterKeySource {
  /**
   * MASTER_KEY: 32 random bytes, as 64 hexadecimal digits or base64. While the master key changes,
   * the new one and those before it, separated by commas.
   */
  readonly configured: string | undefined;
  /** Where `master.key` lies if none is configured. */
  readonly dataDir: string;
  /** In production none is made up: MASTER_KEY must be given, or the file put there. */
  readonly production: boolean;
}

export type MasterKeys = readonly [KeyObject, ...KeyObject[]];

/**
 * The master key, newest first: from the configuration, else from `DATA_DIR/master.key`, which
 * outside production is made at first start (32 random bytes, mode 0600).
 *
 * Throws `keys/master_key_missing`, `_invalid`, `_exposed`, `_unreadable`.
 */
export async function loadMasterKeys(source: MasterKeySource): Promise<MasterKeys> {
  const there = await findMasterKeys(source);
  if (there !== undefined) return there;
  if (source.production) {
    throw new KeysError(
      'keys/master_key_missing',
      'MASTER_KEY is not set. It seals the keys that sign money, so in production it is never ' +
        'made up: set it to 32 random bytes in hexadecimal, and keep a copy where the database ' +
        'backups are not.',
    );
  }
  const file = fileOf(source);
  await makeKeyFile(file);
  // Two first starts at once: both read the one that was there first.
  const made = await readKeyFile(file);
  if (made === undefined) throw unreadable(file, 'it vanished');
  return [made];
}

/** The same where there is one: nothing is made, and nothing is missing. */
export async function findMasterKeys(source: MasterKeySource): Promise<MasterKeys | undefined> {
  if (source.configured !== undefined && source.configured !== '') {
    const [first, ...others] = source.configured
      .split(',', limits.masterKeys + 1)
      .map((text) => parseKey(text, 'MASTER_KEY'));
    if (first === undefined || others.length >= limits.masterKeys) throw invalid('MASTER_KEY');
    return [first, ...others];
  }
  const found = await readKeyFile(fileOf(source));
  return found === undefined ? undefined : [found];
}

function fileOf({ dataDir }: MasterKeySource): string {
  return path.join(dataDir, 'master.key');
}

async function readKeyFile(file: string): Promise<KeyObject | undefined> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(file, codeOf(error));
  }
  try {
    const { mode, size } = await handle.stat();
    // Windows keeps permissions elsewhere.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw exposed(file);
    if (size > limits.masterKeyFileBytes) throw invalid(file);
    return parseKey(await handle.readFile('utf8'), file);
  } finally {
    await handle.close();
  }
}

/** Written whole under another name, then linked: nobody ever reads half a key. */
async function makeKeyFile(file: string): Promise<void> {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(limits.masterKeyBytes).toString('hex')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw unreadable(file, codeOf(error));
  } finally {
    await rm(draft, { force: true });
  }
}

/** `where` is a name, never a value: it goes into the error. */
function parseKey(text: string, where: string): KeyObject {
  const bytes = decode(text.trim());
  try {
    if (bytes?.length !== limits.masterKeyBytes) throw invalid(where);
    // 32 random bytes hold some 30 different ones; fewer than 16 were typed by somebody.
    if (new Set(bytes).size < 16) throw invalid(where);
    return createSecretKey(bytes);
  } finally {
    bytes?.fill(0);
  }
}

function decode(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (/^[0-9A-Za-z+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}

function invalid(where: string): KeysError {
  return new KeysError(
    'keys/master_key_invalid',
    `${where} is not a master key: 32 random bytes as 64 hexadecimal digits or base64 ` +
      `("openssl rand -hex 32" draws one).`,
  );
}

function exposed(file: string): KeysError {
  return new KeysError(
    'keys/master_key_exposed',
    `Other users of this machine can read ${file}. If none of them did: chmod 600 "${file}".`,
  );
}

function unreadable(file: string, reason: string): KeysError {
  return new KeysError(
    'keys/master_key_unreadable',
    `The master key file ${file} cannot be used (${reason}).`,
  );
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
