import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lifetime } from '../lifetime.ts';
import type { Ask, Memory, Told } from './messages.ts';

/** A bank that runs in a process of its own. */
export interface BankProcess {
  readonly id: string;
  readonly url: string;
  readonly pid: number;
  /** As the owner of the database. */
  readonly databaseUrl: string;
  /** Made for this run, and gone with it. */
  readonly secrets: NodeJS.ProcessEnv;
  /** Bearer tokens of these accounts, in order. */
  tokens(accounts: readonly string[]): Promise<readonly string[]>;
  /** Bytes of its process, now. */
  memory(): Promise<Memory>;
  /** What its thread does in the next seconds. */
  profile(seconds: number): Promise<Profiler.Profile>;
  /** Runs `act`, and says how late the bank's event loop was meanwhile. */
  loopDelay<T>(act: () => Promise<T>): Promise<{ readonly value: T; readonly p99Ms: number }>;
}

export const BANK_ID = 'sikka-bench';
/** Longer than any run. */
const TOKEN_SECONDS = 7_200;
/** Stopping writes a checkpoint of what was measured; after this it is killed. */
const STOP_MS = 60_000;

/**
 * Starts the bank as in production (no demo, its own secrets, fsync on) on an embedded PostgreSQL
 * in a temporary folder, which is removed at the end. With `demo` it has the demo's people and
 * shows their codes, so that an app can sign in.
 */
export async function startBankProcess(
  lifetime: Lifetime,
  people: 'demo' | 'none' = 'none',
): Promise<BankProcess> {
  return start(lifetime, { ...settings(), ...(people === 'demo' ? DEMO : {}) });
}

/** One node more of the same bank: its database, its secrets, and requests only. */
export async function startSecondNode(
  lifetime: Lifetime,
  { databaseUrl, secrets }: BankProcess,
): Promise<BankProcess> {
  const second = { ...settings(), ...secrets, DATABASE_URL: databaseUrl, WORKER: 'off' };
  return start(lifetime, second);
}

async function start(lifetime: Lifetime, env: NodeJS.ProcessEnv): Promise<BankProcess> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sikka-bench-'));
  lifetime.add(() => rm(dataDir, { recursive: true, force: true }));
  // PostgreSQL runs as another account where we are root: else its data would lie elsewhere.
  await chmod(dataDir, 0o711);
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), [], {
    env: { ...process.env, ...env, DATA_DIR: dataDir },
    serialization: 'advanced',
  });
  lifetime.add(() => end(child));
  const ready = await next(child);
  if (ready.kind !== 'ready') throw new Error(`The bank did not start: ${describe(ready)}`);
  const { url, databaseUrl } = ready;
  const say = async <K extends Told['kind']>(ask: Ask, kind: K) => {
    const answer = next(child);
    child.send(ask);
    const told = await answer;
    if (told.kind !== kind) throw new Error(describe(told));
    return told as Extract<Told, { readonly kind: K }>;
  };
  return {
    id: BANK_ID,
    url,
    pid: child.pid ?? 0,
    databaseUrl,
    secrets: { SECRET_KEY: env['SECRET_KEY'], MASTER_KEY: env['MASTER_KEY'] },
    tokens: async (accounts) => {
      const ask: Ask = { kind: 'tokens', accounts, lifetimeSeconds: TOKEN_SECONDS };
      return (await say(ask, 'tokens')).tokens;
    },
    memory: () => say({ kind: 'memory' }, 'memory'),
    profile: async (seconds) => (await say({ kind: 'profile', seconds }, 'profile')).profile,
    loopDelay: async (act) => {
      await say({ kind: 'watch' }, 'watching');
      const value = await act();
      return { value, p99Ms: (await say({ kind: 'watched' }, 'delay')).p99Ms };
    },
  };
}

function settings(): NodeJS.ProcessEnv {
  return {
    NODE_ENV: 'production',
    DEMO_MODE: 'off',
    DATABASE_URL: '',
    // What is measured is the bank, not its limits; no mail is sent.
    RATE_LIMIT_ENABLED: 'false',
    SMTP_HOST: '127.0.0.1',
    HOST: '127.0.0.1',
    PORT: '0',
    PUBLIC_URL: 'http://localhost',
    BANK_ID,
    SECRET_KEY: randomBytes(33).toString('base64url'),
    MASTER_KEY: randomBytes(32).toString('hex'),
    // Mail goes nowhere, and says so.
    LOG_LEVEL: 'error',
  };
}

const DEMO: NodeJS.ProcessEnv = { NODE_ENV: 'development', DEMO_MODE: 'on', SMTP_HOST: '' };

/** The next message; rejects where the process ends instead. */
function next(child: ChildProcess): Promise<Told> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => {
      reject(new Error(`The bank's process ended (${code ?? 'killed'}).`));
    };
    child.once('exit', ended);
    child.once('message', (told) => {
      child.off('exit', ended);
      resolve(told as Told);
    });
  });
}

function describe(told: Told): string {
  return told.kind === 'failed' ? told.message : told.kind;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(kill);
}
