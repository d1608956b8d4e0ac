import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, Ground, Member } from './cluster.ts';
import { CLOCKS } from './people.ts';
import type { Random } from './random.ts';
import { readBackends, switchSegment } from './snapshot.ts';

/** What is killed: a node, a worker, PostgreSQL's first process, or one of those it serves by. */
export const KILLS = ['node', 'worker', 'postmaster', 'backend'] as const;
/** What else goes wrong, with nobody killed by us. */
export const OTHERS = ['replies', 'connections', 'clock', 'disk'] as const;
export type FaultName = (typeof KILLS)[number] | (typeof OTHERS)[number];

export interface FaultsOptions {
  readonly ground: Ground;
  readonly cluster: Cluster;
  readonly random: Random;
  /** Waits until people have been told of so many movements more, by whichever node. */
  readonly goOn: (movements: number) => Promise<void>;
}

/** Brings each about and ends it; answers what was done, in words. */
export type Faults = Readonly<Record<FaultName, () => Promise<string>>>;

const PATIENCE_MS = 120_000;
const LOOK_MS = 50;
const LOST_ANSWERS = 4;

export function createFaults({ ground, cluster, random, goOn }: FaultsOptions): Faults {
  const { postgres } = ground;
  const { nodes, workers, way } = cluster;
  const killOne = async (members: readonly Member[]) => {
    const member = random.pick(members);
    await member.kill();
    return member.name;
  };
  return {
    node: () => killOne(nodes),
    worker: () => killOne(workers),
    postmaster: async () => {
      const pid = postgres.pid();
      process.kill(pid, 'SIGKILL');
      await until(async () => postgres.pid() !== pid);
      return `process ${pid}, then ${postgres.pid()}`;
    },
    backend: async () => {
      const pids = await patiently(() => readBackends(postgres.adminUrl));
      const pid = random.pick(pids);
      process.kill(pid, 'SIGKILL');
      // The others are ended with it, and the data is recovered.
      await patiently(() => readBackends(postgres.adminUrl));
      return `process ${pid} of ${pids.length}`;
    },
    replies: async () => {
      const before = nodes.map(({ front }) => front.lost());
      for (const { front } of nodes) front.lose(LOST_ANSWERS);
      await until(async () =>
        nodes.every(({ front }, place) => front.lost() >= (before[place] ?? 0) + LOST_ANSWERS),
      );
      return `${LOST_ANSWERS} answers of each node`;
    },
    connections: async () => {
      let cut = 0;
      for (let times = 0; times < 3; times += 1) {
        cut += way.cut();
        await goOn(1 + random.below(3));
      }
      return `${cut} to the database`;
    },
    clock: async () => {
      const member = random.pick([...nodes, ...workers]);
      const aheadMs = random.pick(CLOCKS.filter((ms) => ms !== 0));
      member.setClock(aheadMs);
      await goOn(10);
      member.setClock(0);
      return `of ${member.name} by ${aheadMs / 3_600_000} hours, and back`;
    },
    disk: () => fillDisk(ground),
  };
}

/** Until PostgreSQL has found no room for its WAL; then there is room again. */
async function fillDisk({ disk, postgres }: Ground): Promise<string> {
  if (!disk.ok) throw new Error(disk.reason);
  let refused: string | undefined;
  const end = Date.now() + PATIENCE_MS;
  try {
    while (refused === undefined) {
      if (Date.now() > end) throw new Error('The disk is full, and PostgreSQL did not mind.');
      // Again each time: a checkpoint removes segments.
      await disk.value.fill();
      refused = await switchSegment(postgres.adminUrl).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      // A segment is begun only after something was written to the one before.
      await pause(LOOK_MS);
    }
    await pause(1_000);
  } finally {
    await disk.value.free();
  }
  await patiently(() => readBackends(postgres.adminUrl));
  return `full: ${refused}`;
}

/** What it answers once it answers. */
export async function patiently<T>(act: () => Promise<T>): Promise<T> {
  let answer: { readonly value: T } | undefined;
  await until(async () => {
    answer = await act().then(
      (value) => ({ value }),
      () => undefined,
    );
    return answer !== undefined;
  });
  if (answer === undefined) throw new Error('It answered nothing.');
  return answer.value;
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`It is not so after ${PATIENCE_MS / 1_000} s.`);
    await pause(LOOK_MS);
  }
}
