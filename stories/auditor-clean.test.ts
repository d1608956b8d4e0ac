import { audit, CHECKS } from '@sikka/auditor';
import { programFile } from '@sikka/bank/testing';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { busyMonth } from './auditor-town/busy-month.ts';
import type { BusyMonth } from './auditor-town/busy-month.ts';

let month: BusyMonth;
beforeAll(async () => {
  month = await busyMonth();
}, 180_000);
afterAll(() => month.town.drop());

test('the month has in it what an auditor has to understand', () => {
  expect(month.said.get('settled')).toBeGreaterThan(250);
  const codes = ['double_spend', 'contradiction', 'wrong_payee', 'over_per_payment', 'malformed'];
  const more = ['claim_window_closed', 'payer_signature_invalid', 'issuer_signature_invalid'];
  const byKey = ['nonce_conflict', 'payee_mismatch', 'insufficient_funds', 'payer_key_unknown'];
  const refunds = [
    'return_conflict',
    'refund_over_amount',
    'refund_conflict',
    'refund_unknown_payment',
    'recorded',
  ];
  expect([...month.said.keys()]).toEqual(
    expect.arrayContaining([...codes, ...more, ...byKey, ...refunds]),
  );
});

describe('an honest bank, while it runs', () => {
  test('passes every check, with the keys and checkpoints kept outside', async () => {
    const { town, kept, last, receipt } = month;
    const report = await audit({
      databaseUrl: town.bank.databaseUrl,
      trustedIssuers: await town.issuers(),
      keptCheckpoints: [kept, last, receipt],
    });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report).toMatchObject({ ok: true, bank: 'sikka-demo', warnings: [] });
    expect(report.checks.map(({ name }) => name)).toEqual(Object.keys(CHECKS));
    const guarantees = report.checks.find(({ name }) => name === 'guarantees');
    expect(guarantees?.rows).toBe(1);
    expect(guarantees?.detail).toMatch(/1000000, 2000000, 30/);
    // Each check had something to look at; orders and ledgers have stories of their own.
    const idle = report.checks.filter(({ rows }) => rows === 0);
    expect(idle.map(({ name }) => name)).toEqual(['orders', 'sealed ledgers']);
  });

  test('says at the command line what became of its cases', async () => {
    const { bank, home } = month.town;
    const options = ['--bank', bank.url, '--data-dir', home.dataDir];
    const command = [programFile('cli/src/main.ts'), 'case', 'list', ...options];
    const { stdout } = await promisify(execFile)(process.execPath, command);
    expect(stdout).toMatch(
      /the bank bears it, which paid 2\.50 PKR to wallet \d{12}; account: keep/,
    );
    expect(stdout).toMatch(/the payee bears it; account: keep/);
    expect(stdout).toMatch(/open$/m);
  });

  test('passes without them, and the report says what that leaves open', async () => {
    const report = await audit({ databaseUrl: month.town.bank.databaseUrl });
    expect(report.ok).toBe(true);
    expect(report.warnings).toEqual([
      expect.stringMatching(/issuer keys are the database's own/),
      expect.stringMatching(/No checkpoint/),
    ]);
  });

  test('is audited by a user who may read and nothing else', async () => {
    const url = new URL(month.town.bank.databaseUrl);
    const owner = new pg.Client({ connectionString: url.href });
    await owner.connect();
    const name = `auditor_${url.pathname.slice(1)}`;
    try {
      await owner.query(readerSql(name));
      url.username = name;
      url.password = 'reads-only';
      const report = await audit({ databaseUrl: url.href, keptCheckpoints: [month.last] });
      expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    } finally {
      await owner.query(`revoke all on all tables in schema public from ${name}`);
      await owner.query(`drop role ${name}`);
      await owner.end();
    }
  });

  test('has the balances that its transfers add up to', async () => {
    const { balances } = await audit({ databaseUrl: month.town.bank.databaseUrl });
    const [total] = balances.totals;
    expect(total).toMatchObject({ currency: 586, sumMinor: 0n });
    expect(balances.walletCount).toBe(8);
    expect(balances.wallets).toHaveLength(8);
    const held = balances.wallets.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n);
    expect(held + (total?.reservedMinor ?? 0n)).toBe(-(total?.bankMinor ?? 0n));
    // What a key pays leaves an offline wallet; what settles comes into a current one.
    const paid = balances.wallets.filter(({ kind }) => kind === 'current');
    const settled = paid.map(({ movedMinor }) => movedMinor['settlement'] ?? 0n);
    expect(settled.reduce((sum, minor) => sum + minor, 0n)).toBe(total?.settledMinor);
  });
});

describe('where no audit can be made', () => {
  test('a database that is no bank is refused by name', async () => {
    const databaseUrl = inject('adminUrl');
    await expect(audit({ databaseUrl })).rejects.toMatchObject({ code: 'auditor/not_a_bank' });
  });

  test('a server that does not answer', async () => {
    const databaseUrl = 'postgres://nobody@127.0.0.1:1/nothing';
    await expect(audit({ databaseUrl })).rejects.toMatchObject({ code: 'auditor/unreachable' });
  });

  test('a user who may not read', async () => {
    const url = new URL(month.town.bank.databaseUrl);
    const owner = new pg.Client({ connectionString: url.href });
    await owner.connect();
    const name = `stranger_${url.pathname.slice(1)}`;
    try {
      await owner.query(`create role ${name} login password 'none'`);
      url.username = name;
      url.password = 'none';
      const audited = audit({ databaseUrl: url.href });
      await expect(audited).rejects.toMatchObject({ code: 'auditor/not_permitted' });
    } finally {
      await owner.query(`drop role ${name}`);
      await owner.end();
    }
  });

  test('what was kept is no checkpoint', async () => {
    const databaseUrl = month.town.bank.databaseUrl;
    const keptCheckpoints = [month.kept, new Uint8Array(9)];
    await expect(audit({ databaseUrl, keptCheckpoints })).rejects.toMatchObject({
      code: 'auditor/not_a_checkpoint',
    });
  });
});

/** All that an auditor's role needs: not the bank's sealed private keys. */
function readerSql(name: string): string {
  return `
    create role ${name} login password 'reads-only';
    grant select on all tables in schema public to ${name};
    revoke select on issuer_keys, sealing_keys, wallet_keys, bank_secrets, personal_data,
      person_keys, passwords, otp_challenges, sessions, refresh_tokens, mails, webhooks, passkeys,
      idempotency_keys from ${name};
    grant select (number, suite, public_key, created_at, valid_from, valid_until)
      on issuer_keys to ${name};
    grant select (id, wallet, modulus, origin, vault, created_at, retired_at)
      on wallet_keys to ${name}`;
}
