import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPackage, prepareBinaries } from '../../../src/db/embedded/binaries.ts';
import { initCluster } from '../../../src/db/embedded/cluster.ts';
import { createPlayground } from './playground.ts';

const { root, newDataDir, start, clear } = createPlayground();
afterAll(clear);

describe('a data folder that cannot be used is refused, and nothing in it changed', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await newDataDir();
    await (await start(dataDir)).stop();
  });
  const inside = (...names: readonly string[]) => path.join(dataDir, ...names);

  /** Spoils something, returns how to put it back. */
  async function write(file: string, text: string): Promise<() => Promise<void>> {
    const before = await readFile(file);
    await writeFile(file, text);
    return async () => {
      expect(await readFile(file, 'utf8')).toBe(text);
      await writeFile(file, before);
    };
  }
  async function move(from: string): Promise<() => Promise<void>> {
    await rename(from, `${from}.aside`);
    return () => rename(`${from}.aside`, from);
  }
  async function empty(folder: string): Promise<() => Promise<void>> {
    await rename(folder, `${folder}.aside`);
    await mkdir(folder, { mode: 0o755 });
    return async () => {
      await rm(folder, { recursive: true });
      await rename(`${folder}.aside`, folder);
    };
  }
  const record = (text: string) =>
    JSON.stringify({ ...(JSON.parse(text) as object), adminPassword: 'of another instance' });

  const cases: readonly (readonly [string, string, RegExp, () => Promise<() => Promise<void>>])[] =
    [
      [
        'made by PostgreSQL 17',
        'db/version_mismatch',
        /of PostgreSQL 17.*brings 18\.4.*Nothing was changed/s,
        () => write(inside('postgres', 'PG_VERSION'), '17\n'),
      ],
      [
        'recorded and not there',
        'db/data_missing',
        /is not there.*backup/s,
        () => move(inside('postgres')),
      ],
      [
        'there, and no data in it',
        'db/data_unusable',
        /is not a PostgreSQL data folder/,
        () => empty(inside('postgres')),
      ],
      [
        'with its passwords gone',
        'db/credentials_missing',
        /postgres\.json with its passwords is gone/,
        () => move(inside('postgres.json')),
      ],
      [
        'with its passwords unreadable',
        'db/credentials_missing',
        /cannot be read/,
        () => write(inside('postgres.json'), '{"adminPassword": '),
      ],
    ];
  it.each(cases)('%s: %s', async (_name, code, message, spoil) => {
    const putBack = await spoil();
    await expect(start(dataDir)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    await putBack();
  });

  it('with the passwords of another instance: db/credentials_missing', async () => {
    const file = inside('postgres.json');
    const putBack = await write(file, record(await readFile(file, 'utf8')));
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'db/credentials_missing' });
    await putBack();
  });

  it('and after all that it starts', async () => {
    const server = await start(dataDir);
    await server.stop();
  });
});

it('DATA_DIR that is a file: db/data_unusable', async () => {
  const dataDir = await newDataDir();
  await writeFile(dataDir, '');
  await expect(start(dataDir)).rejects.toMatchObject({ code: 'db/data_unusable' });
});

it('no port left: db/port_taken', async () => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(65_535, '127.0.0.1', resolve));
  await expect(start(await newDataDir(), { preferredPort: 65_535 })).rejects.toMatchObject({
    code: 'db/port_taken',
  });
  listener.close();
});

it('a server that does not start says why, in the words of its log: db/start_failed', async () => {
  const settings = { shared_buffers: 'plenty' };
  await expect(start(await newDataDir(), { settings })).rejects.toMatchObject({
    code: 'db/start_failed',
    message: expect.stringContaining('shared_buffers') as string,
  });
});

it('an initdb that fails leaves no folder behind: db/init_failed', async () => {
  const folder = path.join(root, 'never');
  await mkdir(root, { recursive: true });
  const binaries = { initdb: '/bin/false', postgres: '', pgCtl: '', version: '', major: '' };
  const options = { binaries, folder, account: undefined, adminPassword: 'unused' };
  await expect(initCluster(options)).rejects.toMatchObject({ code: 'db/init_failed' });
  await expect(readFile(path.join(folder, 'PG_VERSION'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('a machine without a package is pointed to DATABASE_URL: db/platform_unsupported', async () => {
  await expect(findPackage({ platform: 'aix', arch: 'ppc64' })).rejects.toMatchObject({
    code: 'db/platform_unsupported',
    message: expect.stringContaining('DATABASE_URL') as string,
  });
});

it('programs that do not run and cannot be copied: db/binaries_unusable', async () => {
  const folder = path.join(root, 'broken');
  await mkdir(path.join(folder, 'native', 'bin'), { recursive: true });
  for (const name of ['initdb', 'postgres', 'pg_ctl']) {
    await writeFile(path.join(folder, 'native', 'bin', name), 'not a program', { mode: 0o755 });
  }
  const options = {
    found: { folder, version: '0' },
    account: undefined,
    places: [path.join(root, 'broken-copies')],
    log: () => undefined,
  };
  await expect(prepareBinaries(options)).rejects.toMatchObject({ code: 'db/binaries_unusable' });
});

it('an account that is root, unknown or not ours is refused: db/account_unusable', async () => {
  for (const account of ['root', '0', 'nobody-has-this-name', '-u']) {
    await expect(start(await newDataDir(), { account })).rejects.toMatchObject({
      code: 'db/account_unusable',
    });
  }
});
