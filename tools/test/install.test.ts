import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { isCurrent, isTooOld, releaseLock, takeLock } from '../bootstrap/install.mjs';
import { writeTree } from './tree.ts';

const here = { os: [process.platform], cpu: [process.arch] };
const elsewhere = { os: ['sunos'], cpu: ['mips'] };
const pg = 'node_modules/pg';

interface Case {
  readonly name: string;
  readonly wanted: Readonly<Record<string, object>>;
  readonly installed: Readonly<Record<string, object>>;
  readonly current: boolean;
}

/** `package-lock.json` against what npm says it installed. */
const cases: readonly Case[] = [
  {
    name: 'another version',
    wanted: { [pg]: { version: '8.1.0' } },
    installed: { [pg]: { version: '8.0.0' } },
    current: false,
  },
  {
    name: 'the same version with other contents',
    wanted: { [pg]: { version: '8.1.0', integrity: 'sha512-a' } },
    installed: { [pg]: { version: '8.1.0', integrity: 'sha512-b' } },
    current: false,
  },
  {
    name: 'a package that is not there',
    wanted: { [pg]: { version: '8.1.0' } },
    installed: {},
    current: false,
  },
  {
    name: 'the database for this machine, left out as optional',
    wanted: { [pg]: { version: '18.4.0', optional: true, ...here } },
    installed: {},
    current: false,
  },
  {
    name: 'the database for another machine',
    wanted: { [pg]: { version: '18.4.0', optional: true, ...elsewhere } },
    installed: {},
    current: true,
  },
  {
    name: 'everything as locked, beside our own packages',
    wanted: { '': {}, bank: { version: '0.1.0' }, [pg]: { version: '8.1.0' } },
    installed: { [pg]: { version: '8.1.0' } },
    current: true,
  },
];

function writeInstalled({ wanted, installed }: Pick<Case, 'wanted' | 'installed'>): string {
  return writeTree({
    'package-lock.json': JSON.stringify({ packages: wanted }),
    'node_modules/.package-lock.json': JSON.stringify({ packages: installed }),
    ...Object.fromEntries(Object.keys(installed).map((path) => [`${path}/index.js`, ''])),
  });
}

describe('an install is current only if it matches the lock file', () => {
  test.each(cases)('$name: $current', ({ wanted, installed, current }) => {
    expect(isCurrent(writeInstalled({ wanted, installed }))).toBe(current);
  });

  test('a folder removed by hand is noticed', () => {
    const root = writeInstalled({
      wanted: { [pg]: { version: '8.1.0' } },
      installed: { [pg]: { version: '8.1.0' } },
    });
    rmSync(join(root, pg), { recursive: true });
    expect(isCurrent(root)).toBe(false);
  });

  test('a lock file changed by a pull is noticed', () => {
    const root = writeInstalled({ wanted: {}, installed: {} });
    expect(isCurrent(root)).toBe(true);
    const changed = { packages: { [pg]: { version: '8.1.0' } } };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify(changed));
    expect(isCurrent(root)).toBe(false);
  });

  test('a new clone is not current', () => {
    expect(isCurrent(writeTree({ 'package-lock.json': '{}' }))).toBe(false);
  });
});

test.each([
  ['18.20.4', true],
  ['20.18.3', true],
  ['20.19.0', false],
  ['22.1.0', false],
  ['26.0.0', false],
])('Node %s is too old: %s', (version, tooOld) => {
  expect(isTooOld(version)).toBe(tooOld);
});

/** The id of a process that has ended. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('one installer at a time', () => {
  test('a lock left behind by a process that was killed is taken over', async () => {
    const root = writeTree({ '.install.lock': JSON.stringify([endedProcess()]) });
    const lock = join(root, '.install.lock');
    await takeLock(lock);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual([process.pid]);
    releaseLock(lock);
    expect(existsSync(lock)).toBe(false);
  });

  test('an npm that outlives its installer still holds the lock', async () => {
    const root = writeTree({ '.install.lock': JSON.stringify([endedProcess(), process.pid]) });
    const lock = join(root, '.install.lock');
    const taken = takeLock(lock).then(() => 'taken');
    expect(await Promise.race([taken, sleep(1000, 'waiting')])).toBe('waiting');
    releaseLock(lock);
    expect(await taken).toBe('taken');
  });

  test('processes that all find a left-behind lock still go one by one', async () => {
    const root = writeTree({ '.install.lock': JSON.stringify([endedProcess()]), order: '' });
    const order = join(root, 'order');
    const { href } = new URL('../bootstrap/install.mjs', import.meta.url);
    const script = `
      import { appendFileSync } from 'node:fs';
      import { takeLock, releaseLock } from '${href}';
      await takeLock(${JSON.stringify(join(root, '.install.lock'))});
      appendFileSync(${JSON.stringify(order)}, 'in ');
      await new Promise((resolve) => setTimeout(resolve, 50));
      appendFileSync(${JSON.stringify(order)}, 'out ');
      releaseLock(${JSON.stringify(join(root, '.install.lock'))});`;
    const args = ['--input-type=module', '--eval', script];
    const runs = Array.from({ length: 5 }, () => spawn(process.execPath, args));
    await Promise.all(runs.map((run) => new Promise((resolve) => run.once('exit', resolve))));
    expect(readFileSync(order, 'utf8')).toBe('in out '.repeat(5));
  });
});

describe('the closing line of a run', () => {
  const file = (status: string, tests: readonly string[]): object => ({
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  });

  test.each([
    [
      'counts every test',
      '1',
      [file('failed', ['passed', 'failed', 'skipped'])],
      '1 passed, 1 failed, 1 skipped',
    ],
    [
      'counts a file that does not load',
      '1',
      [file('failed', [])],
      '0 passed, 1 failed, 0 skipped',
    ],
    [
      'counts a run that ended badly',
      '1',
      [file('passed', ['passed'])],
      '1 passed, 1 failed, 0 skipped',
    ],
    ['counts a run that left no report', '137', undefined, '0 passed, 1 failed, 0 skipped'],
    [
      'counts a todo as skipped',
      '0',
      [file('passed', ['passed', 'todo'])],
      '1 passed, 0 failed, 1 skipped',
    ],
  ])('%s', (_, status, testResults, counts) => {
    const root = writeTree({ 'report.json': '' });
    const report = join(root, 'report.json');
    if (testResults !== undefined) appendFileSync(report, JSON.stringify({ testResults }));
    const script = new URL('../bootstrap/count.mjs', import.meta.url).pathname;
    const { stdout } = spawnSync(process.execPath, [script, report, status], { encoding: 'utf8' });
    expect(stdout).toBe(`${counts}\n`);
  });
});
