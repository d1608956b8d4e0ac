import { readConfig, startBank } from '@sikka/bank';
import type { Bank } from '@sikka/bank';
import { createTestDatabase } from '@sikka/bank/testing';
import type { TestDatabase } from '@sikka/bank/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A whole bank on a database of its own, with its keys in a temporary folder. */
export interface StoryBank {
  readonly bank: Bank;
  readonly database: TestDatabase;
  /** For whatever a story keeps; the bank's keys are in it. */
  readonly folder: string;
  stop(): Promise<void>;
}

export interface StoryBankOptions {
  readonly clock?: () => Date;
  /** Settings beside those that every story has. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a bank in demo mode on a free port. */
export const openStoryBank = async ({
  env = {},
  ...options
}: StoryBankOptions = {}): Promise<StoryBank> => {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'sikka-story-'));
  const settings = { PORT: '0', DATABASE_URL: database.url, DATA_DIR: folder };
  const config = readConfig({ ...settings, RATE_LIMIT_ENABLED: 'false', ...env }, folder);
  if (!config.ok) throw new Error(config.errors.join(' '));
  // What it takes to hash a password is measured elsewhere.
  const quick = { ...config.value, bcryptCost: 4 };
  const bank = await startBank(quick, { ...options, writeLog: () => undefined });
  return {
    bank,
    database,
    folder,
    stop: async () => {
      await bank.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
