import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPool, migrate, startEmbeddedPostgres } from '@sikka/bank';
import type { Pool } from '@sikka/bank';
import type { SimBank, SimBankParts } from './port.ts';
import { createPostgresBank } from './postgres-bank.ts';
import type { Store } from './store.ts';

const TEMPLATE = 'sim_template';

/** What the machine does to files is for other tests: waiting for the disk proves nothing here. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * One real PostgreSQL in a temporary folder for all the worlds of this process, each in a database
 * of its own, copied from one that is migrated once.
 */
export async function openPostgresStore(): Promise<Store> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sikka-sim-'));
  // As root, PostgreSQL's account has to get through: else its data lies elsewhere, and stays.
  await chmod(folder, 0o711);
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 20 });
  const server = await startEmbeddedPostgres({
    ...{ dataDir: path.join(folder, 'server'), log: () => undefined, settings: SETTINGS },
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const stopFollowing = followExit(() => server.pid(), folder);
  const admin = createPool(server.adminUrl, { max: 1 });
  const close = async () => {
    await admin.close();
    await server.stop();
    await remove();
    stopFollowing();
  };
  try {
    await admin.query('alter role sikka createdb');
    const owner = createPool(server.url, { max: 1 });
    await owner.query(`create database ${TEMPLATE}`).finally(() => owner.close());
    await migrate(urlOf(server.url, TEMPLATE), { log: () => undefined });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    openBank: (parts) => openWorld(parts, { url: server.url, admin, folder }),
    close,
  };
}

interface Server {
  readonly url: string;
  readonly admin: Pool;
  readonly folder: string;
}

/** A database and a folder that are gone with the world. */
async function openWorld(parts: SimBankParts, { url, admin, folder }: Server): Promise<SimBank> {
  const name = `sim_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name} owner sikka template ${TEMPLATE}`);
  const dataDir = await mkdtemp(path.join(folder, 'world-'));
  const clean = async () => {
    await admin.query(`drop database ${name} with (force)`);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const bank = await createPostgresBank(parts, { databaseUrl: urlOf(url, name), dataDir });
    const stop = () => bank.stop().finally(clean);
    return { ...bank, stop };
  } catch (error) {
    await clean();
    throw error;
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** The server outlives whoever started it: an interrupted run takes it along. */
function followExit(pid: () => number, folder: string): () => void {
  const onSignal = () => process.exit(130);
  const onExit = () => {
    try {
      process.kill(pid(), 'SIGQUIT');
    } catch {
      // Gone already.
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  process.once('exit', onExit);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  return () => {
    process.off('exit', onExit);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  };
}
