import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toBase64url } from '@sikka/api';
import { programFile } from '@sikka/bank/testing';
import { qrText } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrol, openPurse, pay } from './auditor-town/phone.ts';
import { copyOf } from './auditor-town/copy.ts';
import { startTown } from './auditor-town/town.ts';
import type { RunningTown } from './auditor-town/town.ts';

/** `sikka audit`, as a person runs it. */

let town: RunningTown;
let folder: string;
let files: Readonly<Record<'issuers' | 'checkpoint' | 'text' | 'all' | 'broken', string>>;
/** As the bank published the first two, one a page. */
const pages: string[] = [];

beforeAll(async () => {
  town = await startTown();
  const ayesha = town.client('ayesha');
  await town.load(ayesha, '100.00');
  const purse = await openPurse(await enrol(ayesha, 'ayesha', 'payer'), 5_000n);
  const { current: wallet } = await town.wallets(town.client('bilal'));
  const { packet } = await pay(purse, { amountMinor: 1_250n, wallet });
  await town.hand(ayesha, [packet]);
  await town.settleDown();
  // Another checkpoint, after the one over the payment.
  await town.load(ayesha, '1.00');
  await town.settleDown();
  const [issuers, checkpoint] = [await town.issuers(), await town.checkpoint()];
  const published = `${town.bank.url}/api/v1/log/checkpoints`;
  const all = await (await fetch(published)).text();
  for (const from of ['1', '2']) {
    pages.push(await (await fetch(`${published}?from=${from}&limit=1`)).text());
  }
  await town.stop();

  folder = await mkdtemp(path.join(tmpdir(), 'sikka-audit-command-'));
  const keys = [...issuers.values()].map(({ number, suite, publicKey }) => {
    return { number, suite, public_key: toBase64url(publicKey) };
  });
  files = {
    issuers: await write('issuers.json', JSON.stringify({ keys })),
    checkpoint: await write('checkpoint.sikka', checkpoint),
    text: await write('checkpoint.txt', qrText(checkpoint)),
    all: await write('checkpoints.json', all),
    broken: await write('broken.json', '{"keys": [{"number": "one"}]}'),
  };
}, 120_000);

afterAll(async () => {
  await town.drop();
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function sikka(...args: readonly string[]): Promise<Ran> {
  const env = { ...process.env, DATABASE_URL: '', DATA_DIR: folder };
  return new Promise((resolve) => {
    const node = [programFile('cli/src/main.ts'), 'audit', ...args];
    const child = execFile(process.execPath, node, { env }, (_error, out, err) => {
      resolve({ status: child.exitCode ?? -1, out, err });
    });
  });
}

test('all is well: a line a check, the balances, the verdict', async () => {
  const { url } = town.home;
  const kept = ['--checkpoint', files.checkpoint, `--checkpoint=${files.text}`];
  const { status, out, err } = await sikka('--database', url, '--issuers', files.issuers, ...kept);
  expect(err).not.toContain('Error');
  expect(status).toBe(0);
  expect(out).toMatch(/^✓ issuer keys +1 {2}/);
  expect(out).toMatch(/✓ payments +1 {2}/);
  expect(out).toMatch(/✓ kept checkpoints +2 {2}/);
  expect(out).toMatch(/\d{4} \d{4} \d{4} {2}current +PKR 1012\.50 {2}= deposit PKR 1000\.00/);
  expect(out).toContain('settled offline PKR 12.50');
  expect(out).toContain('sum PKR 0.00');
  expect(out).toMatch(/ALL IS WELL {2}sikka-demo, as of .*31 checks/);
  expect(out).not.toContain('Note:');
});

test('checkpoints come by the file, as the bank publishes them', async () => {
  const { checkpoints } = JSON.parse(await readFile(files.all, 'utf8')) as {
    readonly checkpoints: readonly unknown[];
  };
  const { status, out } = await sikka('--database', town.home.url, '--checkpoint', files.all);
  expect(status).toBe(0);
  const kept = new RegExp(`✓ kept checkpoints +${checkpoints.length} {2}`);
  expect(out).toMatch(kept);
  expect(out).toMatch(new RegExp(`✓ consistency +${2 * checkpoints.length} {2}`));
});

test('or from where they are published, page by page', async () => {
  const server = createServer(({ url }, response) => {
    const page = pages[url?.includes('from=2') === true ? 1 : 0] ?? '';
    response.end(page.replace(/,"next":3\b/, ''));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const from = `http://127.0.0.1:${port}/api/v1/log/checkpoints`;
    const { status, out } = await sikka('--database', town.home.url, '--checkpoint', from);
    expect(status).toBe(0);
    const count = pages.join('').split('"packet"').length - 1;
    expect(count).toBe(2);
    expect(out).toMatch(/✓ kept checkpoints +2 {2}/);
  } finally {
    server.close();
  }
});

test('without keys and checkpoints it says what that leaves open', async () => {
  const { status, out } = await sikka('--database', town.home.url);
  expect(status).toBe(0);
  expect(out.match(/^Note: /gm)).toHaveLength(2);
});

test('something is wrong: the row is named, and the status says so', async () => {
  const copy = await copyOf(town.home);
  try {
    await copy.execute('update settled_payments set amount = amount - 1');
    const { status, out } = await sikka('--database', copy.url);
    expect(status).toBe(1);
    expect(out).toMatch(/✗ payments +1 {2}1 WRONG/);
    expect(out).toMatch(/first +settled_payments, allowance_no \d+, sequence 1/);
    expect(out).toMatch(/expected +1250\n +found +1249/);
    expect(out).toContain('SOMETHING IS WRONG');

    const json = await sikka('--database', copy.url, '--json');
    expect(json.status).toBe(1);
    expect(json.err).toBe('');
    const report = JSON.parse(json.out) as { ok: boolean; checks: readonly { name: string }[] };
    expect(report.ok).toBe(false);
    expect(report.checks.find(({ name }) => name === 'payments')).toMatchObject({
      ok: false,
      firstWrong: { table: 'settled_payments', expected: '1250', found: '1249' },
    });
  } finally {
    await copy.drop();
  }
});

describe('what cannot be audited ends with 2 and a sentence', () => {
  test.each([
    ['no bank', () => [], 'cli/bank_unreachable'],
    ['no server', () => ['--database', 'postgres://x@127.0.0.1:1/x'], 'cli/bank_unreachable'],
    ['no keys', () => ['--issuers', path.join(folder, 'none')], 'cli/issuers_missing'],
    ['broken keys', () => ['--issuers', files.broken], 'cli/issuers_missing'],
    ['no file', () => ['--checkpoint', path.join(folder, 'none')], 'cli/file_unreadable'],
    ['no checkpoint', () => ['--checkpoint', files.issuers], 'cli/file_unreadable'],
    ['no packet', () => ['--checkpoint', files.broken], 'cli/file_unreadable'],
    ['no address', () => ['--checkpoint', 'http://127.0.0.1:1/x'], 'cli/bank_unreachable'],
    ['no name', () => ['--checkpoint'], 'cli/usage'],
    ['another word', () => ['everything'], 'cli/usage'],
  ] as const)('%s', async (name, args, code) => {
    const database = name === 'no bank' || name === 'no server' ? [] : [town.home.url];
    const given = database.flatMap((url) => ['--database', url]);
    const { status, err } = await sikka(...given, ...args());
    expect(err).toContain(`(${code})`);
    expect(err).not.toMatch(/^\s+at /m);
    expect(status).toBe(2);
  });
});
