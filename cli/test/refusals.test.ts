import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI_CODES } from '../src/errors.ts';
import type { CliCode, CliError } from '../src/errors.ts';
import type { Output } from '../src/output.ts';
import { writeQrPng } from '../src/qr/write.ts';
import { run } from '../src/run.ts';
import { tokenCommand } from '../src/token.ts';
import { verifyCommand } from '../src/verify/command.ts';
import { createWalletConfig } from '../src/wallet/config.ts';
import { walletCommand } from '../src/wallet/command.ts';

const silent: Output = { line: () => undefined, progress: () => undefined };
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';

let folder = '';
const inFolder = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sikka-cli-'));
  await writeFile(inFolder('empty.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
  await writeFile(inFolder('packet.sikka'), Uint8Array.of(0x82, 0x01, 0x02));
  await writeFile(inFolder('wallet.json'), '{}');
  await writeQrPng(inFolder('picture.png'), 'SK1:ABC');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const decideSoSo = ['disputes', 'decide', '1', '--outcome', 'so-so', '--reason', 'Seen.'];

type Refusal = readonly [CliCode, string, () => Promise<unknown>];

const refusals: readonly Refusal[] = [
  ['cli/usage', 'an unknown option', () => verifyCommand(['x', '--colour'], silent)],
  ['cli/usage', 'no file named', () => verifyCommand([], silent)],
  ['cli/usage', 'an unknown role', () => tokenCommand(['--role', 'king'], silent)],
  ['cli/usage', 'a token for nobody', () => tokenCommand([], silent)],
  ['cli/usage', 'a command that only objects have', () => run(['constructor'], silent)],
  ['cli/usage', 'help for no command', () => run(['help', 'toString'], silent)],
  ['cli/usage', 'an action that only objects have', () => walletCommand(['toString'], silent)],
  ['cli/usage', 'an unknown action', () => walletCommand(['fly'], silent)],
  ['cli/usage', 'enrolling nobody', () => walletCommand(['enrol'], silent)],
  ['cli/usage', 'a review of no action', () => run(['review'], silent)],
  ['cli/usage', 'a release without a reason', () => run(['review', 'release', '1'], silent)],
  ['cli/usage', 'a case with half a decision', () => run(['case', 'decide', 'x'], silent)],
  ['cli/usage', 'a dispute decided otherwise', () => run(decideSoSo, silent)],
  [
    'cli/usage',
    'disputes of a third kind',
    () => run(['disputes', 'list', '--status', 'lost'], silent),
  ],
  ['cli/usage', 'held items of two uploads', () => run(['held', 'retry', '1', '2'], silent)],
  ['cli/usage', 'books that are not exported', () => run(['books', 'cook'], silent)],
  ['cli/usage', 'books as a picture', () => run(['books', 'export', '--format', 'png'], silent)],
  ['cli/file_unreadable', 'no such file', () => verifyCommand([inFolder('none')], silent)],
  ['cli/no_qr_found', 'a picture of nothing', () => verifyCommand([inFolder('empty.png')], silent)],
  [
    'cli/issuers_missing',
    'no keys and no bank',
    () => verifyCommand([inFolder('packet.sikka'), '--bank', NOWHERE], silent),
  ],
  [
    'cli/issuers_missing',
    'a key file that is not there',
    () => verifyCommand([inFolder('packet.sikka'), '--issuers', inFolder('none')], silent),
  ],
  [
    'cli/key_missing',
    'no bank on this machine',
    () => tokenCommand(['--account', 'ayesha', '--data-dir', inFolder('none')], silent),
  ],
  [
    'cli/wallet_missing',
    'no wallet enrolled',
    () => walletCommand(['history', '--dir', inFolder('none'), '--pin', '2468'], silent),
  ],
  ['cli/usage', 'a till of no kind', () => run(['till', '5'], silent)],
  [
    'cli/radio_missing',
    'a till on a machine without bleno or an adapter',
    () => run(['till', 'open', '--bluetooth', '--dir', folder, '--pin', '2468'], silent),
  ],
  [
    'cli/wallet_exists',
    'a second wallet in one folder',
    () => walletCommand(['enrol', '--account', 'a', '--dir', folder, '--pin', '2468'], silent),
  ],
  [
    'cli/bank_unreachable',
    'enrolling with no bank',
    () =>
      createWalletConfig({
        folder: inFolder('new'),
        bankUrl: NOWHERE,
        account: 'ayesha',
        currency: 'PKR',
        dataDir: folder,
      }),
  ],
];

describe('what the command line refuses, and how it says so', () => {
  it.each(refusals)('%s: %s', async (code, _, act) => {
    const refused = await act().then(
      () => undefined,
      (error: unknown) => error as CliError,
    );
    expect(refused?.code).toBe(code);
    // A sentence for a person, not a stack or an object.
    expect(refused?.message).toMatch(/^[^{[].{10,}/s);
  });

  it('a token needs the bank’s own key, which is never printed', async () => {
    const secret = 'a-secret-of-more-than-thirty-two-characters-0123456789';
    await writeFile(inFolder('token.key'), `${secret}\n`);
    const lines: string[] = [];
    const out: Output = { line: (text = '') => lines.push(text), progress: (t) => lines.push(t) };
    expect(await tokenCommand(['--role', 'pay_admin', '--data-dir', folder], out)).toBe(0);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(secret);
    const [header, claims] = (lines[0] ?? '')
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown);
    expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt' });
    expect(claims).toMatchObject({ sub: 'operator', roles: ['pay_admin'] });
  });

  it('every code but those of a running bank is in this table', () => {
    const here = new Set(refusals.map(([code]) => code));
    const withBank: readonly CliCode[] = ['cli/bank_refused', 'cli/wallet_refused'];
    expect(CLI_CODES.filter((code) => !here.has(code) && !withBank.includes(code))).toEqual([]);
  });
});
