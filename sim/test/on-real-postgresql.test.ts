import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '@sikka/bank/testing';
import { expect, test } from 'vitest';
import { createPostgresBank } from '../src/bank/postgres-bank.ts';
import { run } from '../src/run.ts';

/** Its calls go over HTTP one after the other, and a busy machine takes its time. */
const PATIENCE_MS = 300_000;

test(
  'everything holds in a world whose bank is the whole bank on real PostgreSQL',
  async () => {
    const { url: databaseUrl, drop } = await createTestDatabase();
    const dataDir = await mkdtemp(path.join(tmpdir(), 'sikka-sim-'));
    try {
      const { violations, counters } = await run({
        seed: 'two',
        events: 40,
        openBank: (parts) => createPostgresBank(parts, { databaseUrl, dataDir }),
      });
      expect(violations).toEqual([]);
      expect(counters['accept.accepted']).toBeGreaterThan(0);
    } finally {
      await drop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
  PATIENCE_MS,
);
