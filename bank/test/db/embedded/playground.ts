import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { expect } from 'vitest';
import type { EmbeddedPostgres } from '../../../src/db/index.ts';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../../src/db/index.ts';
import { programFile } from '../../support/index.ts';

export const isRoot = process.getuid?.() === 0;

/**
 * How a server that has ended refuses: nobody listens, or another server, which has taken its port
 * meanwhile, does not know its password.
 */
export const NOT_THERE = { code: expect.stringMatching(/^(ECONNREFUSED|28P01)$/) as string };

/** What a kept server said of itself. */
export interface Kept {
  readonly url: string;
  readonly adminUrl: string;
  readonly adopted: boolean;
  readonly pid: number;
  readonly process: ChildProcess;
}

export interface LoggedEvent {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Folders and servers of one test file, all gone after `clear`. */
export function createPlayground() {
  // A name that the next run's global setup cleans up, should this one be killed.
  const name = `sikka-test-${process.pid}-${randomBytes(6).toString('hex')}`;
  const root = path.join(tmpdir(), name);
  const places = [path.join(root, 'places')];
  const dataDirs: string[] = [];
  const servers: EmbeddedPostgres[] = [];
  const children: ChildProcess[] = [];
  const events: LoggedEvent[] = [];

  async function newDataDir(): Promise<string> {
    await mkdir(root, { recursive: true, mode: 0o755 });
    const dataDir = path.join(root, `data-${dataDirs.length}`);
    dataDirs.push(dataDir);
    return dataDir;
  }

  async function start(
    dataDir: string,
    options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {},
  ): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({
      dataDir,
      places,
      log: (event, fields) => void events.push({ event, fields: fields ?? {} }),
      ...options,
    });
    servers.push(server);
    return server;
  }

  /** In a process of its own; `code` of the refusal where it does not come up. */
  async function keep(
    dataDir: string,
    account?: { readonly uid: number; readonly gid: number },
  ): Promise<Kept | { readonly failed: string }> {
    const program = programFile('bank/test/db/embedded/keep-server.ts');
    const child = spawn(process.execPath, [program, dataDir, places[0]!], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...account,
    });
    children.push(child);
    const line = await firstLine(child);
    return { ...(JSON.parse(line) as Kept), process: child };
  }

  async function clear(): Promise<void> {
    for (const child of children) child.kill('SIGKILL');
    for (const server of servers) await server.stop();
    for (const dataDir of dataDirs) {
      // A refused data folder is removed with the rest.
      await removeEmbeddedPostgres({ dataDir, places, log: () => undefined }).catch(
        () => undefined,
      );
    }
    await rm(root, { recursive: true, force: true });
  }

  return { root, places, events, newDataDir, start, keep, clear };
}

export async function keptOrThrow(starting: Promise<Kept | { readonly failed: string }>) {
  const kept = await starting;
  if ('failed' in kept) throw new Error(`The server was refused: ${kept.failed}`);
  return kept;
}

/** Runs statements on one connection and gives the rows of the last. */
export async function sql(
  url: string,
  ...statements: readonly string[]
): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    let rows: pg.QueryResultRow[] = [];
    for (const statement of statements) {
      rows = (await client.query<pg.QueryResultRow>(statement)).rows;
    }
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Tries again until it holds: for what another process brings about. */
export async function eventually<T>(act: () => Promise<T>, withinMs = 20_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(50);
    }
  }
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}

/** The user number a process runs as, on Linux. */
export function uidOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
}

async function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('exit', () => reject(new Error('The kept process ended without a word.')));
  });
}
