import { audit } from '@sikka/auditor';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { run } from './support/sikka.ts';

/** http-api.md: clients of the wallet backend, of two generations, work unchanged. */

const CLIENT = fileURLToPath(new URL('python/older_client.py', import.meta.url));
const probe = await run('python3', ['-c', 'import requests, cryptography']).catch(() => undefined);
const hasPython = probe?.status === 0;
const needs = hasPython ? '' : ' (skipped: needs python3 with requests and cryptography)';

interface SyncAnswer {
  readonly results: readonly {
    readonly transaction_id: number | null;
    readonly reference: string | null;
    readonly result: string;
    readonly error_reason: string | null;
  }[];
  readonly synced: readonly { readonly amount: string }[];
  readonly total_synced: number;
  readonly total_failed: number;
}

interface Verdict {
  readonly valid: boolean;
  readonly signature_valid: boolean;
  readonly hash_valid: boolean;
  readonly transaction_data: Readonly<Record<string, unknown>> | null;
}

/** What the client prints (stories/python/older_client.py). */
interface Played {
  readonly first: SyncAnswer;
  readonly second: SyncAnswer;
  readonly payee: SyncAnswer;
  readonly attested_again: SyncAnswer;
  readonly confirmed: Readonly<Record<string, unknown>>;
  readonly confirmed_by_payer: Readonly<Record<string, unknown>>;
  readonly listed: readonly Readonly<Record<string, unknown>>[];
  readonly only_confirmed: readonly Readonly<Record<string, unknown>>[];
  readonly history: readonly Readonly<Record<string, unknown>>[];
  readonly payee_history: readonly Readonly<Record<string, unknown>>[];
  readonly verified: Readonly<Record<'good' | 'same' | 'forged' | 'other_key', Verdict>>;
  readonly local_balances: readonly string[];
  readonly payer: Readonly<Record<string, unknown>>;
  readonly payee_me: Readonly<Record<string, unknown>>;
  readonly payee_current: Readonly<Record<string, unknown>>;
  readonly payer_offline: Readonly<Record<string, unknown>>;
  readonly signatures: readonly string[];
}

describe.skipIf(!hasPython)(`two generations of an older wallet client${needs}`, () => {
  let story: StoryBank;
  beforeAll(async () => {
    story = await openStoryBank();
  }, 120_000);
  afterAll(() => story.stop());

  it.each(['older', 'newer'])('the %s one pays from sign-up to the receipt', async (generation) => {
    const ran = await run('python3', ['-B', CLIENT, story.bank.url, generation]);
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    const played = JSON.parse(ran.stdout) as Played;
    expectSynced(played);
    expectShown(played);
    expectVerdicts(played);
  });

  it('and afterwards an auditor finds nothing wrong, and the sum is zero', async () => {
    const report = await audit({ databaseUrl: story.bank.databaseUrl });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.balances.totals.map(({ sumMinor }) => sumMinor)).toEqual([0n]);
  });
});

const outcomes = ({ results }: SyncAnswer) => results.map(({ result }) => result);

function expectSynced({ first, second, payee, attested_again: again }: Played): void {
  expect(outcomes(first)).toEqual(['synced', 'synced', 'synced', 'failed', 'failed']);
  expect(first.synced.map(({ amount }) => amount)).toEqual(['500.00', '250.50', '100.00']);
  expect(first.results.map(({ error_reason: reason }) => reason)).toEqual([
    ...[null, null, null],
    'Invalid or missing transaction signature',
    'Missing required fields: currency, nonce, receiver_public_key, sender_wallet_id, timestamp',
  ]);
  expect([first.total_synced, first.total_failed]).toEqual([3, 2]);
  // The same again, and from the other side: the first answers.
  expect(second.results).toEqual(first.results.slice(0, 3));
  expect(second.synced).toEqual(first.synced);
  expect(outcomes(payee)).toEqual(['synced', 'synced']);
  expect(payee.results[1]?.transaction_id).toBe(first.results[0]?.transaction_id);
  expect(outcomes(again)).toEqual(['synced']);
}

function expectShown(played: Played): void {
  const [id] = played.first.results.map(({ transaction_id: each }) => each);
  const confirmed = { transaction_id: id, amount: '500.00', status: 'confirmed' };
  expect(played.confirmed).toMatchObject({ ...confirmed, receiver_balance: '850.50' });
  expect(played.confirmed_by_payer).toMatchObject({ ...confirmed, receiver_balance: null });
  expect(played.local_balances).toEqual(['1500.00', '1249.50', '1149.50']);
  expect(played.listed.map(({ status }) => status)).toEqual(['synced', 'synced', 'confirmed']);
  expect(played.listed.map(({ amount }) => amount)).toEqual(['100.00', '250.50', '500.00']);
  expect(played.listed.at(-1)).toMatchObject({
    id,
    transaction_signature: played.signatures[0],
    confirmed_at: expect.any(String) as string,
  });
  expect(played.only_confirmed.map((each) => each['id'])).toEqual([id]);
  expect(played.history.map(({ sync_coverage: coverage }) => coverage).sort()).toEqual([
    'both',
    'sender_only',
    'sender_only',
  ]);
  expect(played.history.every(({ perspective }) => perspective === 'sender')).toBe(true);
  expect(played.payee_history).toHaveLength(3);
  expect(played.payee_history.every(({ perspective }) => perspective === 'receiver')).toBe(true);
  expect(played.payee_current).toMatchObject({ balance: '850.50' });
  expect(played.payer_offline).toMatchObject({ balance: '1149.50', reserved: '0.00' });
  expect(played.payer).toMatchObject({ totalBalance: '2149.50', offlineBalance: '1149.50' });
  expect(played.payee_me).toMatchObject({ totalBalance: '850.50', offlineBalance: '0.00' });
}

function expectVerdicts({ verified, first }: Played): void {
  const valid = { valid: true, signature_valid: true, hash_valid: true };
  expect(verified.good).toMatchObject(valid);
  expect(verified.same).toMatchObject(valid);
  expect(verified.good.transaction_data).toMatchObject({ nonce: first.results[0]?.reference });
  expect(verified.forged).toMatchObject({ valid: false, signature_valid: false });
  expect(verified.other_key).toMatchObject({ valid: false, signature_valid: false });
  expect(verified.other_key.hash_valid).toBe(true);
}
