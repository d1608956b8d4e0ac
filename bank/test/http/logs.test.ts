import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLogFiles } from '../../src/log-files.ts';
import { createLog, createLogs } from '../../src/log.ts';

const noon = new Date('2026-11-21T12:00:00Z');

describe('what must not be in a log is not, also where somebody gives it to one', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', write: (line) => void lines.push(line), now: () => noon });
  beforeEach(() => void lines.splice(0));

  test.each([
    ['a bearer token', 'Authorization: Bearer abc.def', 'abc.def'],
    ['a JWT', 'token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln refused', 'eyJzdWIi'],
    ['an e-mail', 'no mailbox for ayesha.b+1@example.com there', 'ayesha'],
    ['a one-time code', 'the code 493027 was wrong', '493027'],
    ['an IBAN', 'account PK36SCBL0000001123456702 unknown', 'SCBL'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', 'MIIE'],
    ['half a private key', 'x -----BEGIN PRIVATE KEY-----\nMIIE', 'MIIE'],
    ['a password in an address', 'postgres://sikka:geheim@db.example/x', 'geheim'],
  ])('%s', (_, message, secret) => {
    log.error('x.failed', { message });
    expect(lines.join('')).toContain('[hidden]');
    expect(lines.join('')).not.toContain(secret);
  });

  test('numbers, tills and ids stay', () => {
    const fields = { till: '493027', count: 493_027, message: 'wallet 100000000008 of 12 rows' };
    log.warn('x.done', fields);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ...{ at: noon.toISOString(), level: 'warn', stream: 'application', event: 'x.done' },
      ...fields,
    });
  });

  test('nobody’s name starts a line of its own', () => {
    log.error('x.failed', { message: 'a\n{"level":"info"}' });
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('in files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sikka-logs-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('three streams, for their owner alone; two of them where the rest is quiet', async () => {
    const files = openLogFiles({ folder, now: () => noon });
    const logs = createLogs({ level: 'warn', files: true, now: () => noon, write: files.write });
    logs.application.info('a.quiet');
    logs.security.info('s.said');
    logs.transactions.info('t.said');
    files.close();
    expect((await readdir(folder)).sort()).toEqual([
      'application.log',
      'security.log',
      'transactions.log',
    ]);
    for (const stream of ['security', 'transactions']) {
      const file = path.join(folder, `${stream}.log`);
      expect(await readFile(file, 'utf8')).toContain('.said');
      expect((await stat(file)).mode & 0o077).toBe(0);
    }
    expect(await readFile(path.join(folder, 'application.log'), 'utf8')).toBe('');
  });

  test('a full file and a new day begin a new one, and fourteen are kept', async () => {
    let now = noon;
    const files = openLogFiles({ folder, now: () => now, mostBytes: 100 });
    for (let line = 0; line < 40; line += 1) {
      files.write('security', `${String(line).padStart(4, '0')} ${'x'.repeat(40)}\n`);
    }
    now = new Date('2026-11-22T00:00:01Z');
    files.write('security', 'tomorrow\n');
    files.close();
    const names = (await readdir(folder)).filter((name) => name.startsWith('security'));
    expect(names).toHaveLength(15);
    expect(await readFile(path.join(folder, 'security.log'), 'utf8')).toBe('tomorrow\n');
    const kept = names.sort().slice(0, -1);
    const texts = await Promise.all(kept.map((name) => readFile(path.join(folder, name), 'utf8')));
    const lines = texts.join('').trimEnd().split('\n');
    expect(lines).toHaveLength(28);
    expect(lines.at(-1)).toMatch(/^0039 /);
  });

  test('a folder that cannot be made is said at start', () => {
    const taken = path.join(folder, 'application.log', 'below');
    openLogFiles({ folder, now: () => noon }).close();
    expect(() => openLogFiles({ folder: taken, now: () => noon })).toThrow(/LOG_DIR/);
  });
});
