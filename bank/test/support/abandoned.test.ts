import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeStale } from './abandoned.ts';

test('what killed tests left a day ago is removed, and nothing else', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sikka-stale-'));
  try {
    const now = new Date();
    const dayAgo = new Date(now.getTime() - 86_400_000);
    const make = async (name: string, files: readonly string[] = ['x']) => {
      const each = path.join(folder, name);
      await mkdir(path.join(each, 'data'), { recursive: true });
      for (const file of files) await writeFile(path.join(each, file), '');
      return each;
    };
    const old = ['sikka-bank-x7Qa1Z', 'sikka-audit-command-aaaaaa'];
    const others = ['sikka-test-17-0a1b2c3d', 'sikka-data', 'somebody-bank-x7Qa1Z', 'sikka-bank'];
    for (const name of [...old, ...others]) await utimes(await make(name), dayAgo, dayAgo);
    const running = await make('sikka-start-bbbbbb', ['data/postmaster.pid']);
    await utimes(running, dayAgo, dayAgo);
    const elsewhere = await make('data-of-a-server');
    const passwords = { adminPassword: 'x', applicationPassword: 'x' };
    const record = JSON.stringify({ ...passwords, dataFolder: elsewhere });
    await writeFile(path.join(folder, old[0] ?? '', 'data/postgres.json'), record);
    await make('sikka-bank-cccccc');
    await symlink(folder, path.join(folder, 'sikka-bank-dddddd'));
    expect([...(await removeStale({ folder, now }))].sort()).toEqual([...old].sort());
    expect(await readdir(folder)).toHaveLength(others.length + 3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
