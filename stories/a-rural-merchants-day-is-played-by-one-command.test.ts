import { freePort } from '@sikka/bank/testing';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDataFolder } from './support/data-folder.ts';
import { isInstalled, run, sikka, sikkaFromSources } from './support/sikka.ts';
import type { Ran } from './support/sikka.ts';

const hasZbar = await isInstalled('zbarimg', '--version');
const hasZxing = await isInstalled('ZXingReader');
const hasOpenssl = await isInstalled('openssl', 'version');
const DEMO_SECONDS = 240;
/** spec/packets.md §2: the greatest version of a sealed payment. */
const GREATEST_VERSION = 17;

interface Result {
  readonly settled: number;
  readonly rejected: number;
  readonly double_spends_proved: number;
  readonly ledger_sum: string;
  readonly qr_version_max: number;
}

describe('a rural merchant’s day is played by one command', () => {
  let folder = '';
  let out = '';
  let ran: Ran;
  let env: Record<string, string> = {};

  beforeAll(async () => {
    folder = await makeDataFolder('demo');
    out = join(folder, 'out');
    env = { DATA_DIR: join(folder, 'data'), PORT: String(await freePort()) };
    ran = await sikkaFromSources(['demo', '--json', '--out', out], env);
  }, DEMO_SECONDS * 1_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  const pictures = async (): Promise<readonly string[]> =>
    (await readdir(out)).filter((name) => name.endsWith('.png'));

  it('ends well, and its last line is the result', () => {
    expect(ran.stderr).toBe('');
    const last = ran.stdout.trimEnd().split('\n').at(-1) ?? '';
    const result = JSON.parse(last) as Result;
    expect(result).toMatchObject({
      settled: 4,
      rejected: 1,
      double_spends_proved: 1,
      ledger_sum: '0',
    });
    expect(result.qr_version_max).toBeLessThanOrEqual(GREATEST_VERSION);
    expect(ran.status).toBe(0);
  });

  it('leaves three pictures an exchange', async () => {
    expect((await pictures()).length).toBe(15);
  });

  it.skipIf(!hasZbar)('every picture is read by zbarimg (skipped where it is absent)', async () => {
    for (const name of await pictures()) {
      const read = await run('zbarimg', ['-q', '--raw', join(out, name)]);
      expect(read.stdout, name).toMatch(/^SK1:[0-9A-Z $%*+\-./:]+\n$/);
    }
  });

  it.skipIf(!hasZxing)('every picture is read by ZXingReader (skipped where absent)', async () => {
    for (const name of await pictures()) {
      const read = await run('ZXingReader', [join(out, name)]);
      expect(read.stdout, name).toMatch(/SK1:/);
    }
  });

  it('the proof is accepted by anyone, with no network', async () => {
    const proof = join(out, 'proof-of-double-spend.sikka');
    const verdict = await sikka(['verify', proof, '--json']);
    expect(JSON.parse(verdict.stdout)).toMatchObject({ ok: true, code: 'double_spend' });
    expect(verdict.status).toBe(0);
  });

  it('a proof with one byte changed is refused', async () => {
    const bytes = await readFile(join(out, 'proof-of-double-spend.sikka'));
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    const changed = join(out, 'changed.sikka');
    await writeFile(changed, bytes);
    const verdict = await sikka(['verify', changed, '--json']);
    expect(JSON.parse(verdict.stdout)).toMatchObject({
      ok: false,
      code: 'payer_signature_invalid',
    });
    expect(verdict.status).toBe(1);
  });

  it('a payment picture is sealed: nobody but its payee can read it', async () => {
    const verdict = await sikka(['verify', join(out, 'payment-1-2-payment.png'), '--json']);
    expect(JSON.parse(verdict.stdout)).toMatchObject({ ok: false, code: 'not_checkable' });
    expect(verdict.status).toBe(2);
  });

  it('request and receipt pictures verify', async () => {
    for (const name of ['payment-1-1-request.png', 'payment-1-3-receipt.png']) {
      const verdict = await sikka(['verify', join(out, name), '--json']);
      expect(JSON.parse(verdict.stdout), name).toMatchObject({ ok: true, code: 'valid' });
    }
  });

  it.skipIf(!hasOpenssl)(
    'settlement receipts verify with openssl alone (skipped where it is absent)',
    async () => {
      const files = join(out, 'openssl');
      const verdict = await sikka(['verify', join(out, 'settlement-1.sikka'), '--export', files]);
      expect(verdict.status).toBe(0);
      const commands = verdict.stderr.trim().split('\n');
      expect(commands).toHaveLength(2);
      for (const command of commands) {
        const [program = '', ...args] = command.split(' ');
        const checked = await run(program, args);
        expect(checked.stdout.trim(), command).toBe('Verified OK');
      }
      const signed = (await readdir(files)).find((name) => name.endsWith('.signed')) ?? '';
      const bytes = await readFile(join(files, signed));
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      await writeFile(join(files, signed), bytes);
      const [program = '', ...args] = commands[0]?.split(' ') ?? [];
      expect((await run(program, args)).status).toBe(1);
    },
  );

  it(
    'can be played again on the same bank',
    async () => {
      const again = await sikka(['demo', '--json', '--out', join(folder, 'again')], env);
      const last = again.stdout.trimEnd().split('\n').at(-1) ?? '';
      expect(JSON.parse(last)).toMatchObject({ settled: 4, rejected: 1, ledger_sum: '0' });
    },
    DEMO_SECONDS * 1_000,
  );
});
