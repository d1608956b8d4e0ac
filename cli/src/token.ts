import { ROLES, TOKEN, tokenClaims } from '@sikka/api';
import type { Role } from '@sikka/api';
import { SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from './errors.ts';
import { readOptions } from './options.ts';
import type { Output } from './output.ts';

export const TOKEN_USAGE = `sikka token [--role ROLE] [--account ID] [--data-dir FOLDER]

Prints a bearer token for the bank on this machine, valid for 15 minutes. It is signed with the
bank's own key: SECRET_KEY, else token.key in the bank's data folder (DATA_DIR, ./data).

  --role ROLE      one of ${ROLES.join(', ')}; may be left out
  --account ID     whose token; for a role of the bank's staff "operator", else it must be given`;

const KEY_HELP =
  'Start the bank once with npm start, or name its data folder with --data-dir or DATA_DIR, or ' +
  'set SECRET_KEY.';

/** The key that this machine's bank signs tokens with. Throws `cli/key_missing`. */
const tokenKey = async (dataDir: string): Promise<Uint8Array> => {
  const secret = process.env.SECRET_KEY;
  if (secret !== undefined && secret !== '') return new TextEncoder().encode(secret);
  const path = join(dataDir, TOKEN.keyFile);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CliError('cli/key_missing', `There is no readable key in ${path}. ${KEY_HELP}`);
  });
  return new TextEncoder().encode(text.trim());
};

/** Whose token it is, and where the bank of this machine keeps its key. */
export interface TokenOptions {
  readonly account: string;
  readonly roles: readonly Role[];
  readonly dataDir: string;
}

/** A fresh bearer token for this machine's bank. Throws `cli/key_missing`. */
export const mintToken = async ({ account, roles, dataDir }: TokenOptions): Promise<string> => {
  const jti = randomBytes(16).toString('base64url');
  const claims = tokenClaims({ account, roles, jti, now: Math.floor(Date.now() / 1000) });
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: TOKEN.algorithm, typ: TOKEN.type })
    .sign(await tokenKey(dataDir));
};

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/** `sikka token`. */
export const tokenCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const { values } = readOptions(args, TOKEN_USAGE, { strings: ['role', 'account', 'data-dir'] });
  const role = values.role;
  if (role !== undefined && !isRole(role)) {
    throw new CliError('cli/usage', `There is no role "${role}".\n\n${TOKEN_USAGE}`);
  }
  const account = values.account ?? (role === undefined ? undefined : 'operator');
  if (account === undefined) throw new CliError('cli/usage', TOKEN_USAGE);
  const dataDir = values['data-dir'] ?? process.env.DATA_DIR ?? './data';
  out.line(await mintToken({ account, roles: role === undefined ? [] : [role], dataDir }));
  return 0;
};
