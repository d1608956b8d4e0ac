import { ROLES } from '@sikka/api';
import type { Role } from '@sikka/api';
import type { BankConfig } from './config.ts';
import { createPool, migrate, serverRole, startEmbeddedPostgres } from './db/index.ts';
import { seedDemo, shownPeople } from './demo/index.ts';
import * as flows from './flows/index.ts';
import { createHandlers } from './handlers.ts';
import * as http from './http/index.ts';
import { createAuthenticator, loadTokenKey, signToken } from './identity/index.ts';
import { openLogFiles } from './log-files.ts';
import { createLogs } from './log.ts';
import type { Log, Logs } from './log.ts';
import { closersOf, createParts } from './parts.ts';
import type { Parts } from './parts.ts';
import type { Tracer } from './trace.ts';
import { VERSION } from './version.ts';
import { startStreaming, startWorker, workOnce } from './worker.ts';

export interface StartOptions {
  /** Told of each step as it is done: what it was and how it went. */
  readonly report?: (step: string, outcome: string) => void;
  readonly clock?: () => Date;
  /** Takes one line of the log at a time. Default: standard error. */
  readonly writeLog?: (line: string) => void;
  /** Milliseconds between two looks for other banks' files; default 5,000. */
  readonly railEvery?: number;
}

/** A bank that is running. */
export interface Bank {
  /** `http://127.0.0.1:9000` */
  readonly url: string;
  readonly databaseUrl: string;
  /** A token of one of the bank's accounts, as `sikka token` makes them. */
  token(account: string, roles?: readonly Role[], lifetimeSeconds?: number): Promise<string>;
  /** One round of the worker, at the bank's clock: where `WORKER=off` and no other runs. */
  work(): Promise<void>;
  /** Finishes what is running, then ends everything that was started. Twice is once. */
  stop(): Promise<void>;
}

/**
 * Starts a bank: database, migrations, keys, accounts, HTTP, worker, in that order. Whatever was
 * started is ended again if a later step fails.
 *
 * Throws `StartError`, `DatabaseError` or `KeysError`, whose messages say what to do.
 */
export async function startBank(config: BankConfig, options: StartOptions = {}): Promise<Bank> {
  const ending: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    return await start(config, options, { ending, stopAll });
  } catch (error) {
    await stopAll();
    throw error;
  }
}

interface Lifetime {
  /** What to end, in the order in which it was started. */
  readonly ending: (() => Promise<void>)[];
  readonly stopAll: () => Promise<void>;
}

async function start(
  config: BankConfig,
  options: StartOptions,
  { ending, stopAll }: Lifetime,
): Promise<Bank> {
  const { report = () => undefined, clock = () => new Date() } = options;
  const logs = openLogs(config, { writeLog: options.writeLog, ending });
  const log = logs.application;
  // Said before the database is started for nothing.
  await http.refuseTakenPort(config);

  const databaseUrl = await openDatabase(config, { log, ending, report });
  const { applied } = await migrate(databaseUrl, { log: log.info });
  report('migrations', applied.length === 0 ? 'up to date' : `${applied.length} applied`);
  const { databasePoolSize: max } = config;
  const pool = createPool(databaseUrl, { max, role: serverRole, log: log.warn });
  ending.push(() => pool.close());

  const tokenKey = await loadTokenKey({ ...config, configured: config.secretKey });
  const readPipeline = () => flows.readPipeline(pool, clock());
  const metrics = http.createMetrics({ readPipeline, log });
  const parts = await createParts(config, { pool, clock, logs, tokenKey, metrics });
  ending.push(...closersOf(parts));
  await prepare(parts, { demo: config.demo, clock, report });

  let ready = false;
  const handlers = createHandlers(config, { ...parts, logs, log, metrics, isReady: () => ready });
  const authenticator = createAuthenticator({ db: pool, key: tokenKey });
  const strictTransport = config.production;
  const limiter = await createLimiter(config, { ...parts, ending, security: logs.security });
  const tracer = await openTracer(config, ending);
  const deps = {
    ...config,
    ...{ handlers, authenticator, clock, logs, metrics },
    ...{ strictTransport, limiter, tracer },
  };
  const server = await http.createHttpServer(deps);
  const address = await server.listen(config);
  ending.push(() => server.close());
  const besides = config.worker === 'off' ? startStreaming : startWorker;
  const worker = besides({ ...parts, clock, log, railEvery: options.railEvery });
  ending.push(() => worker.stop());
  ready = true;
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${hostOf(address.address)}:${address.port}`,
    databaseUrl,
    token: (account, roles = ROLES, lifetimeSeconds = 900) =>
      signToken(tokenKey, { account, roles, now: clock(), lifetimeSeconds }),
    work: () => workOnce({ ...parts, clock, log }),
    stop: () => {
      ready = false;
      return (stopped ??= stopAll());
    },
  };
}

/** What has to be there before anybody asks: a key to sign with and, in a demo, people. */
async function prepare(
  parts: Parts,
  on: { readonly demo: boolean } & Required<Pick<StartOptions, 'clock' | 'report'>>,
): Promise<void> {
  const { demo, clock, report } = on;
  const { key, made } = await flows.ensureIssuerKey(parts, clock());
  await parts.bulletins.issueIfDue(clock());
  report('keys', `issuer key ${key.number} (${key.suite})${made ? ', made now' : ''}`);
  await flows.ensureSealingKey(parts);
  await parts.people.sealLeftovers();
  if (!demo) return;
  const opened = await seedDemo(parts, clock());
  const [first] = shownPeople();
  const who = shownPeople().map(({ account }) => account);
  report('accounts', `${who.join(', ')}${opened > 0 ? ', made now' : ''}`);
  if (first !== undefined) report('sign in', `${first.email}, password ${first.password}`);
}

/** Where lines of the log go. */
export function openLogs(
  { logLevel: level, logDir: folder }: BankConfig,
  on: Pick<Lifetime, 'ending'> & { readonly writeLog: StartOptions['writeLog'] },
): Logs {
  const now = () => new Date();
  if (folder === undefined || on.writeLog !== undefined) {
    const write = on.writeLog ?? ((line) => void process.stderr.write(line));
    return createLogs({ level, now, files: false, write: (_, line) => write(line) });
  }
  const files = openLogFiles({ folder, now });
  on.ending.push(async () => files.close());
  return createLogs({ level, now, files: true, write: files.write });
}

/** The address to connect to as the owner: the one given, or that of our own server. */
export async function openDatabase(
  config: BankConfig,
  on: { readonly log: Log; readonly ending: (() => Promise<void>)[] } & Required<
    Pick<StartOptions, 'report'>
  >,
): Promise<string> {
  if (config.databaseUrl !== undefined) {
    on.report('database', new URL(config.databaseUrl).host);
    return config.databaseUrl;
  }
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log: on.log.info });
  on.ending.push(() => embedded.stop());
  const found = embedded.adopted ? ', found running' : '';
  on.report('database', `embedded PostgreSQL ${embedded.version}${found}`);
  return embedded.url;
}

async function createLimiter(
  { rateLimitPerMinute, redisUrl }: BankConfig,
  on: Pick<Parts, 'pool' | 'secrets'> & Pick<Lifetime, 'ending'> & { readonly security: Log },
): Promise<http.RateLimiter | undefined> {
  if (rateLimitPerMinute === undefined) return undefined;
  const { pool, secrets, security, ending } = on;
  const redis = redisUrl === undefined ? undefined : http.redisCounters(redisUrl);
  if (redis !== undefined) ending.push(() => redis.close());
  const store = redis ?? http.postgresCounters(pool);
  const secret = await secrets.get('address');
  const perMinute = { ...http.DEFAULT_RATE_LIMITS, other: rateLimitPerMinute };
  return http.createRateLimiter({ store, secret, limits: perMinute, security });
}

/** The SDK is only there where traces are wanted. */
async function openTracer(
  { traces, bankId: bank }: BankConfig,
  ending: Lifetime['ending'],
): Promise<Tracer | undefined> {
  if (traces === undefined) return undefined;
  const { createOtlpTracer } = await import('./otlp.ts');
  const tracer = createOtlpTracer({ ...traces, bank, version: VERSION });
  ending.push(() => tracer.close());
  return tracer;
}

function hostOf(address: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}
