import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { removeEmbeddedPostgres } from '../../src/db/index.ts';
import { createTestDatabase } from '../support/index.ts';
import { run as runProgram, runFromSources } from '../support/program.ts';
import type { Program } from '../support/program.ts';

/** A bank that is no demo, and not in production. */
const NO_DEMO = {
  ...{ DEMO_MODE: 'off', BANK_ID: 'bank-of-chakwal' },
  ...{ SECRET_KEY: 'kJ8vQ2mX5nB7cR4tY6uW9zA1sD3fG0hL', MASTER_KEY: '0f'.repeat(32) },
};

let dataDir: string;
beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sikka-start-'));
  // Where we are root PostgreSQL's own account passes through, so that its data is in here too.
  await chmod(folder, 0o711);
  dataDir = path.join(folder, 'data');
});
afterAll(async () => {
  // There is none any more, but where a test failed.
  await removeEmbeddedPostgres({ dataDir, log: () => undefined });
  await rm(path.dirname(dataDir), { recursive: true, force: true });
});

const started: Program[] = [];
afterEach(async () => {
  for (const { signal } of started) signal('SIGTERM');
  await Promise.all(started.splice(0).map(({ ended }) => ended));
});

type Env = Readonly<Record<string, string>>;

function run(file: 'main.ts' | 'reset.ts', env: Env, ...args: string[]): Program {
  const program = runProgram(`bank/src/${file}`, { DATA_DIR: dataDir, ...env }, ...args);
  started.push(program);
  return program;
}

test('the first start says each step, serves, and stops when told', async () => {
  const bank = runFromSources('bank/src/main.ts', { DATA_DIR: dataDir });
  started.push(bank);
  const [, url = ''] = await bank.printed(/ready +(http:\/\/127\.0\.0\.1:\d+) +\(\d+\.\d s/);
  for (const step of ['database', 'migrations', 'keys', 'accounts']) {
    expect(bank.text()).toMatch(new RegExp(`^ +${step} `, 'm'));
  }
  const home = await fetch(url);
  expect(home.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await home.text();
  for (const word of ['Demo.', 'ayesha', 'npm run demo', '/openapi.json']) {
    expect(page).toContain(word);
  }
  expect(page).not.toMatch(/<script|<style| style=| on\w+=/);
  const style = await fetch(`${url}/style.css`);
  expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');

  const refused = run('reset.ts', {}, '--yes');
  expect(await refused.ended).toBe(1);
  expect((await fetch(`${url}/health`)).status).toBe(200);

  bank.signal('SIGTERM');
  expect(await bank.ended).toBe(0);
}, 240_000);

test('keys lie where only their owner reads them', async () => {
  for (const name of ['token.key', 'master.key']) {
    expect((await stat(path.join(dataDir, name))).mode & 0o777).toBe(0o600);
  }
});

test('a port that is taken is one line, said before anything is started', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const bank = run('main.ts', { PORT: String(port) });
  expect(await bank.ended).toBe(1);
  const lines = bank.text().trim().split('\n');
  expect(lines.at(-1)).toBe(
    `Port ${port} is taken by another program. Choose another with PORT, ` +
      `for example: PORT=${port + 100} npm start`,
  );
  expect(bank.text()).not.toContain('database');
  other.close();
});

describe('a bank that cannot start says why, in words, with exit code 1', () => {
  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['settings', { PORT: 'x', LOG_LEVEL: 'x' }, /PORT must be .*\nLOG_LEVEL must be/],
    ['production', { NODE_ENV: 'production' }, /SECRET_KEY is not set.*\nBANK_ID is not set/],
    ['an address of another machine', { HOST: '192.0.2.1' }, /Cannot listen on 192\.0\.2\.1/],
    [
      'no database, and what else it was told',
      { ...NO_DEMO, DATABASE_URL: 'postgres://x@127.0.0.1:1/x' },
      /warning +NODE_ENV is not.*\n +warning +PUBLIC_URL[^]*127\.0\.0\.1:1 cannot be used/,
    ],
  ])('%s', async (_, env, says) => {
    const bank = run('main.ts', env);
    expect(await bank.ended).toBe(1);
    expect(bank.text()).toMatch(says);
    expect(bank.text()).not.toMatch(/\n +at /);
  });
});

test('two banks on one database serve one set of people', async () => {
  const database = await createTestDatabase();
  const env = { DATABASE_URL: database.url };
  const banks = [run('main.ts', env), run('main.ts', env)];
  for (const bank of banks) {
    await bank.printed(/ready +http/);
    bank.signal('SIGINT');
  }
  expect(await Promise.all(banks.map(({ ended }) => ended))).toEqual([0, 0]);
  const { rows } = await database.ownerPool.query<{ people: bigint; house: bigint; sum: bigint }>(
    `select (select count(*) from accounts) as people,
       (select count(*) from house_accounts) as house,
       (select sum(balance)::bigint from ledger_balances) as sum`,
  );
  expect(rows).toEqual([{ people: 4n, house: 3n, sum: 0n }]);
  await database.drop();
});

describe('reset', () => {
  test('without a word from a person removes nothing', async () => {
    const reset = run('reset.ts', {});
    expect(await reset.ended).toBe(1);
    expect(reset.text()).toContain('npm run reset -- --yes');
    expect(existsSync(path.join(dataDir, 'master.key'))).toBe(true);
  });

  test('never touches a database that is not its own', async () => {
    const reset = run('reset.ts', { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' }, '--yes');
    expect(await reset.ended).toBe(1);
    expect(reset.text()).toContain('DATABASE_URL');
  });

  test('says what it removes, then removes it', async () => {
    const reset = run('reset.ts', {}, '--yes');
    expect(await reset.ended).toBe(0);
    expect(reset.text()).toMatch(/accounts, balances[^]*master\.key[^]*token\.key[^]*Removed/);
    expect(await readdir(dataDir)).toEqual([]);
  });
});
