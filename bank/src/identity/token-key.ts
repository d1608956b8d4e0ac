import { randomBytes, webcrypto } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { TOKEN, tokenClaims } from '@sikka/api';
import type { Role } from '@sikka/api';
import { SignJWT } from 'jose';
import { StartError } from '../errors.ts';
import { limits } from './limits.ts';

/** The HMAC key of bearer tokens; it cannot be read out again. */
export type TokenKey = webcrypto.CryptoKey;

export interface TokenKeySource {
  /** SECRET_KEY. */
  readonly configured: string | undefined;
  readonly dataDir: string;
  /** Only a demo makes a key up, in `DATA_DIR/token.key`. */
  readonly demo: boolean;
}

/**
 * The token key: SECRET_KEY, else in a demo the file `token.key` (mode 0600, made at first start),
 * which `sikka token` reads on the same machine.
 *
 * Throws `start/secret_missing`, `start/secret_weak`, `start/data_unusable`.
 */
export async function loadTokenKey(source: TokenKeySource): Promise<TokenKey> {
  if (source.configured !== undefined) return importKey(source.configured);
  if (!source.demo) {
    throw new StartError('start/secret_missing', 'SECRET_KEY is not set: it signs tokens.');
  }
  const file = path.join(source.dataDir, TOKEN.keyFile);
  const found = await readKeyFile(file);
  if (found !== undefined) return importKey(found);
  await makeKeyFile(file);
  // Two first starts at once: both read the one that was there first.
  const made = await readKeyFile(file);
  if (made === undefined) throw unusable(file, 'it vanished');
  return importKey(made);
}

/** Signs a token as @sikka/api's `TOKEN` says. `random` answers that many random bytes. */
export async function signToken(
  key: TokenKey,
  token: {
    readonly account: string;
    readonly roles: readonly Role[];
    readonly now: Date;
    readonly lifetimeSeconds?: number;
    /** The session it belongs to; without one it ends by time alone and is never stepped up. */
    readonly sid?: string;
    /** Accepted only where a blocked account may call. */
    readonly use?: 'hand_in';
  },
  random: (size: number) => Uint8Array = randomBytes,
): Promise<string> {
  const claims = tokenClaims({
    ...token,
    now: Math.floor(token.now.getTime() / 1000),
    jti: Buffer.from(random(16)).toString('base64url'),
  });
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: TOKEN.algorithm, typ: TOKEN.type })
    .sign(key);
}

async function importKey(text: string): Promise<TokenKey> {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < TOKEN.keyBytes) {
    const message = `The token key has ${bytes.length} bytes; ${TOKEN.keyBytes} are the least.`;
    throw new StartError('start/secret_weak', message);
  }
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return webcrypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);
}

async function readKeyFile(file: string): Promise<string | undefined> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(file, codeOf(error));
  }
  try {
    const { mode, size } = await handle.stat();
    // Windows keeps permissions elsewhere.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw unusable(file, 'others may read it; "chmod 600" it, or delete it for a fresh one');
    }
    if (size > limits.keyFileBytes) throw unusable(file, 'it is too large for a key');
    return (await handle.readFile('utf8')).trim();
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
      await handle.writeFile(`${randomBytes(TOKEN.keyBytes).toString('base64url')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw unusable(file, codeOf(error));
  } finally {
    await rm(draft, { force: true });
  }
}

function unusable(file: string, why: string | undefined): StartError {
  return new StartError('start/data_unusable', `${file} cannot be used: ${why ?? 'unknown'}.`);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
