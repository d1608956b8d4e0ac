import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliError } from '../src/errors.ts';
import { verifyCommand } from '../src/verify/command.ts';

const vectors = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'vectors');
const good = join(vectors, 'judge', 'double-spend.json');
let folder = '';

async function verify(...args: readonly string[]) {
  const lines: string[] = [];
  const out = { line: (text = '') => lines.push(text), progress: () => undefined };
  return { status: await verifyCommand(args, out), lines };
}

/** The good vector with entries changed, as a file. */
async function changed(name: string, changes: object): Promise<string> {
  const path = join(folder, 'judge', name);
  const vector = JSON.parse(await readFile(good, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...vector, ...changes }));
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sikka-vectors-'));
  await mkdir(join(folder, 'judge'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('sikka verify with test vectors', () => {
  it('agrees with a vector and says its answer', async () => {
    const { status, lines } = await verify(good, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(lines.join(''))).toMatchObject({
      family: 'judge',
      case: 'double-spend',
      agrees: true,
      answer: { ok: false, code: 'double_spend' },
      expect: { ok: false, code: 'double_spend' },
    });
    expect((await verify(good)).lines[0]).toBe('AGREES  judge/double-spend');
  });

  it('differs from a vector that expects something else, and shows both', async () => {
    const path = await changed('other.json', { expect: { ok: true, code: 'acceptable' } });
    const { status, lines } = await verify(path);
    expect(status).toBe(1);
    expect(lines[0]).toBe('DIFFERS  judge/double-spend');
    expect(lines.join()).toContain('double_spend');
    expect(lines.at(-1)).toBe('expect   {"ok":true,"code":"acceptable"}');
  });

  it('answers a folder, a line for each family, and names what differs', async () => {
    await changed('good.json', {});
    await changed('other.json', { case: 'the-other', expect: { ok: true } });
    const { status, lines } = await verify(folder);
    expect(status).toBe(1);
    expect(lines).toEqual(['judge        1 agree, 1 differ: the-other']);
  });

  it('agrees with every vector that is published', async () => {
    const { status, lines } = await verify(vectors);
    expect(lines.filter((line) => !line.includes(' 0 differ'))).toEqual([]);
    expect(lines).toHaveLength((await readdir(vectors)).length);
    expect(status).toBe(0);
  });

  it.each([
    ['a family that the specification does not have', { family: 'poetry' }],
    ['an input that the family does not have', { input: {} }],
    ['bytes that are not hex', { input: { packet: 'XY', issuers: [], context: {} } }],
  ])('cannot read %s', async (_, changes) => {
    const path = await changed('bad.json', changes);
    const refused = await verify(path).catch((error: unknown) => error as CliError);
    expect(refused).toMatchObject({ code: 'cli/file_unreadable' });
  });

  it('finds no vectors in an empty folder', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const refused = await verify(empty).catch((error: unknown) => error as CliError);
    expect(refused).toMatchObject({ code: 'cli/file_unreadable' });
  });
});
