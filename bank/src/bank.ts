import { ROLES } from '@sikka/api';
import type { Role, RouteName } from '@sikka/api';
import { threadedVerifier } from '@sikka/protocol/node';
import { record } from './audit/index.ts';
import type { Handlers } from './caller.ts';
import type { BankConfig } from './config.ts';
import { createPool, migrate, serverRole, startEmbeddedPostgres } from './db/index.ts';
import type { Pool } from './db/index.ts';
import { demoAccountRoute, seedDemo, shownPeople } from './demo/index.ts';
import { consumeChallenge, deviceRoutes, revokedDevices } from './devices/index.ts';
import * as flows from './flows/index.ts';
import * as http from './http/index.ts';
import { createAuthenticator, loadTokenKey, signToken } from './identity/index.ts';
import type { TokenKey } from './identity/index.ts';
import { createIssuerKeys, createLocalVault, createSecrets, loadMasterKeys } from './keys/index.ts';
import { openLogFiles } from './log-files.ts';
import { createLogs } from './log.ts';
import type { Log, Logs } from './log.ts';
import { createSettlement } from './settlement/index.ts';
import { createBulletins, walletOf, walletRoutes } from './wallets/index.ts';
import { VERSION } from './version.ts';
import { startWorker } from './worker.ts';
// A: imports
import { provingDevice } from './devices/index.ts';
import { createIdentity, identityRoutes } from './identity/index.ts';
import {
  createEventStreams,
  createMailer,
  createSmtpTransport,
  createWebhooks,
  eventRoutes,
  mailboxRoutes,
  webhookRoutes,
} from './notify/index.ts';
// B: imports
// C: imports
import { keyRoutes, topUpRoutes, transactionRoutes, unprovedLimitOf } from './wallets/index.ts';
// D: imports
// E: imports
// F: imports
// G: imports
import { createPasskeys, passkeyRoutes } from './identity/index.ts';
import { openRail } from './rail/index.ts';

export interface StartOptions {
  /** Told of each step as it is done: what it was and how it went. */
  readonly report?: (step: string, outcome: string) => void;
  readonly clock?: () => Date;
  /** Takes one line of the log at a time. Default: standard error. */
  readonly writeLog?: (line: string) => void;
}

/** A bank that is running. */
export interface Bank {
  /** `http://127.0.0.1:9000` */
  readonly url: string;
  readonly databaseUrl: string;
  /** A token of one of the bank's accounts, as `sikka token` makes them. */
  token(account: string, roles?: readonly Role[], lifetimeSeconds?: number): Promise<string>;
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
  const parts = await createParts(config, { pool, clock, logs, tokenKey });
  ending.push(() => parts.verifier.close());
  ending.push(() => parts.mailer.close());
  const { key, made } = await flows.ensureIssuerKey(parts, clock());
  await parts.bulletins.issueIfDue(clock());
  report('keys', `issuer key ${key.number} (${key.suite})${made ? ', made now' : ''}`);
  await parts.people.sealLeftovers();
  if (config.demo) {
    const opened = await seedDemo(parts, clock());
    const [first] = shownPeople();
    const who = shownPeople().map(({ account }) => account);
    report('accounts', `${who.join(', ')}${opened > 0 ? ', made now' : ''}`);
    if (first !== undefined) report('sign in', `${first.email}, password ${first.password}`);
  }

  let ready = false;
  const metrics = http.createMetrics();
  const handlers = createHandlers(config, { ...parts, logs, log, metrics, isReady: () => ready });
  const authenticator = createAuthenticator({ db: pool, key: tokenKey });
  const strictTransport = config.production;
  const limiter = await createLimiter(config, { ...parts, security: logs.security });
  const deps = {
    ...config,
    handlers,
    authenticator,
    clock,
    logs,
    metrics,
    strictTransport,
    limiter,
  };
  const server = await http.createHttpServer(deps);
  const address = await server.listen(config);
  ending.push(() => server.close());
  const worker = startWorker({ ...parts, clock, log });
  ending.push(() => worker.stop());
  ready = true;
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${hostOf(address.address)}:${address.port}`,
    databaseUrl,
    token: (account, roles = ROLES, lifetimeSeconds = 900) =>
      signToken(tokenKey, { account, roles, now: clock(), lifetimeSeconds }),
    stop: () => {
      ready = false;
      return (stopped ??= stopAll());
    },
  };
}

function openLogs(
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
async function openDatabase(
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
  { rateLimitPerMinute }: BankConfig,
  { pool, secrets, security }: Pick<Parts, 'pool' | 'secrets'> & { readonly security: Log },
): Promise<http.RateLimiter | undefined> {
  if (rateLimitPerMinute === undefined) return undefined;
  const store = http.postgresCounters(pool);
  const secret = await secrets.get('address');
  const perMinute = { ...http.DEFAULT_RATE_LIMITS, other: rateLimitPerMinute };
  return http.createRateLimiter({ store, secret, limits: perMinute, security });
}

type Parts = Awaited<ReturnType<typeof createParts>>;

/** The domains, from the bottom up. */
async function createParts(
  config: BankConfig,
  on: {
    readonly pool: Pool;
    readonly clock: () => Date;
    readonly logs: Logs;
    readonly tokenKey: TokenKey;
  },
) {
  const { pool, clock, logs } = on;
  const { application: log, security } = logs;
  const { bankId: bank, dataDir, masterKey } = config;
  const source = { configured: masterKey, dataDir, production: !config.demo };
  const vault = createLocalVault(await loadMasterKeys(source));
  const issuerKeys = createIssuerKeys({ pool, vault, bank, clock });
  const secrets = createSecrets({ pool, vault, bank });
  const signer = () => issuerKeys.signer();
  const verifier = threadedVerifier();
  const readRevokedDevices = revokedDevices;
  const bulletins = createBulletins({ pool, issuerKeys, readRevokedDevices });
  const issuers = () => issuerKeys.issuers();
  const settlement = createSettlement({ pool, bank, issuers, signer, verifier, clock });
  // A: parts
  const identity = await createIdentity({
    ...{ ...on, log: security, vault, secrets, verifier },
    ...{ demo: config.demo, findDevice: provingDevice },
    passwordCost: config.bcryptCost,
    queueMail: (tx, mail) => mailer.queue(tx, mail),
  });
  // B: parts
  const { demo, smtp, mailFrom: from } = config;
  const transport = smtp === undefined ? undefined : createSmtpTransport({ ...smtp, from });
  const mailer = createMailer({ pool, vault, bank, clock, log, demo, transport, from });
  const events = createEventStreams({ pool, clock });
  const { tell } = identity.notices;
  const webhooks = createWebhooks({ pool, vault, bank, clock, log, tell, record });
  // C: parts
  // D: parts
  // E: parts
  // F: parts
  // G: parts
  const rail = openRail({ ...config.rail, pool, warn: log.warn });
  const passkeys = createPasskeys({
    pool,
    publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
    origins: config.corsOrigins,
  });
  return {
    ...{ pool, bank, vault, secrets, issuerKeys, signer, verifier, bulletins, settlement },
    // A: parts
    ...identity,
    // B: parts
    ...{ mailer, events, webhooks },
    // C: parts
    // D: parts
    // E: parts
    // F: parts
    // G: parts
    ...{ passkeys, rail },
  };
}

interface HandlerDeps extends Parts {
  readonly log: Log;
  readonly logs: Logs;
  readonly metrics: http.Metrics;
  readonly isReady: () => boolean;
}

/** Every route of the table; the compiler misses none. */
function createHandlers(config: BankConfig, deps: HandlerDeps): Handlers<RouteName> {
  const { pool, settlement } = deps;
  const payeeWallet = async (db: Parameters<typeof walletOf>[0], id: bigint, currency: number) =>
    (await walletOf(db, { accountId: id, kind: 'current', currency }))?.number;
  const people = config.demo ? shownPeople() : [];
  const ping = async () => void (await pool.query('select 1'));
  const { demo, port, signupRevealsExisting: revealsExisting } = config;
  const wakeMailer = () => deps.mailer.wake();
  const queueMail: typeof deps.mailer.queue = (tx, mail) => deps.mailer.queue(tx, mail);
  // C: what its handlers take
  const unprovedLimit = unprovedLimitOf(config.stepUpAbove);
  const walletDeps = { consumeChallenge, unprovedLimit };
  return {
    ...http.serviceRoutes({ ...config, ...deps, version: VERSION, people, ping }),
    ...http.verificationRoutes(deps),
    ...deviceRoutes({ ...deps, payeeWallet }),
    ...flows.handInRoutes(deps),
    revokeDevice: flows.revokeDeviceRoute(deps),
    rotateIssuerKey: flows.rotateIssuerKeyRoute(deps),
    getLedgerSum: flows.ledgerSumRoute(pool),
    createDemoAccount: demoAccountRoute({ ...deps, demo }),
    // A: handlers
    ...identityRoutes({
      ...deps,
      log: deps.logs.security,
      wakeMailer,
      afterVerified: flows.makeFirstKey(deps),
    }),
    ...flows.meRoutes({ ...deps, wakeMailer, queueMail }),
    ...flows.userRoutes({ ...deps, wakeMailer }),
    signUp: flows.signUpRoute({ ...deps, wakeMailer, revealsExisting }),
    // B: handlers
    ...mailboxRoutes(deps),
    ...eventRoutes(deps),
    ...webhookRoutes(deps),
    // C: handlers
    ...walletRoutes({
      ...{ ...deps, ...walletDeps },
      ...{ allowances: { ...deps, consumeChallenge }, wakeMailer },
      headsOf: (nos) => settlement.headsOf(nos),
    }),
    ...keyRoutes({ ...deps, ...walletDeps, printedCode: flows.printedCodeOf(pool) }),
    ...transactionRoutes({ ...deps, ...walletDeps }),
    ...topUpRoutes({ ...deps, wakeMailer }),
    // D: handlers
    // E: handlers
    ...flows.offlineRoutes(deps),
    // F: handlers
    // G: handlers
    ...passkeyRoutes({ ...deps, log: deps.logs.security, wakeMailer }),
    ...flows.privacyRoutes({ ...deps, log: deps.logs.security }),
  };
}

function hostOf(address: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}
