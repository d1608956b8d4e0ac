import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openPayer } from '../src/payer/index.ts';
import { partsIn, PIN, temporaryFolder } from './support/folders.ts';
import { createWorld, expectOk } from './support/world.ts';
import type { World } from './support/world.ts';

interface Line {
  readonly ok: boolean;
  readonly code: string;
  readonly text: string;
}

const SCRIPT = fileURLToPath(new URL('support/paying-process.ts', import.meta.url));

interface PayingProcess {
  /** Lets it begin; answers its lines when it ends, killed after so many if asked. */
  pay(killAfterLines?: number): Promise<readonly Line[]>;
}

/** Starts a paying process and waits until it is ready to begin. */
async function startPaying(
  { folder, now }: { readonly folder: string; readonly now: number },
  requests: readonly string[],
): Promise<PayingProcess> {
  const args = ['--import', 'tsx', SCRIPT, folder, PIN, String(now), ...requests];
  const child = spawn(process.execPath, args);
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve();
      else reject(new Error(errors));
    });
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await Promise.race([once(child.stdout, 'data'), ended]);
  return {
    async pay(killAfterLines = Infinity) {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.split('\n').length > killAfterLines) child.kill('SIGKILL');
      });
      child.stdin.write('go');
      await ended;
      const whole = text.split('\n').slice(0, -1);
      return whole.map((line) => JSON.parse(line) as Line);
    },
  };
}

/** A wallet in a folder with an allowance, as another process will find it. */
async function walletInFolder(world: World) {
  const folder = await temporaryFolder();
  const phone = await world.phone('ayesha');
  const open = async () => expectOk(await openPayer(await partsIn(phone, folder))).payer;
  const payer = await open();
  expectOk(await payer.enrol({ role: 'payer' }));
  expectOk(await payer.requestAllowance(500_000n));
  return { place: { folder, now: world.bank.time.now }, open, payer };
}

async function requestsOf(world: World, count: number) {
  const { payee } = await world.payee();
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    texts.push(expectOk(await payee.createRequest({ amountMinor: 100n })).text);
  }
  return { payee, texts };
}

describe('two processes on one wallet', () => {
  it('never sign one sequence twice, whatever they pay at once', async () => {
    const world = await createWorld();
    const { place, open } = await walletInFolder(world);
    const { payee, texts } = await requestsOf(world, 16);
    const halves = [texts.slice(0, 8), texts.slice(8)];
    const both = await Promise.all(halves.map((half) => startPaying(place, half)));
    const lines = (await Promise.all(both.map((each) => each.pay()))).flat();
    expect(lines.map(({ ok }) => ok)).toEqual(texts.map(() => true));
    // The till compares every pair under the allowance: one sequence twice would be a proof.
    for (const { text } of lines) {
      expect(expectOk(await payee.accept(text)).verdict).toBe('accepted');
    }
    expectOk(await payee.sync());
    const sequences = world.bank.ledger
      .settledInAll()
      .map(({ payment }) => payment.fields.sequence);
    expect(sequences).toEqual(texts.map((_, index) => index + 1));
    expect(expectOk(await (await open()).state()).leftMinor).toBe(500_000n - 1_600n);
  });

  it('pay one request once, and the second shows the payment of the first', async () => {
    const world = await createWorld();
    const { place } = await walletInFolder(world);
    const { texts } = await requestsOf(world, 8);
    const both = await Promise.all([startPaying(place, texts), startPaying(place, texts)]);
    const [a, b] = await Promise.all(both.map((each) => each.pay()));
    for (const [index] of texts.entries()) {
      const pair = [a?.[index], b?.[index]];
      expect(pair.map((line) => line?.code).toSorted()).toEqual(['', 'request_already_paid']);
      expect(pair[0]?.text).toBe(pair[1]?.text);
    }
  });

  it('killed in the middle leave nothing half done and no lock behind', async () => {
    const world = await createWorld();
    const { place, open } = await walletInFolder(world);
    const { payee, texts } = await requestsOf(world, 20);
    const shown: string[] = [];
    for (const killAfter of [1, 3]) {
      const lines = await (await startPaying(place, texts)).pay(killAfter);
      shown.push(...lines.map(({ text }) => text));
    }
    const payer = await open();
    for (const text of texts) {
      const paid = await payer.pay(text);
      shown.push(paid.ok ? paid.text : (paid.payment?.text ?? 'nothing'));
    }
    // Everything ever shown is one of 20 payments, each always with the same bytes.
    const distinct = [...new Set(shown)];
    expect(distinct).toHaveLength(texts.length);
    for (const text of distinct) expect(expectOk(await payee.accept(text)).ok).toBe(true);
    expectOk(await payee.sync());
    expect([...world.bank.ledger.paid.values()]).toEqual([2_000n]);
  });
});
