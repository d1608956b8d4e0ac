import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@sikka/api';
import type { Client, Role } from '@sikka/api';
import { startBank } from '../../src/bank.ts';
import type { Bank, StartOptions } from '../../src/bank.ts';
import { readConfig } from '../../src/config.ts';
import type { Pool } from '../../src/db/index.ts';
import { createTestDatabase } from '../support/index.ts';

/** A whole bank on a database of its own, over real HTTP. */
export interface RunningBank {
  readonly bank: Bank;
  readonly url: string;
  readonly ownerPool: Pool;
  readonly dataDir: string;
  /** Lines of the log. */
  readonly log: readonly string[];
  client(account?: string, roles?: readonly Role[]): Client;
  fetch(path: string, init?: RequestInit & { readonly as?: string }): Promise<Response>;
  stop(): Promise<void>;
}

export async function startTestBank(
  env: Readonly<Record<string, string>> = {},
  options: Pick<StartOptions, 'clock' | 'railEvery'> = {},
): Promise<RunningBank> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sikka-bank-'));
  const settings = { PORT: '0', DATABASE_URL: database.url, DATA_DIR: dataDir, LOG_LEVEL: 'info' };
  // What it takes to hash a password is measured elsewhere; limits are tested where they are meant.
  const quick = { RATE_LIMIT_ENABLED: 'false' };
  const config = readConfig({ ...settings, ...quick, ...env }, dataDir);
  if (!config.ok) throw new Error(config.errors.join(' '));
  const log: string[] = [];
  const bank = await startBank(
    { ...config.value, bcryptCost: 4 },
    { ...options, writeLog: (line) => void log.push(line) },
  );
  const client = (account?: string, roles?: readonly Role[]) =>
    createClient({
      baseUrl: bank.url,
      ...(account === undefined ? {} : { token: () => bank.token(account, roles) }),
    });
  return {
    bank,
    url: bank.url,
    ownerPool: database.ownerPool,
    dataDir,
    log,
    client,
    fetch: async (to, { as, ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (as !== undefined) headers.set('authorization', `Bearer ${await bank.token(as)}`);
      return fetch(`${bank.url}${to}`, { ...init, headers, redirect: 'manual' });
    },
    stop: async () => {
      await bank.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** JSON of an answer, whatever it is: tests say what they expect of it. */
export async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}
