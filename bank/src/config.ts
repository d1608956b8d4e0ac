import path from 'node:path';
import { LOG_LEVELS } from './log.ts';
import type { LogLevel } from './log.ts';

export interface BankConfig {
  readonly production: boolean;
  /** Accounts to try things with, a banner everywhere, keys made at first start. */
  readonly demo: boolean;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Undefined: the embedded PostgreSQL, in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly databasePoolSize: number;
  /** The token key; undefined: a file in `dataDir`, in demo mode only. */
  readonly secretKey: string | undefined;
  /** The key that seals the bank's private keys; undefined: a file in `dataDir`, as above. */
  readonly masterKey: string | undefined;
  /** The bank's text id, which documents name (spec/identifiers.md). */
  readonly bankId: string;
  readonly logLevel: LogLevel;
}

export type ConfigResult =
  | { readonly ok: true; readonly value: BankConfig }
  | { readonly ok: false; readonly errors: readonly string[] };

type Env = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORT = 9000;
const DEFAULT_POOL = 10;
/** The embedded server takes 40 connections; some are for migrations and people. */
const MOST_POOL = 200;
const LEAST_SECRET_BYTES = 32;
/** Fewer different characters than this in a secret is a word or a pattern. */
const LEAST_DISTINCT = 10;

/** Reads every setting and names every mistake at once. An empty variable is an absent one. */
export function readConfig(env: Env, workingFolder: string): ConfigResult {
  const errors: string[] = [];
  const read = reader(env, errors);
  const production = env['NODE_ENV'] === 'production';
  const demo = read('DEMO_MODE', 'on or off', parseSwitch) ?? !production;
  if (demo && production) errors.push('DEMO_MODE cannot be on with NODE_ENV=production.');

  const port = read('PORT', 'a whole number from 0 to 65535', parseUpTo(65_535)) ?? DEFAULT_PORT;
  const poolSize =
    read('DATABASE_POOL_SIZE', `a whole number from 1 to ${MOST_POOL}`, parsePoolSize) ??
    DEFAULT_POOL;
  const databaseUrl = read('DATABASE_URL', 'a postgres:// or postgresql:// address', parseDbUrl);
  const bankId = read('BANK_ID', '1 to 32 of a-z, 0-9, dot, dash, underscore', parseBankId);
  const logLevel = read('LOG_LEVEL', `one of ${LOG_LEVELS.join(', ')}`, parseLevel);
  const secretKey = read('SECRET_KEY', strongRule, parseStrong);

  if (!demo) {
    const need = (name: string, why: string) => {
      if (present(env, name) === undefined) errors.push(`${name} is not set: ${why}`);
    };
    need('SECRET_KEY', 'it signs tokens and has no default.');
    need('BANK_ID', 'documents name the bank by it.');
  }
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    value: {
      production,
      demo,
      host: present(env, 'HOST') ?? (demo ? '127.0.0.1' : '0.0.0.0'),
      port,
      dataDir: path.resolve(workingFolder, present(env, 'DATA_DIR') ?? 'data'),
      databaseUrl,
      databasePoolSize: poolSize,
      secretKey,
      masterKey: present(env, 'MASTER_KEY'),
      bankId: bankId ?? 'sikka-demo',
      logLevel: logLevel ?? (demo ? 'warn' : 'info'),
    },
  };
}

/** The settings of this process. */
export function processConfig(): ConfigResult {
  return readConfig(process.env, process.cwd());
}

const strongRule =
  `at least ${LEAST_SECRET_BYTES} bytes with at least ${LEAST_DISTINCT} different characters ` +
  '(for example the output of `openssl rand -base64 33`)';

/** Whether a text may be a token key; so strong that nobody guesses it from what it signed. */
export function isStrongSecret(text: string): boolean {
  return Buffer.byteLength(text) >= LEAST_SECRET_BYTES && new Set(text).size >= LEAST_DISTINCT;
}

function reader(env: Env, errors: string[]) {
  return <T>(name: string, rule: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = present(env, name);
    if (text === undefined) return undefined;
    const value = parse(text);
    // The value itself may be a secret: say only which setting, and what it should be.
    if (value === undefined) errors.push(`${name} must be ${rule}.`);
    return value;
  };
}

function present(env: Env, name: string): string | undefined {
  const text = env[name];
  return text === undefined || text === '' ? undefined : text;
}

function parseSwitch(text: string): boolean | undefined {
  if (['1', 'true', 'on', 'yes'].includes(text.toLowerCase())) return true;
  if (['0', 'false', 'off', 'no'].includes(text.toLowerCase())) return false;
  return undefined;
}

function parseUpTo(most: number) {
  return (text: string): number | undefined =>
    /^\d{1,6}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

function parsePoolSize(text: string): number | undefined {
  const size = parseUpTo(MOST_POOL)(text);
  return size === 0 ? undefined : size;
}

function parseDbUrl(text: string): string | undefined {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol) ? text : undefined;
}

function parseBankId(text: string): string | undefined {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/.test(text) ? text : undefined;
}

function parseLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === text);
}

function parseStrong(text: string): string | undefined {
  return isStrongSecret(text) ? text : undefined;
}
