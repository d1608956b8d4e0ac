import { expect, vi } from 'vitest';
import { OUTCOMES } from './batches.ts';
import type { CrashTown } from './batches.ts';
import { live } from './lives.ts';
import type { Life, Point, Settings } from './lives.ts';
import type { Named } from './naming.ts';
import { letWorkerTake, readWaiting, watchState } from './state.ts';

const PATIENCE = { timeout: 60_000, interval: 25 };

/** One kind of process, and how a batch is settled by it. */
export interface Series {
  readonly settings: Settings;
  /** Waits until there is nothing left to do. */
  calm(): Promise<void>;
  /** What it says when there is nothing to do. */
  listen(life: Life): Promise<ReadonlySet<string>>;
  /** Hands a batch in; rejects or never ends where the process dies. */
  handIn(life: Life, batch: Uint8Array): Promise<void>;
  /** Has it finished by a process that goes on, however far it was. */
  finish(life: Life, batch: Uint8Array): Promise<readonly string[]>;
}

type Program = Omit<Settings, 'env'>;

/** The bank as it answers requests; what goes on beside them goes on elsewhere. */
export function bankSeries(town: CrashTown, program: Program): Series {
  return {
    settings: { ...program, env: { DATA_DIR: town.folder, WORKER: 'off' } },
    calm: async () => undefined,
    listen: async () => new Set(),
    handIn: async ({ url = '' }, batch) => void (await post(town, { url, batch })),
    finish: async ({ url = '' }, batch) =>
      vi.waitFor(async () => {
        const outcomes = await post(town, { url, batch });
        // The dead one's locks end as soon as the database hears of it.
        expect(outcomes).not.toContain('pending');
        return outcomes;
      }, PATIENCE),
  };
}

/**
 * A worker that dies just after it was let take an upload has it for the minute of its lease: let
 * the next one take it again, as nobody waits a minute here.
 */
const TURNS = 4;
const TURN = { timeout: 20_000, interval: 25 };

/** Statements by which every loop of a worker that looks several times a second was heard. */
const ROUNDS = 60;

/** `npm run worker`, for uploads whose callers do not wait, until there is nothing left to do. */
export function workerSeries(town: CrashTown, program: Program): Series {
  const { bank, database } = town;
  const nothingWaits = async () => expect(await readWaiting(database)).toEqual([]);
  const calm = async () => {
    for (let turn = 1; turn < TURNS; turn += 1) {
      await letWorkerTake(database);
      const done = await vi.waitFor(nothingWaits, TURN).then(
        () => true,
        () => false,
      );
      if (done) return;
    }
    await vi.waitFor(nothingWaits, PATIENCE);
  };
  return {
    settings: { ...program, env: { DATA_DIR: town.folder } },
    calm,
    listen: async (life) => {
      life.watch();
      await vi.waitFor(() => expect(life.said().length).toBeGreaterThan(ROUNDS), PATIENCE);
      return new Set([...life.said().map(({ what }) => what), ...life.opening()]);
    },
    handIn: async (_, batch) => {
      await post(town, { url: bank.url, batch, prefer: 'respond-async' });
      await calm();
    },
    finish: async (_, batch) => {
      await calm();
      return post(town, { url: bank.url, batch });
    },
  };
}

interface Posting {
  readonly url: string;
  readonly batch: Uint8Array;
  readonly prefer?: string;
}

async function post({ bank }: CrashTown, to: Posting): Promise<readonly string[]> {
  const answer = await fetch(`${to.url}/api/v1/documents`, {
    method: 'POST',
    headers: {
      'content-type': 'application/cbor',
      authorization: `Bearer ${await bank.token('bilal')}`,
      ...(to.prefer === undefined ? {} : { prefer: to.prefer }),
    },
    body: Buffer.from(to.batch),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  const { outcomes } = JSON.parse(text) as { outcomes: { result: string; code?: string }[] };
  return outcomes.map(({ result, code }) => (result === 'rejected' ? (code ?? '') : result));
}

export interface Killing {
  /** Of what an undisturbed batch says: where to kill. */
  readonly choose: (statements: readonly Named[]) => readonly Point[];
  /** Told of each death. */
  readonly report: (line: string) => void;
}

export interface Killed {
  /** What an undisturbed batch says. */
  readonly statements: readonly Named[];
  /** Points at which a process died. */
  readonly deaths: number;
  /** Points that no batch came by. */
  readonly missed: readonly Point[];
}

/** How often a point is tried: what a worker says is not quite the same each time. */
const TRIES = 3;

/**
 * Kills a process at each point, each time with a batch of its own. The next process finishes it,
 * and what has changed by then is compared with what an undisturbed batch changes.
 */
export async function killAtEach(
  town: CrashTown,
  series: Series,
  { choose, report }: Killing,
): Promise<Killed> {
  let life = await live(series.settings);
  try {
    // What is read once and kept is no part of a batch.
    await measure(town, series, life);
    const { statements, change } = await measure(town, series, life);
    const points = choose(statements);
    const missed: Point[] = [];
    for (const [index, point] of points.entries()) {
      let died = false;
      for (let tries = 0; tries < TRIES && !died; tries += 1) {
        const { batch, changed } = await prepare(town, series);
        life.watch(point);
        died = await handInOrDie(series, life, batch);
        if (died) life = await live(series.settings);
        expect(await series.finish(life, batch), describe(point)).toEqual(OUTCOMES);
        expect(await changed(), describe(point)).toEqual(change);
      }
      if (!died) missed.push(point);
      const what = died ? 'killed' : 'not reached';
      report(`${index + 1}/${points.length} ${what} ${describe(point)}`);
    }
    return { statements, deaths: points.length - missed.length, missed };
  } finally {
    await life.stop();
  }
}

/** What a batch says and changes that is left in peace. */
async function measure(town: CrashTown, series: Series, life: Life) {
  const { batch, changed } = await prepare(town, series);
  const idle = await series.listen(life);
  life.watch();
  await series.handIn(life, batch);
  const statements = life.said().filter(({ what }) => !idle.has(what));
  expect(await series.finish(life, batch)).toEqual(OUTCOMES);
  return { statements, change: await changed() };
}

async function prepare(town: CrashTown, series: Series) {
  const batch = await town.nextBatch();
  await series.calm();
  return { batch, changed: await watchState(town.database) };
}

/** Whether it died of it. */
async function handInOrDie(series: Series, life: Life, batch: Uint8Array): Promise<boolean> {
  const handed = series.handIn(life, batch).catch((error: unknown) => {
    if (!life.isKilled()) throw error;
  });
  await Promise.race([life.ended, handed]);
  if (!life.isKilled()) return false;
  expect(await life.ended).toBe('SIGKILL');
  return true;
}

function describe({ what, times, when }: Point): string {
  return `${when} ${what.slice(0, 70)}${times === 1 ? '' : ` (${times})`}`;
}
