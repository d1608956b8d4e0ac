import { audit } from '@sikka/auditor';
import { programFile } from '@sikka/bank/testing';
import { createHash, randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCrashTown } from './crash/batches.ts';
import type { CrashTown } from './crash/batches.ts';
import type { Point } from './crash/lives.ts';
import type { Named } from './crash/naming.ts';
import { bankSeries, killAtEach, workerSeries } from './crash/series.ts';

/**
 * The bank's real processes, killed with SIGKILL while they settle 200 payments of every kind: the
 * bank at a sample of its statements; by `npm run crash` bank and worker, before and after each.
 */

const EVERY = process.env['SIKKA_CRASH'] === 'every';
const SEED = Number(process.env['SIKKA_CRASH_SEED'] ?? randomInt(1_000_000));
const HOUR = 3_600_000;

const PROGRAMS = { bank: 'bank/src/main.ts', worker: 'bank/src/worker-main.ts' } as const;

let town: CrashTown;

beforeAll(async () => {
  town = await openCrashTown();
}, 120_000);
afterAll(async () => {
  await town?.stop();
});

const report = (line: string) => {
  if (EVERY) process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

function pointsOf(statements: readonly Named[]): readonly Point[] {
  return statements.flatMap((named) => [
    { ...named, when: 'before' as const },
    { ...named, when: 'after' as const },
  ]);
}

/** The end of the batch's transaction, not yet told to anybody, and others by the seed. */
function sampleOf(points: readonly Point[], kind: string): readonly Point[] {
  const end = points.filter(
    ({ what, when }) => /^commit.*settlement_post/.test(what) && when === 'after',
  );
  // What a connection says first is said only where one is opened.
  const sure = points.filter(({ what }) => !what.startsWith('set statement_timeout'));
  const chosen = Array.from({ length: 3 }, (_, index) => {
    const digest = createHash('sha256').update(`${SEED} ${kind} ${index}`).digest();
    return sure[digest.readUInt32BE(0) % sure.length];
  });
  return [...end, ...chosen].filter((point) => point !== undefined);
}

describe(`200 payments of every kind (seed ${SEED})`, () => {
  test.each(EVERY ? (['bank', 'worker'] as const) : (['bank'] as const))(
    'a %s that is killed, and the next one, leave what an undisturbed one leaves',
    async (kind) => {
      const { database } = town;
      const settings = { program: programFile(PROGRAMS[kind]), databaseUrl: database.url };
      const series = (kind === 'bank' ? bankSeries : workerSeries)(town, settings);
      const choose = EVERY ? pointsOf : (all: readonly Named[]) => sampleOf(pointsOf(all), kind);
      const { statements, ...killed } = await killAtEach(town, series, { choose, report });
      report(`${kind}: ${statements.length} statements, killed ${killed.deaths} times`);
      expect(killed.missed).toEqual([]);
    },
    EVERY ? 3 * HOUR : 300_000,
  );

  test('and afterwards an auditor finds nothing wrong', async () => {
    const { checks } = await audit({ databaseUrl: town.database.url });
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
