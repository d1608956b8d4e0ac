import { appendFile, copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNodeStore } from '../src/adapters/node.ts';
import type { StoreRecord } from '../src/store/store.ts';
import { temporaryFolder } from './support/folders.ts';
import { expectOk } from './support/world.ts';

const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const record = (text: string, ...uniqueKeys: readonly Uint8Array[]): StoreRecord => ({
  sealed: new TextEncoder().encode(text),
  uniqueKeys,
});
const textsOf = (records: readonly Uint8Array[]): readonly string[] =>
  records.map((bytes) => new TextDecoder().decode(bytes));

describe('a journal in a file', () => {
  it('appends all or none, in order, and takes no position or unique key twice', async () => {
    const folder = await temporaryFolder();
    const store = await openNodeStore({ folder });
    expect(await store.append(0, [record('a', key(1)), record('b')])).toBe('appended');
    expect(await store.append(0, [record('x')])).toBe('conflict');
    expect(await store.append(3, [record('x')])).toBe('conflict');
    expect(await store.append(2, [record('x'), record('y', key(1))])).toBe('conflict');
    expect(await store.append(2, [record('x', key(2)), record('y', key(2))])).toBe('conflict');
    expect(await store.append(2, [record('c', key(2))])).toBe('appended');
    await store.close();
    const again = await openNodeStore({ folder });
    expect(textsOf(await again.readFrom(0))).toEqual(['a', 'b', 'c']);
    expect(textsOf(await again.readFrom(2))).toEqual(['c']);
    expect(await again.append(3, [record('d', key(1))])).toBe('conflict');
    await again.close();
  });

  it('opens with exactly the whole frames, wherever the last write was torn', async () => {
    const folder = await temporaryFolder();
    const store = await openNodeStore({ folder });
    const ends = [0];
    for (const [position, text] of ['a', 'bb', 'ccc'].entries()) {
      await store.append(position, [record(text)]);
      ends.push((await readFile(join(folder, 'journal'))).length);
    }
    await store.close();
    const whole = await readFile(join(folder, 'journal'));
    for (let cut = 0; cut <= whole.length; cut++) {
      const torn = join(folder, `cut-${cut}`);
      await mkdir(torn);
      await writeFile(join(torn, 'journal'), whole.subarray(0, cut));
      const opened = await openNodeStore({ folder: torn });
      const expected = ends.filter((end) => end > 0 && end <= cut).length;
      expect(await opened.readFrom(0)).toHaveLength(expected);
      expect((await readFile(join(torn, 'journal'))).length).toBe(ends[expected]);
      expect(await opened.append(expected, [record('next')])).toBe('appended');
      await opened.close();
      const reopened = await openNodeStore({ folder: torn });
      expect(textsOf(await reopened.readFrom(expected))).toEqual(['next']);
      await reopened.close();
    }
  });

  it.each([
    ['zeros', new Uint8Array(300)],
    ['noise', Uint8Array.from({ length: 300 }, (_, index) => (index * 73) & 0xff)],
    ['a head that promises too much', Uint8Array.of(0x53, 0x4b, 0x4a, 0x31, 0, 0, 0, 1, 255, 255)],
  ])('cuts %s off the end', async (_, rubbish) => {
    const folder = await temporaryFolder();
    const store = await openNodeStore({ folder });
    await store.append(0, [record('kept')]);
    const { length } = await readFile(join(folder, 'journal'));
    await store.close();
    await appendFile(join(folder, 'journal'), rubbish);
    const again = await openNodeStore({ folder });
    expect(textsOf(await again.readFrom(0))).toEqual(['kept']);
    expect((await readFile(join(folder, 'journal'))).length).toBe(length);
    await again.close();
  });

  it('refuses damage in the middle and changes nothing, at every byte', async () => {
    const folder = await temporaryFolder();
    const store = await openNodeStore({ folder });
    await store.append(0, [record('first')]);
    const middle = (await readFile(join(folder, 'journal'))).length;
    await store.append(1, [record('second')]);
    await store.close();
    const path = join(folder, 'journal');
    const whole = await readFile(path);
    for (let at = 0; at < middle; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      await writeFile(path, damaged);
      await expect(openNodeStore({ folder })).rejects.toMatchObject({
        code: 'wallet/store_damaged',
      });
      expect((await readFile(path)).equals(damaged)).toBe(true);
    }
  });

  it('lets one of two writers win even where no lock holds them apart', async () => {
    const folder = await temporaryFolder();
    const a = await openNodeStore({ folder });
    const b = await openNodeStore({ folder });
    for (let position = 0; position < 40; position++) {
      const answers = await Promise.all([
        a.append(position, [record(`a${position}`, key(position))]),
        b.append(position, [record(`b${position}`, key(position))]),
      ]);
      expect(answers.toSorted()).toEqual(['appended', 'conflict']);
      const winner = answers[0] === 'appended' ? 'a' : 'b';
      for (const store of [a, b]) {
        expect(textsOf(await store.readFrom(position))).toEqual([`${winner}${position}`]);
      }
    }
    await a.close();
    await b.close();
  });

  it('sees what another instance wrote', async () => {
    const folder = await temporaryFolder();
    const a = await openNodeStore({ folder });
    const b = await openNodeStore({ folder });
    await a.append(0, [record('by a')]);
    expect(textsOf(await b.readFrom(0))).toEqual(['by a']);
    expect(await b.append(1, [record('by b')])).toBe('appended');
    expect(textsOf(await a.readFrom(0))).toEqual(['by a', 'by b']);
    await a.close();
    await b.close();
  });

  it('keeps the bulletin apart from the folder that a backup copies', async () => {
    const folder = join(await temporaryFolder(), 'wallet');
    const store = await openNodeStore({ folder });
    expect(await store.readApart()).toBeUndefined();
    await store.writeApart(Uint8Array.of(1, 2, 3));
    expect(await store.readApart()).toEqual(Uint8Array.of(1, 2, 3));
    await store.close();
    const copy = join(await temporaryFolder(), 'copy');
    await mkdir(copy);
    await copyFile(join(folder, 'journal'), join(copy, 'journal'));
    const restored = await openNodeStore({ folder: copy });
    expect(await restored.readApart()).toBeUndefined();
    await restored.close();
  });

  it('says that the disk failed, and is used no more until it is opened again', async () => {
    const folder = await temporaryFolder();
    const store = await openNodeStore({ folder });
    await store.append(0, [record('kept')]);
    await truncate(join(folder, 'journal'), 3);
    const damaged = { code: 'wallet/store_damaged' };
    await expect(store.append(1, [record('lost')])).rejects.toMatchObject(damaged);
    const failed = { code: 'wallet/store_failed' };
    await expect(store.readFrom(0)).rejects.toMatchObject(failed);
    await expect(openNodeStore({ folder: '/dev/null/wallet' })).rejects.toMatchObject(failed);
    await store.close();
  });
});

describe('the lock file', () => {
  it('holds others off and says so when they have waited long enough', async () => {
    const folder = await temporaryFolder();
    const a = await openNodeStore({ folder });
    const b = await openNodeStore({ folder, lockWaitMs: 50 });
    const order: string[] = [];
    await a.exclusive(async () => {
      order.push('a in');
      expect(await b.exclusive(async () => 'never')).toMatchObject({ code: 'wallet/store_busy' });
      order.push('a out');
    });
    expect(await b.exclusive(async () => 'b')).toEqual({ ok: true, value: 'b' });
    expect(order).toEqual(['a in', 'a out']);
    await a.close();
    await b.close();
  });

  it('is let go when the work fails', async () => {
    const store = await openNodeStore({ folder: await temporaryFolder() });
    const broken = store.exclusive(() => Promise.reject(new RangeError('a bug')));
    await expect(broken).rejects.toThrow(RangeError);
    expectOk(await store.exclusive(async () => undefined));
    await store.close();
  });

  it.each([
    ['of a process that is no more', `0123456789abcdef\n4194303\n1\n`],
    ['of an earlier process with this number', `0123456789abcdef\n${process.pid}\n1\n`],
    ['that a power cut left empty', ''],
  ])('%s is cleared away, by one of many who find it', async (_, text) => {
    const folder = await temporaryFolder();
    const stores = await Promise.all(Array.from({ length: 8 }, () => openNodeStore({ folder })));
    const machine = await machineLine(folder);
    let inside = 0;
    let most = 0;
    const enter = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside -= 1;
    };
    for (let round = 0; round < 10; round++) {
      await writeFile(join(folder, 'lock'), text === '' ? '' : `${text}${machine}\n`);
      const answers = await Promise.all(stores.map((store) => store.exclusive(enter)));
      expect(answers.every(({ ok }) => ok)).toBe(true);
    }
    expect(most).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('of a process that still runs is respected', async () => {
    const folder = await temporaryFolder();
    const store = await openNodeStore({ folder, lockWaitMs: 30 });
    const held = await readHeld(folder);
    await writeFile(join(folder, 'lock'), held);
    expect(await store.exclusive(async () => 1)).toMatchObject({ code: 'wallet/store_busy' });
    await store.close();
  });
});

/** What this process writes into a lock it holds. */
async function readHeld(folder: string): Promise<string> {
  const store = await openNodeStore({ folder });
  const held = await store.exclusive(() => readFile(join(folder, 'lock'), 'utf8'));
  await store.close();
  return expectOk(held).value;
}

async function machineLine(folder: string): Promise<string> {
  return (await readHeld(folder)).split('\n')[3] ?? '';
}
