import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '@sikka/bank/testing';
import type { EmbeddedPostgres } from '@sikka/bank/testing';
import { start } from '../crash/running.ts';
import type { Running } from '../crash/running.ts';
import { makeDataFolder } from '../support/data-folder.ts';
import { mountSmallDisk } from './disk.ts';
import type { DiskResult, SmallDisk } from './disk.ts';
import { startProxy } from './proxy.ts';
import type { Proxy } from './proxy.ts';

/** One process of the bank, which is started again when it has died. */
export interface Member {
  readonly name: string;
  /** Kills it, and starts the next one. */
  kill(): Promise<void>;
  /** Sets its clock ahead by so much, or back. */
  setClock(aheadMs: number): void;
  aheadMs(): number;
  stop(): Promise<void>;
}

/** A process that answers requests, behind a way on which answers may be lost. */
export interface Node extends Member {
  readonly url: string;
  readonly front: Proxy;
}

/** A PostgreSQL of its own and a folder with the bank's keys: nothing runs on them yet. */
export interface Ground {
  readonly postgres: EmbeddedPostgres;
  readonly disk: DiskResult;
  readonly folder: string;
  close(): Promise<void>;
}

/** Two nodes and some workers on one database, by a way that can be cut. */
export interface Cluster {
  readonly nodes: readonly Node[];
  readonly workers: readonly Member[];
  readonly way: Proxy;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** The built programs of the bank. */
  readonly programs: { readonly bank: string; readonly worker: string };
  readonly workers: number;
}

/**
 * Small, so that it starts quickly, and its WAL never takes what a small disk has. Each segment of
 * it wants room of its own: with old ones used again a full disk may go unnoticed for ever.
 */
const POSTGRES = {
  max_connections: '100',
  shared_buffers: '32MB',
  min_wal_size: '32MB',
  max_wal_size: '64MB',
  wal_recycle: 'off',
} as const;

const START_AGAIN_MS = 250;

const CLOCK = fileURLToPath(new URL('shifted-clock.mjs', import.meta.url));

export async function openGround(tell: (line: string) => void): Promise<Ground> {
  const folder = await makeDataFolder('jepsen');
  const disk = await mountSmallDisk(join(folder, 'disk'));
  const remove = async () => {
    if (disk.ok) await disk.value.remove();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const postgres = await startEmbeddedPostgres({
      dataDir: join(placeOf(disk) ?? folder, 'data'),
      log: (event, { reason, pid } = {}) =>
        tell(
          `${event} ${String(reason ?? pid ?? '')
            .replace(/\s+/g, ' ')
            .slice(0, 300)}`,
        ),
      settings: POSTGRES,
    });
    // Where the run is interrupted: before the disk is unmounted, and after.
    const killNow = () => {
      try {
        process.kill(postgres.pid(), 'SIGKILL');
      } catch {
        // Gone already.
      }
    };
    const removeNow = () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    };
    process.prependOnceListener('exit', killNow);
    process.once('exit', removeNow);
    const close = async () => {
      await postgres.stop();
      await remove();
      process.off('exit', killNow);
      process.off('exit', removeNow);
    };
    return { postgres, disk, folder, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

function placeOf(disk: DiskResult): SmallDisk['folder'] | undefined {
  return disk.ok ? disk.value.folder : undefined;
}

export async function startCluster(
  { postgres, folder }: Ground,
  { programs, workers: count }: ClusterOptions,
): Promise<Cluster> {
  const direct = new URL(postgres.url);
  const way = await startProxy(Number(direct.port));
  const url = new URL(direct);
  url.port = String(way.port);
  const env = { DATABASE_URL: url.href, DATA_DIR: folder, DATABASE_POOL_SIZE: '6' };
  const ending: (() => Promise<void>)[] = [() => way.close()];
  /** All of them, also where one had ended by itself. */
  const stop = async () => {
    const wrong: unknown[] = [];
    for (const end of ending.splice(0).reverse()) await end().catch((error) => wrong.push(error));
    if (wrong.length > 0) throw wrong[0];
  };
  try {
    const nodes: Node[] = [];
    for (const name of ['node 1', 'node 2']) {
      const front = await startProxy();
      ending.push(() => front.close());
      const settings = { program: programs.bank, env: { ...env, WORKER: 'off' } };
      const onReady = (port: number | undefined) => front.aim(port);
      const member = await startMember(name, { ...settings, onReady });
      ending.push(() => member.stop());
      nodes.push({ ...member, front, url: `http://127.0.0.1:${front.port}` });
    }
    const workers: Member[] = [];
    for (let place = 1; place <= count; place += 1) {
      const name = `worker ${place}`;
      const member = await startMember(name, { program: programs.worker, env });
      ending.push(() => member.stop());
      workers.push(member);
    }
    return { nodes, workers, way, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface MemberOptions {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** Told where each new one listens, if it does. */
  readonly onReady?: (port: number | undefined) => void;
}

async function startMember(name: string, options: MemberOptions): Promise<Member> {
  const { program, env, onReady } = options;
  let aheadMs = 0;
  let isStopping = false;
  const begin = async (): Promise<Running> => {
    for (;;) {
      const running = start(program, { env, before: CLOCK });
      running.tell(aheadMs);
      const url = await running.ready.catch((error: unknown) => {
        // As whatever keeps it running would: the database may be away.
        if (isStopping) throw error;
        return error;
      });
      if (url instanceof Error) {
        await pause(START_AGAIN_MS);
        continue;
      }
      onReady?.(typeof url === 'string' ? Number(new URL(url).port) : undefined);
      return running;
    }
  };
  let current = await begin();
  let next = Promise.resolve();
  const kill = async () => {
    const dying = current;
    dying.kill();
    const end = await dying.ended;
    if (end !== 'SIGKILL')
      throw new Error(`${name} had ended before it was killed: ${end ?? 'somehow'}.`);
    current = await begin();
  };
  return {
    name,
    kill: () => (next = next.then(kill)),
    setClock: (ms) => {
      aheadMs = ms;
      current.tell(ms);
    },
    aheadMs: () => aheadMs,
    stop: async () => {
      isStopping = true;
      // Whoever had it killed was told what went wrong.
      await next.catch(() => undefined);
      current.stop();
      const end = await current.ended;
      if (end !== 0) throw new Error(`${name} ended by itself: ${end ?? 'somehow'}.`);
    },
  };
}
