import { isIP } from 'node:net';
import { parseIban } from '@sikka/protocol';
import { keysLimits, VAULT_NAMES } from './keys/index.ts';
import { LOG_LEVELS } from './log.ts';
import type { LogLevel } from './log.ts';
import { MONEY_SETTINGS } from './money-config.ts';
import { TRACE_SETTINGS } from './trace-config.ts';
import { WORKER_SETTINGS } from './worker-config.ts';

/** One setting: how its text is read, and what is said of it in `.env.example`. */
export interface Setting<T> {
  /** Undefined: not what `rule` asks for. */
  readonly parse: (text: string) => T | undefined;
  /** "… must be …". */
  readonly rule: string;
  readonly about: string;
  /** As text; absent where there is none, or where it depends on others (`about` says how). */
  readonly byDefault?: string;
  /** May be given as a file, by NAME_FILE; never shown. */
  readonly secret?: true;
}

const LEAST_SECRET_BYTES = 32;
/** Fewer different characters than this in a secret is a word or a pattern. */
const LEAST_DISTINCT = 10;
/** The embedded server takes 40 connections; some are for migrations and people. */
const MOST_POOL = 200;

const STRONG =
  `at least ${LEAST_SECRET_BYTES} bytes with at least ${LEAST_DISTINCT} different characters ` +
  '(for example the output of `openssl rand -base64 33`)';

/** Whether a text may be a token key; so strong that nobody guesses it from what it signed. */
export function isStrongSecret(text: string): boolean {
  return Buffer.byteLength(text) >= LEAST_SECRET_BYTES && new Set(text).size >= LEAST_DISTINCT;
}

const RAILS = ['simulated', 'files', 'none'] as const;

/** Every setting, in the order in which `.env.example` explains them. */
export const SETTINGS = {
  NODE_ENV: anyText('`production` makes nothing up: every secret and address must be given.'),
  DEMO_MODE: onOff('Accounts to try things with, play money, one-time codes on screen.', {
    by: 'on, except in production, where it is refused',
  }),
  DEBUG: onOff('Logs everything, where LOG_LEVEL says nothing else. Refused in production.', {
    is: 'off',
  }),
  BANK_ID: {
    parse: (text) => (/^[a-z0-9][a-z0-9._-]{0,31}$/.test(text) ? text : undefined),
    rule: '1 to 32 of a-z, 0-9, dot, dash, underscore',
    about: 'The bank’s text id, which documents name. In a demo sikka-demo, else required.',
  },
  HOST: anyText('The address to listen on: 127.0.0.1 in a demo, else 0.0.0.0.'),
  PORT: number('0 takes any free port.', { from: 0, to: 65_535, is: 9000 }),
  PUBLIC_URL: {
    parse: parseWebAddress,
    rule: 'an http:// or https:// address without a path',
    about: 'Where people reach the bank: passkeys are bound to it. Required in production.',
  },
  WALLET_APP_DIR: anyText('The built wallet app, served at /app/. Default: apps/wallet/dist.'),
  DATA_DIR: anyText('Where the embedded database and a demo’s keys lie.', 'data'),

  DATABASE_URL: {
    parse: parseDatabaseUrl,
    rule: 'a postgres:// or postgresql:// address',
    about: 'PostgreSQL 14 or later, as the owner of the database. Empty: the embedded one.',
    secret: true,
  },
  DATABASE_POOL_SIZE: number('Connections of this process.', { from: 1, to: MOST_POOL, is: 10 }),
  REQUIRE_SSL: onOff('TLS to the database, with its name verified.', {
    by: 'on in production where the database is on another machine',
  }),
  DATABASE_CA_FILE: anyText('The authority that signed the database’s certificate, as PEM.'),

  SECRET_KEY: {
    parse: (text) => (isStrongSecret(text) ? text : undefined),
    rule: STRONG,
    about: 'Signs access tokens. A demo makes one up, in DATA_DIR.',
    secret: true,
  },
  MASTER_KEY: {
    ...anyText('Seals private keys and personal data, 64 hexadecimal digits. Demo: as above.'),
    secret: true,
  },
  OLD_MASTER_KEY: {
    ...anyText('The one before: opens what it sealed until `npm run reseal` has sealed it anew.'),
    secret: true,
  },
  KEY_VAULT: {
    parse: (text) => VAULT_NAMES.find((name) => name === text),
    rule: `one of ${VAULT_NAMES.join(', ')}`,
    about:
      'What seals private keys and personal data: MASTER_KEY, a hardware module, or a key service.',
    byDefault: 'local',
  },
  PKCS11_LIBRARY: anyText('Of the hardware module: the path of its PKCS #11 library.'),
  PKCS11_TOKEN: anyText('The label of the token that holds the keys.'),
  PKCS11_KEYS: {
    parse: parseNames,
    rule: 'labels, newest first, separated by commas',
    about: 'Labels of AES-256 keys in it that cannot be taken out: the first seals, all open.',
  },
  PKCS11_PIN: { ...anyText('Of the token’s user.'), secret: true },
  KMS_KEYS: {
    parse: parseKeyArns,
    rule: 'arn:aws:kms:REGION:ACCOUNT:key/ID, newest first, separated by commas; no aliases',
    about: 'Of the key service: symmetric keys of one region. The first seals, all open.',
  },
  KMS_BUNDLE_KEY: {
    parse: (text) => (parseKeyArns(text)?.length === 1 ? text : undefined),
    rule: 'one arn:aws:kms:REGION:ACCOUNT:key/ID',
    about: 'The key under which older devices wrap the keys of their bundles.',
  },
  KMS_ENVIRONMENT: {
    parse: (text) => (/^[\w.-]{1,64}$/.test(text) ? text : undefined),
    rule: '1 to 64 letters, digits, dots, dashes, underscores',
    about: 'Part of the encryption context of both. Default: production, in a demo development.',
  },
  KMS_ENDPOINT: {
    parse: parseServiceAddress,
    rule: 'an https:// address, or an http:// one of this machine',
    about: 'Where the key service answers. Empty: at AWS, in the region that the keys name.',
  },
  AWS_ACCESS_KEY_ID: anyText('Signs requests to the key service.'),
  AWS_SECRET_ACCESS_KEY: { ...anyText('Of that id.'), secret: true },
  AWS_SESSION_TOKEN: { ...anyText('Where the id is a temporary one.'), secret: true },
  MOCK_KMS_PASSWORD: {
    ...anyText('Opens bundles of devices under development. Refused outside a demo.'),
    secret: true,
  },
  ACCESS_TOKEN_EXPIRE_MINUTES: number('An access token lives this long.', {
    ...{ from: 1, to: 60, is: 15 },
  }),
  REFRESH_TOKEN_EXPIRE_DAYS: number('A session not used for this long is over.', {
    ...{ from: 1, to: 90, is: 30 },
  }),
  BCRYPT_COST: number('Each step doubles the work for a password.', { from: 12, to: 15, is: 12 }),
  ...MONEY_SETTINGS,
  SIGNUP_REVEALS_EXISTING: onOff('Sign-up says that an e-mail is known. Refused in production.', {
    by: 'on in a demo, else off',
  }),

  CORS_ORIGINS: {
    parse: parseOrigins,
    rule: 'origins such as https://app.example, separated by commas; no wildcard',
    about: 'Pages that may read answers. A demo allows localhost 5173, 5174, 4173 and 4174.',
  },
  TRUSTED_PROXIES: {
    parse: parseProxies,
    rule: 'addresses or networks such as 10.0.0.0/8, separated by commas',
    about: 'Proxies in front of the bank: X-Forwarded-For is believed from these alone.',
    byDefault: '',
  },
  RATE_LIMIT_ENABLED: onOff('Counts calls of each caller across all nodes.', { is: 'on' }),
  RATE_LIMIT_PER_MINUTE: number('Calls a minute of routes without a limit of their own.', {
    ...{ from: 1, to: 100_000, is: 60 },
  }),
  REDIS_URL: {
    parse: (text) =>
      URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol) ? text : undefined,
    rule: 'a redis:// or rediss:// address',
    about: 'Where calls are counted. Empty: in the database.',
    secret: true,
  },

  SMTP_HOST: anyText('The mail server. A demo needs none: its mailbox is at /demo/mailbox.'),
  SMTP_PORT: number('587 upgrades to TLS, 465 begins with it.', { from: 1, to: 65_535, is: 587 }),
  SMTP_USER: anyText('Empty: without signing in.'),
  SMTP_PASSWORD: { ...anyText('Of that user.'), secret: true },
  SMTP_FROM: {
    parse: (text) => (/^[^\r\n]{3,200}$/.test(text) && text.includes('@') ? text : undefined),
    rule: 'an address, or a name and an address in angle brackets',
    about: 'Who mails come from.',
    byDefault: 'Sikka <no-reply@localhost>',
  },

  RAIL: {
    parse: (text) => RAILS.find((rail) => rail === text),
    rule: `one of ${RAILS.join(', ')}`,
    about:
      'How money comes in: files of ISO 20022, play money (in a demo, its default), or not at ' +
      'all (else the default).',
  },
  RAIL_DIR: anyText('For files: the folder that holds in, out, done and refused.'),
  RAIL_ACCOUNT: {
    parse: (text) => {
      const iban = parseIban(text);
      return iban.ok ? iban.value : undefined;
    },
    rule: 'a Pakistani IBAN with right check digits',
    about: 'For files: our account, on which money comes in. Money for another is refused.',
  },

  ...WORKER_SETTINGS,

  LOG_LEVEL: {
    parse: parseLevel,
    rule: `one of ${LOG_LEVELS.join(', ')}`,
    about: 'In a demo warn, else info.',
  },
  LOG_DIR: anyText('Logs as files that rotate. Empty: standard error.'),
  METRICS_TOKEN: {
    parse: (text) => (isStrongSecret(text) ? text : undefined),
    rule: STRONG,
    about: 'Who may read /metrics in production; without one nobody.',
    secret: true,
  },
  ...TRACE_SETTINGS,
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingName = keyof typeof SETTINGS;

/** What a setting's text is read as. */
export type SettingOf<N extends SettingName> = NonNullable<
  ReturnType<(typeof SETTINGS)[N]['parse']>
>;

export type ReadSetting = <N extends SettingName>(name: N) => SettingOf<N> | undefined;

function anyText(about: string, byDefault?: string) {
  const parse = (text: string): string | undefined => text;
  return { parse, rule: 'text', about, ...(byDefault === undefined ? {} : { byDefault }) };
}

function onOff(about: string, given: { readonly is?: string; readonly by?: string }) {
  const said = given.by === undefined ? about : `${about} Default: ${given.by}.`;
  const byDefault = given.is === undefined ? {} : { byDefault: given.is };
  return { parse: parseSwitch, rule: 'on or off', about: said, ...byDefault };
}

function number(
  about: string,
  { from, to, is }: { readonly from: number; readonly to: number; readonly is: number },
) {
  const parse = (text: string): number | undefined =>
    /^\d{1,6}$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined;
  return { parse, rule: `a whole number from ${from} to ${to}`, about, byDefault: String(is) };
}

function parseSwitch(text: string): boolean | undefined {
  if (['1', 'true', 'on', 'yes'].includes(text.toLowerCase())) return true;
  if (['0', 'false', 'off', 'no'].includes(text.toLowerCase())) return false;
  return undefined;
}

function parseDatabaseUrl(text: string): string | undefined {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol) ? text : undefined;
}

function parseWebAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, pathname, search } = new URL(text);
  return /^https?:$/.test(protocol) && pathname === '/' && search === '' ? origin : undefined;
}

function parseNames(text: string): readonly [string, ...string[]] | undefined {
  const [first, ...others] = partsOf(text);
  return first === undefined || others.length >= keysLimits.wrappingKeys
    ? undefined
    : [first, ...others];
}

/** An alias may lead to another key tomorrow: what today's sealed would be looked for there. */
function parseKeyArns(text: string): readonly [string, ...string[]] | undefined {
  const names = parseNames(text);
  const arn = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[\w-]{1,64}$/;
  const regions = new Set(names?.map((name) => arn.exec(name)?.[1]));
  return regions.size === 1 && !regions.has(undefined) ? names : undefined;
}

function parseServiceAddress(text: string): string | undefined {
  const address = parseWebAddress(text);
  if (address === undefined) return undefined;
  const { protocol, hostname } = new URL(address);
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return protocol === 'https:' || here ? address : undefined;
}

/** By commas, or as the JSON list that some deployments have. */
function parseOrigins(text: string): readonly string[] | undefined {
  const plain = text.replace(/^\s*\[|\]\s*$/g, '').replaceAll('"', '');
  const origins = partsOf(plain).map((part) => parseWebAddress(part));
  return origins.every((origin) => origin !== undefined) ? origins : undefined;
}

function parseProxies(text: string): readonly string[] | undefined {
  const proxies = partsOf(text);
  return proxies.every(isNetwork) ? proxies : undefined;
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  // All the world is no proxy of ours.
  return (
    bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

function partsOf(text: string): readonly string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

/** Also by the names and the spelling that some deployments have. */
function parseLevel(text: string): LogLevel | undefined {
  const named = text.toLowerCase();
  const level = { warning: 'warn', critical: 'error' }[named] ?? named;
  return LOG_LEVELS.find((known) => known === level);
}
