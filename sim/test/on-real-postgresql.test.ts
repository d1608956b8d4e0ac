import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '@sikka/bank/testing';
import type { TestDatabase } from '@sikka/bank/testing';
import { expect, test } from 'vitest';
import type { SimBank, SimBankParts } from '../src/bank/port.ts';
import { createPostgresBank } from '../src/bank/postgres-bank.ts';
import { run } from '../src/run.ts';
import type { Violation } from '../src/truth.ts';

/** Its calls go over HTTP one after the other, and a busy machine takes its time. */
const PATIENCE_MS = 300_000;

test(
  'everything holds in a world whose bank is the whole bank on real PostgreSQL',
  async () => {
    const database = await createTestDatabase();
    const dataDir = await mkdtemp(path.join(tmpdir(), 'sikka-sim-'));
    const afterAnEdit: Violation[] = [];
    const openBank = async (parts: SimBankParts): Promise<SimBank> => {
      const bank = await createPostgresBank(parts, { databaseUrl: database.url, dataDir });
      // The auditor has looked at the very tables: it sees one payment that somebody made dearer.
      const audit = async () => {
        const found = (await bank.audit?.()) ?? [];
        await makeDearer(database);
        afterAnEdit.push(...((await bank.audit?.()) ?? []));
        return found;
      };
      return { ...bank, audit };
    };
    try {
      const { violations, counters } = await run({ seed: 'two', events: 40, openBank });
      expect(violations).toEqual([]);
      expect(counters['accept.accepted']).toBeGreaterThan(0);
      expect(afterAnEdit.map(({ invariant }) => invariant)).toContain('auditor: payments');
    } finally {
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
  PATIENCE_MS,
);

async function makeDearer({ ownerPool }: TestDatabase): Promise<void> {
  await ownerPool.query('alter table settled_payments disable trigger user');
  await ownerPool.query(
    `update settled_payments set amount = amount + 1, spent = spent + 1
      where payment_id = (select payment_id from settled_payments order by payment_id limit 1)`,
  );
}
