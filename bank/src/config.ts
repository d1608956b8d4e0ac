import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogLevel } from './log.ts';
import { SETTINGS } from './settings.ts';
import type { ReadSetting, Setting, SettingName, SettingOf } from './settings.ts';
import { tracesOf } from './trace-config.ts';
import type { TracesConfig } from './trace-config.ts';
import { vaultOf } from './vault-config.ts';
import type { VaultConfig } from './vault-config.ts';

export { isStrongSecret } from './settings.ts';

export interface BankConfig {
  readonly production: boolean;
  /** Accounts to try things with, a banner everywhere, keys made at first start. */
  readonly demo: boolean;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where people reach the bank, without a path; undefined: wherever it listens. */
  readonly publicUrl: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  /** Where the built wallet app is, if it is built. Absolute. */
  readonly walletAppDir: string;
  /** Undefined: the embedded PostgreSQL, in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly databasePoolSize: number;
  /** The token key; undefined: a file in `dataDir`, in demo mode only. */
  readonly secretKey: string | undefined;
  /** What seals the bank's private keys and people's data. */
  readonly vault: VaultConfig;
  /** The bank's text id, which documents name (spec/identifiers.md). */
  readonly bankId: string;
  readonly logLevel: LogLevel;
  /** Absolute; undefined: standard error. */
  readonly logDir: string | undefined;
  readonly accessTokenMinutes: number;
  readonly refreshTokenDays: number;
  readonly bcryptCost: number;
  /** Major units. */
  readonly stepUpAbove: string;
  readonly fourEyesAbove: string;
  readonly guaranteeCap: string;
  readonly guaranteeCapPayee: string;
  readonly guaranteeCapDays: number;
  readonly signupRevealsExisting: boolean;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Undefined: nothing is counted. */
  readonly rateLimitPerMinute: number | undefined;
  readonly redisUrl: string | undefined;
  /** Undefined in a demo without a mail server. */
  readonly smtp: SmtpConfig | undefined;
  readonly mailFrom: string;
  readonly metricsToken: string | undefined;
  /** Whether what goes on beside requests goes on in this process. */
  readonly worker: 'in_process' | 'off';
  /** Of a worker of its own; 0 takes any free port, undefined: it shows no metrics. */
  readonly workerMetricsPort: number | undefined;
  /** Undefined: nothing is traced. */
  readonly traces: TracesConfig | undefined;
  readonly rail: RailConfig;
  /** What may be set so and seldom is meant so: said at every start. */
  readonly warnings: readonly string[];
}

export interface SmtpConfig {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
}

/** How money comes in from other banks. */
export type RailConfig =
  | { readonly kind: 'simulated' | 'none' }
  /** `dir` is absolute; `account` is ours. */
  | { readonly kind: 'files'; readonly dir: string; readonly account: string };

export type ConfigResult =
  | { readonly ok: true; readonly value: BankConfig }
  | { readonly ok: false; readonly errors: readonly string[] };

type Env = Readonly<Record<string, string | undefined>>;

/** Where pages of ours are served while they are written. */
const DEMO_ORIGINS = [5173, 5174, 4173, 4174].map((port) => `http://localhost:${port}`);
/** Beside the sources, as `npm start` builds it. */
const BUILT_APP = fileURLToPath(new URL('../../apps/wallet/dist', import.meta.url));
/** A secret is a line of text. */
const MOST_SECRET_FILE_BYTES = 10_000;

/** Reads every setting and names every mistake at once. An empty variable is an absent one. */
export function readConfig(env: Env, workingFolder: string): ConfigResult {
  const errors: string[] = [];
  const read = reader(env, errors);
  const production = read('NODE_ENV') === 'production';
  const demo = read('DEMO_MODE') ?? !production;
  const value: BankConfig = {
    ...{ production, demo, warnings: warningsOf({ production, demo }, read) },
    host: read('HOST') ?? (demo ? '127.0.0.1' : '0.0.0.0'),
    port: read('PORT') ?? 0,
    publicUrl: read('PUBLIC_URL'),
    dataDir: path.resolve(workingFolder, read('DATA_DIR') ?? ''),
    walletAppDir: resolved(workingFolder, read('WALLET_APP_DIR')) ?? BUILT_APP,
    ...databaseOf(read, production, errors),
    secretKey: read('SECRET_KEY'),
    vault: vaultOf(read, { demo, errors }),
    bankId: read('BANK_ID') ?? 'sikka-demo',
    logLevel: read('LOG_LEVEL') ?? (read('DEBUG') === true ? 'debug' : demo ? 'warn' : 'info'),
    logDir: resolved(workingFolder, read('LOG_DIR')),
    accessTokenMinutes: read('ACCESS_TOKEN_EXPIRE_MINUTES') ?? 0,
    refreshTokenDays: read('REFRESH_TOKEN_EXPIRE_DAYS') ?? 0,
    bcryptCost: read('BCRYPT_COST') ?? 0,
    stepUpAbove: read('STEP_UP_ABOVE') ?? '',
    fourEyesAbove: read('FOUR_EYES_ABOVE') ?? '',
    guaranteeCap: read('GUARANTEE_CAP') ?? '',
    guaranteeCapPayee: read('GUARANTEE_CAP_PAYEE') ?? '',
    guaranteeCapDays: read('GUARANTEE_CAP_DAYS') ?? 1,
    signupRevealsExisting: read('SIGNUP_REVEALS_EXISTING') ?? demo,
    corsOrigins: read('CORS_ORIGINS') ?? (demo ? DEMO_ORIGINS : []),
    trustedProxies: read('TRUSTED_PROXIES') ?? [],
    rateLimitPerMinute:
      read('RATE_LIMIT_ENABLED') === false ? undefined : read('RATE_LIMIT_PER_MINUTE'),
    redisUrl: read('REDIS_URL'),
    ...mailOf(read),
    metricsToken: read('METRICS_TOKEN'),
    worker: read('WORKER') ?? 'in_process',
    workerMetricsPort: read('WORKER_METRICS_PORT'),
    traces: tracesOf(read),
    rail: railOf(read, { demo, workingFolder, errors }),
  };
  errors.push(...refusals(value, read));
  return errors.length > 0 ? { ok: false, errors: [...new Set(errors)] } : { ok: true, value };
}

/** The settings of this process. */
export function processConfig(): ConfigResult {
  return readConfig(process.env, process.cwd());
}

/** What fits alone and not together: production makes nothing up and shows nothing. */
function refusals({ production, demo, smtp }: BankConfig, read: ReadSetting): readonly string[] {
  const refused: string[] = [];
  const need = (name: SettingName, why: string) => {
    if (read(name) === undefined) refused.push(`${name} is not set: ${why}`);
  };
  if (!demo) {
    need('SECRET_KEY', 'it signs tokens and has no default.');
    need('BANK_ID', 'documents name the bank by it.');
  }
  if (!production) return refused;
  if (demo) refused.push('DEMO_MODE cannot be on with NODE_ENV=production.');
  need('PUBLIC_URL', 'passkeys are bound to it, and mails name it.');
  if (smtp === undefined) need('SMTP_HOST', 'one-time codes are sent by mail.');
  for (const name of ['DEBUG', 'SIGNUP_REVEALS_EXISTING'] as const) {
    if (read(name) === true) refused.push(`${name} cannot be on with NODE_ENV=production.`);
  }
  return refused;
}

/** A bank that is neither a demo nor in production is somebody's trial, or a mistake. */
function warningsOf(
  { production, demo }: Pick<BankConfig, 'production' | 'demo'>,
  read: ReadSetting,
): readonly string[] {
  if (production || demo) return [];
  const open =
    'NODE_ENV is not production: /docs and /metrics are open to everybody, mail may be missing.';
  if (read('PUBLIC_URL') !== undefined) return [open];
  return [open, 'PUBLIC_URL is not set: passkeys are bound to localhost, and mails name it.'];
}

function databaseOf(
  read: ReadSetting,
  production: boolean,
  errors: string[],
): Pick<BankConfig, 'databaseUrl' | 'databasePoolSize'> {
  const databasePoolSize = read('DATABASE_POOL_SIZE') ?? 0;
  const given = read('DATABASE_URL');
  if (given === undefined) return { databaseUrl: undefined, databasePoolSize };
  const url = new URL(given);
  const remote = !['localhost', '127.0.0.1', '[::1]', ''].includes(url.hostname);
  if (!(read('REQUIRE_SSL') ?? (production && remote))) {
    return { databaseUrl: given, databasePoolSize };
  }
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && mode !== 'verify-full') {
    errors.push('DATABASE_URL must not name an sslmode other than verify-full.');
  }
  url.searchParams.set('sslmode', 'verify-full');
  const authority = read('DATABASE_CA_FILE');
  if (authority !== undefined) url.searchParams.set('sslrootcert', authority);
  return { databaseUrl: url.href, databasePoolSize };
}

function mailOf(read: ReadSetting): Pick<BankConfig, 'smtp' | 'mailFrom'> {
  const host = read('SMTP_HOST');
  const mailFrom = read('SMTP_FROM') ?? '';
  if (host === undefined) return { smtp: undefined, mailFrom };
  const [user, password] = [read('SMTP_USER'), read('SMTP_PASSWORD')];
  const signIn = user === undefined || password === undefined ? {} : { user, password };
  return { smtp: { host, port: read('SMTP_PORT') ?? 0, ...signIn }, mailFrom };
}

/** Play money is for a demo. */
function railOf(
  read: ReadSetting,
  on: { readonly demo: boolean; readonly workingFolder: string; readonly errors: string[] },
): RailConfig {
  const kind = read('RAIL') ?? (on.demo ? 'simulated' : 'none');
  const dir = resolved(on.workingFolder, read('RAIL_DIR'));
  const account = read('RAIL_ACCOUNT');
  if (kind === 'simulated' && !on.demo) on.errors.push('RAIL can be simulated in a demo only.');
  if (kind !== 'files') return { kind };
  if (dir !== undefined && account !== undefined) return { kind, dir, account };
  on.errors.push('RAIL_DIR and RAIL_ACCOUNT must be set with RAIL=files.');
  return { kind: 'none' };
}

function resolved(workingFolder: string, folder: string | undefined): string | undefined {
  return folder === undefined ? undefined : path.resolve(workingFolder, folder);
}

/** Answers the default where nothing is set, and undefined where there is none. */
function reader(env: Env, errors: string[]): ReadSetting {
  return (name) => {
    const setting: Setting<unknown> = SETTINGS[name];
    const text = textOf(env, name, errors) ?? setting.byDefault;
    if (text === undefined || text === '') return undefined;
    const value = setting.parse(text);
    // The value itself may be a secret: say only which setting, and what it should be.
    if (value === undefined) errors.push(`${name} must be ${setting.rule}.`);
    return value as SettingOf<typeof name> | undefined;
  };
}

/** The variable, or the file that NAME_FILE names for a secret. */
function textOf(env: Env, name: SettingName, errors: string[]): string | undefined {
  const text = present(env, name);
  const setting: Setting<unknown> = SETTINGS[name];
  const file = setting.secret === true ? present(env, `${name}_FILE`) : undefined;
  if (file === undefined) return text;
  if (text !== undefined) errors.push(`${name} and ${name}_FILE are both set: keep one.`);
  try {
    const { mode, size } = statSync(file);
    if (size > MOST_SECRET_FILE_BYTES) throw new Error('not a line of text');
    if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
      errors.push(`${name}_FILE may be read by others: "chmod 600" it.`);
    }
    return readFileSync(file, 'utf8').trim();
  } catch {
    errors.push(`${name}_FILE cannot be read.`);
    return undefined;
  }
}

function present(env: Env, name: string): string | undefined {
  const text = env[name];
  return text === undefined || text === '' ? undefined : text;
}
