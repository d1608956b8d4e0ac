import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findDatabase } from '../src/audit/database.ts';

/** Line 4 is the port; the other lines are PostgreSQL's own business. */
const postmasterPid = (port: number): string => `4711\n/data\n1700000000\n${port}\n\n127.0.0.1\n`;

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sikka-find-'));
  vi.stubEnv('DATABASE_URL', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dataDir, { recursive: true, force: true });
});

const record = async (value: unknown): Promise<void> =>
  writeFile(join(dataDir, 'postgres.json'), JSON.stringify(value));

const serverIn = async (folder: string, port: number): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'postmaster.pid'), postmasterPid(port));
};

test('what is given comes before DATABASE_URL, which comes before the data folder', async () => {
  await record({ applicationPassword: 'word' });
  await serverIn(join(dataDir, 'postgres'), 15_433);
  vi.stubEnv('DATABASE_URL', 'postgres://from.environment/sikka');
  expect(await findDatabase({ given: 'postgres://given/sikka', dataDir })).toBe(
    'postgres://given/sikka',
  );
  expect(await findDatabase({ given: undefined, dataDir })).toBe(
    'postgres://from.environment/sikka',
  );
  vi.stubEnv('DATABASE_URL', '');
  expect(await findDatabase({ given: undefined, dataDir })).toBe(
    'postgres://sikka:word@127.0.0.1:15433/sikka',
  );
});

describe('the server that the bank keeps', () => {
  test('stands in the folder that its record names, also outside DATA_DIR', async () => {
    const outside = join(dataDir, 'elsewhere', 'data-1');
    await record({ adminPassword: 'a', applicationPassword: 'b', dataFolder: outside });
    await serverIn(outside, 15_999);
    expect(await findDatabase({ given: undefined, dataDir })).toContain(':b@127.0.0.1:15999/');
  });

  test.each([
    { name: 'there is none', set: async () => undefined },
    { name: 'its record is no JSON', set: () => writeFile(join(dataDir, 'postgres.json'), '{') },
    { name: 'its record has no password', set: () => record({ dataFolder: 'postgres' }) },
    { name: 'it does not run', set: () => record({ applicationPassword: 'word' }) },
    {
      name: 'it is just starting',
      set: async () => {
        await record({ applicationPassword: 'word' });
        await mkdir(join(dataDir, 'postgres'));
        await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), '4711\n/data\n');
      },
    },
  ])('is not found where $name, and the reader is told what to do', async ({ set }) => {
    await set();
    await expect(findDatabase({ given: undefined, dataDir })).rejects.toMatchObject({
      code: 'cli/bank_unreachable',
      message: expect.stringContaining('npm start') as string,
    });
  });
});
