import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  copyFile,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { removeEmbeddedPostgres } from '../../../src/db/index.ts';
import { findPackage, prepareBinaries } from '../../../src/db/embedded/binaries.ts';
import { canReach } from '../../../src/db/embedded/places.ts';
import { createPlayground, ended, isRoot, keptOrThrow, sql, uidOf } from './playground.ts';

const playground = createPlayground();
const { root, places, newDataDir, start, keep, clear } = playground;
afterAll(clear);

const nobody = { name: 'nobody', uid: 65_534, gid: 65_534 };
const onLinux = process.platform === 'linux';

describe.skipIf(!isRoot || !onLinux)('as root (skipped for others)', () => {
  it('PostgreSQL runs as the account asked for, not as root', async () => {
    const server = await start(await newDataDir(), { account: 'nobody' });
    expect(uidOf(server.pid())).toBe(nobody.uid);
    await server.stop();
  });

  it('an account asked for by number is the same', async () => {
    const server = await start(await newDataDir(), { account: String(nobody.uid) });
    expect(uidOf(server.pid())).toBe(nobody.uid);
    await server.stop();
  });

  it('unasked it runs as the owner of DATA_DIR, later as the owner of the data', async () => {
    const dataDir = await newDataDir();
    await mkdir(dataDir, { mode: 0o755 });
    await chown(dataDir, 1, 1);
    const first = await start(dataDir);
    expect(uidOf(first.pid())).toBe(1);
    await first.stop();
    await chown(dataDir, 0, 0);
    const second = await start(dataDir);
    expect(uidOf(second.pid())).toBe(1);
    await second.stop();
  });

  it('data of one account is not opened as another: db/account_unusable', async () => {
    const dataDir = await newDataDir();
    await (await start(dataDir, { account: 'nobody' })).stop();
    await expect(start(dataDir, { account: 'daemon' })).rejects.toMatchObject({
      code: 'db/account_unusable',
    });
  });

  it('under a closed home (0700) the data goes outside, recorded, and is found again', async () => {
    const home = await newDataDir();
    await mkdir(home, { mode: 0o700 });
    const dataDir = path.join(home, 'clone', 'data');
    expect(await canReach(home, nobody)).toBe(false);
    const first = await start(dataDir, { account: 'nobody' });
    await sql(first.url, 'create table kept (n int8)', 'insert into kept values (5)');
    await first.stop();

    const recordFile = path.join(dataDir, 'postgres.json');
    expect((await stat(recordFile)).mode & 0o777).toBe(0o600);
    const { dataFolder } = JSON.parse(await readFile(recordFile, 'utf8')) as {
      dataFolder: string;
    };
    expect(path.dirname(dataFolder)).toBe(places[0]);
    expect(path.basename(dataFolder)).toMatch(/^data-[0-9a-f]{16}$/);
    expect((await stat(dataFolder)).mode & 0o777).toBe(0o700);

    const second = await start(dataDir);
    expect(await sql(second.url, 'select n from kept')).toEqual([{ n: '5' }]);
    await second.stop();

    // The record points to nothing: refused, rather than an empty bank.
    await rename(dataFolder, `${dataFolder}.aside`);
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'db/data_missing' });
    await rename(`${dataFolder}.aside`, dataFolder);

    await removeEmbeddedPostgres({ dataDir, places, log: () => undefined });
    expect((await readdir(places[0]!)).filter((name) => name.startsWith('data-'))).toEqual([]);
  });

  it('programs under a closed home are copied, once, to where they can be run', async () => {
    const { version, folder } = await findPackage();
    const clone = path.join(root, 'closed', 'package');
    await mkdir(path.join(root, 'closed'), { recursive: true, mode: 0o700 });
    await chmod(path.join(root, 'closed'), 0o700);
    await cp(path.join(folder, 'native'), path.join(clone, 'native'), {
      recursive: true,
      // As npm leaves them under --ignore-scripts: no links.
      filter: async (source) => !(await isLink(source)),
    });
    const copies: string[] = [];
    const prepare = () =>
      prepareBinaries({
        found: { folder: clone, version },
        account: nobody,
        places: [path.join(root, 'copies')],
        log: (event) => void copies.push(event),
      });
    const binaries = await prepare();
    expect(binaries.postgres).toContain(path.join(root, 'copies', `postgresql-${version}`));
    const before = await stat(binaries.postgres);
    expect(before.uid).toBe(0);
    await prepare();
    expect((await stat(binaries.postgres)).ino).toBe(before.ino);
    expect(copies).toEqual(['database.binaries_copied']);
  });

  it('a place that others may have filled is passed over: db/binaries_unusable', async () => {
    const place = path.join(root, 'foreign');
    await mkdir(place, { recursive: true });
    await chown(place, 1, 1);
    const folder = path.join(root, 'no-programs');
    await mkdir(path.join(folder, 'native'), { recursive: true });
    await expect(
      prepareBinaries({
        found: { folder, version: '1' },
        account: nobody,
        places: [place],
        log: () => undefined,
      }),
    ).rejects.toMatchObject({ code: 'db/binaries_unusable' });
    expect(await readdir(place)).toEqual([]);
  });

  it('an ordinary user starts, adopts after kill -9, is refused root’s data', async (context) => {
    const program = new URL('.', import.meta.url).pathname;
    if (!(await canReach(program, nobody))) context.skip('this clone is closed to nobody');
    const dataDir = path.join(root, 'ordinary', 'data');
    await mkdir(path.dirname(dataDir), { recursive: true });
    await chown(path.dirname(dataDir), nobody.uid, nobody.gid);
    const bank = await keptOrThrow(keep(dataDir, nobody));
    expect(bank.adopted).toBe(false);
    expect(uidOf(bank.pid)).toBe(nobody.uid);
    bank.process.kill('SIGKILL');
    await ended(bank.process);

    const next = await keptOrThrow(keep(dataDir, nobody));
    expect(next.adopted).toBe(true);
    expect(next.pid).toBe(bank.pid);
    next.process.kill('SIGTERM');
    await ended(next.process);

    const roots = await newDataDir();
    await (await start(roots)).stop();
    expect(await keep(roots, nobody)).toMatchObject({ failed: 'db/data_unusable' });

    // Root on the ordinary user's folder runs the server as that user.
    const asRoot = await start(dataDir);
    expect(uidOf(asRoot.pid())).toBe(nobody.uid);
    await asRoot.stop();
  });
});

it.skipIf(!onLinux)(
  'where nobody tells what the process is, its postmaster.pid stays',
  async (context) => {
    const program = new URL('.', import.meta.url).pathname;
    if (isRoot && !(await canReach(program, nobody)))
      context.skip('this clone is closed to nobody');
    const as = isRoot ? nobody : undefined;
    const parent = await newDataDir();
    await mkdir(parent, { recursive: true });
    if (isRoot) await chown(parent, nobody.uid, nobody.gid);
    const dataDir = path.join(parent, 'data');
    const bank = await keptOrThrow(keep(dataDir, as));
    bank.process.kill('SIGTERM');
    await ended(bank.process);
    // What may be run and not read tells nothing of itself, even to its own account.
    const shy = path.join(parent, 'shy');
    await copyFile('/bin/sleep', shy);
    if (isRoot) await chown(shy, nobody.uid, nobody.gid);
    await chmod(shy, 0o111);
    const sleeper = spawn(shy, ['600'], { stdio: 'ignore', ...as });
    await once(sleeper, 'spawn');
    try {
      const file = path.join(dataDir, 'postgres', 'postmaster.pid');
      const naming = async (pid: number) => {
        await writeFile(file, [pid, path.dirname(file), 1, 1, '', '', '', 'ready', ''].join('\n'));
        if (isRoot) await chown(file, nobody.uid, nobody.gid);
      };
      await naming(sleeper.pid!);
      expect(await keep(dataDir, as)).toEqual({
        failed: 'db/in_use',
        process: expect.anything() as unknown,
      });
      expect(await readFile(file, 'utf8')).toMatch(new RegExp(`^${String(sleeper.pid)}\n`));
      // Of an account that the data does not belong to, it is no server of this folder.
      if (isRoot) {
        await naming(process.pid);
        const next = await keptOrThrow(keep(dataDir, as));
        expect(next.pid).not.toBe(process.pid);
        next.process.kill('SIGTERM');
        await ended(next.process);
      }
    } finally {
      sleeper.kill('SIGKILL');
    }
  },
);

it.skipIf(isRoot)('as an ordinary user (skipped for root) PostgreSQL runs as oneself', async () => {
  const server = await start(await newDataDir());
  if (onLinux) expect(uidOf(server.pid())).toBe(process.getuid?.());
  await server.stop();
});

async function isLink(file: string): Promise<boolean> {
  return (await lstat(file)).isSymbolicLink();
}
