import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { inTransaction } from '../../src/db/index.ts';
import { startWorkerProcess } from '../../src/worker-process.ts';
import { readExposition } from '../http/exposition.ts';
import { createTown, journal, receiveAt, START } from '../settlement/town.ts';
import type { Town } from '../settlement/town.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';
import { run } from '../support/program.ts';
import type { Program } from '../support/program.ts';

let db: TestDatabase;
let town: Town;
let dataDir: string;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  dataDir = await mkdtemp(path.join(tmpdir(), 'sikka-worker-'));
});
afterAll(async () => {
  await db.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const started: Program[] = [];
afterEach(async () => {
  for (const { signal } of started) signal('SIGKILL');
  await Promise.all(started.splice(0).map(({ ended }) => ended));
});

function worker(env: Readonly<Record<string, string>> = {}): Program {
  const program = run('bank/src/worker-main.ts', {
    ...{ DATABASE_URL: db.url, DATA_DIR: dataDir },
    ...env,
  });
  started.push(program);
  return program;
}

/** Uploads that nobody waits for; an issuer that the worker does not know signed them. */
async function waiting(count: number): Promise<readonly bigint[]> {
  const payer = await town.person();
  const shop = await town.person({ offline: 0 });
  const uploads: bigint[] = [];
  for (let index = 0; index < count; index += 1) {
    const allowance = await town.allowance(await town.device(payer));
    const [one] = await journal(town, allowance, [{ amount: 10, payee: shop.current.number }]);
    uploads.push(await receiveAt(town, START + 60 + index, [one!.packet]));
  }
  return uploads;
}

const eventually = (check: () => Promise<void>) =>
  vi.waitFor(check, { timeout: 40_000, interval: 100 });

const inbox = async () => {
  const { rows } = await db.ownerPool.query<{ upload: bigint; attempts: number }>(
    'select upload_id as upload, attempts from inbox order by upload_id',
  );
  return rows;
};

/** Runs `act` while no batch can be decided to its end. */
async function whileNothingIsDecided(act: () => Promise<void>): Promise<void> {
  await inTransaction(db.ownerPool, async (tx) => {
    await tx.query('lock table rejected_items in exclusive mode');
    await act();
  });
}

describe('npm run worker', () => {
  test('decides what waits, shows its numbers, and ends when asked', async () => {
    await waiting(2);
    const program = worker({ WORKER_METRICS_PORT: '0' });
    const [, url = ''] = await program.printed(/metrics +(http:\/\/127\.0\.0\.1:\d+\/metrics)/);
    await eventually(async () => expect(await inbox()).toEqual([]));
    const families = readExposition(await (await fetch(url)).text());
    expect(families.get('sikka_inbox_depth')?.samples).toHaveLength(1);
    const decided = families.get('sikka_outcomes_total')?.samples ?? [];
    expect(decided.reduce((sum, { value }) => sum + value, 0)).toBe(2);
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
    program.signal('SIGTERM');
    expect(await program.ended).toBe(0);
  });

  test('asked to end, it finishes the upload under way and begins no other', async () => {
    const [first, second] = await waiting(2);
    let program: Program | undefined;
    await whileNothingIsDecided(async () => {
      program = worker();
      await eventually(async () => expect(await inbox()).toMatchObject([{ attempts: 1 }, {}]));
      program.signal('SIGTERM');
      await program.printed(/Stopping/);
      expect((await inbox()).map(({ upload }) => upload)).toEqual([first, second]);
    });
    expect(await program?.ended).toBe(0);
    expect(await inbox()).toEqual([{ upload: second, attempts: 0 }]);
  });

  test('asked twice it ends at once, and another does what it had begun', async () => {
    await whileNothingIsDecided(async () => {
      const program = worker();
      await eventually(async () => expect(await inbox()).toMatchObject([{ attempts: 1 }]));
      program.signal('SIGTERM');
      await program.printed(/Stopping/);
      program.signal('SIGTERM');
      expect(await program.ended).toBe(1);
    });
    // Its lease is over.
    await db.ownerPool.query(`update inbox set visible_at = now() - interval '1 second'`);
    const programs = [worker(), worker()];
    await eventually(async () => expect(await inbox()).toEqual([]));
    for (const program of programs) {
      // Before, nobody listens for a signal yet.
      await program.printed(/ready/);
      program.signal('SIGTERM');
    }
    expect(await Promise.all(programs.map(({ ended }) => ended))).toEqual([0, 0]);
  });

  test('without DATABASE_URL it says whose the embedded database is', async () => {
    const config = readConfig({ DATA_DIR: dataDir }, dataDir);
    if (!config.ok) throw new Error(config.errors.join(' '));
    await expect(
      startWorkerProcess(config.value, { report: () => undefined }),
    ).rejects.toMatchObject({ code: 'start/database_missing' });
    const program = worker({ DATABASE_URL: '' });
    expect(await program.ended).toBe(1);
    expect(program.text()).toContain('DATABASE_URL is not set');
  });
});
