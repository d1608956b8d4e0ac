import { audit } from '@sikka/auditor';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { run } from './support/sikka.ts';

/** http-api.md, "Devices and bundles": tills of the older format work unchanged. */

const CLIENT = fileURLToPath(new URL('python/older_till.py', import.meta.url));
const probe = await run('python3', ['-c', 'import requests, cryptography']).catch(() => undefined);
const hasPython = probe?.status === 0;
const needs = hasPython ? '' : ' (skipped: needs python3 with requests and cryptography)';

const MOCK_KMS_PASSWORD = 'a password of development devices';
const HOUR = 3_600_000;

interface Said {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the till prints (stories/python/older_till.py). */
interface Played {
  readonly registered: readonly Said[];
  readonly pushed: readonly Said[];
  readonly conflict: Said;
  readonly again: Said;
  readonly seen: unknown;
  readonly body: object;
  readonly late: object;
}

describe.skipIf(!hasPython)(`a till of the older bundle format${needs}`, () => {
  let story: StoryBank;
  let token = '';
  let wallet = '';
  let ahead = 0;

  beforeAll(async () => {
    const clock = () => new Date(Date.now() + ahead);
    story = await openStoryBank({ clock, env: { MOCK_KMS_PASSWORD } });
    await story.database.ownerPool.query(
      `insert into account_roles (account_id, role, granted_at)
       select id, 'finance', created_at from accounts where public_id = 'operator'`,
    );
    token = await story.bank.token('operator', ['pay_admin', 'finance']);
    const policy = { country: 'PK', max_offline_amount: 5000, review_from: 1, quarantine_from: 1 };
    expect(await post('/offline/policies', policy, token)).toMatchObject({
      body: { policy: { status: 'active' } },
    });
    wallet = await currentWallet();
  }, 120_000);
  afterAll(() => story.stop());

  async function post(path: string, body: object, as?: string): Promise<Said> {
    const answer = await fetch(`${story.bank.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Said['body'] };
  }

  async function currentWallet(): Promise<string> {
    const { rows } = await story.database.ownerPool.query<{ number: string }>(
      `select lpad(w.number::text, 12, '0') as number from wallets as w
       join accounts as a on a.id = w.account_id
       where a.public_id = 'bilal' and w.kind = 'current'`,
    );
    return rows[0]?.number ?? '';
  }

  async function balance(): Promise<bigint> {
    const { rows } = await story.database.ownerPool.query<{ balance: bigint }>(
      `select b.balance from wallets as w join ledger_balances as b
         on b.account_id = w.ledger_account where w.number = $1`,
      [Number(wallet)],
    );
    return BigInt(rows[0]?.balance ?? -1n);
  }

  const all: Played[] = [];

  it.each(['ecdsa', 'rsa'])('with a key of %s is paid once', async (scheme) => {
    const before = await balance();
    const env = { TOKEN: token, MOCK_KMS_PASSWORD };
    const ran = await run('python3', ['-B', CLIENT, story.bank.url, scheme, wallet], env);
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    const played = JSON.parse(ran.stdout) as Played;
    expectSeen(played);
    expect(await balance()).toBe(before + 12_100n);
    all.push(played);
  });

  // After both: a bank's clock goes forward only, and each checkpoint says its time.
  it.each([25, 31 * 24])(
    'is paid once, also when it pushes again after %i hours',
    async (hours) => {
      ahead = hours * HOUR;
      const before = await balance();
      expect(all).toHaveLength(2);
      for (const { body, late, pushed } of all) {
        expect(await post('/offline/push', body)).toEqual({
          status: 200,
          body: { ...pushed[1]?.body, message: 'Bundle already processed' },
        });
        const stale = await post('/offline/push', late);
        expect([stale.status, stale.body['code']]).toEqual([400, 'bundle/stale']);
      }
      expect(await balance()).toBe(before);
    },
  );

  it('and afterwards an auditor finds nothing wrong', async () => {
    const report = await audit({ databaseUrl: story.bank.databaseUrl });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});

function expectSeen({ registered, pushed, conflict, again, seen }: Played): void {
  expect(registered.map(({ status }) => status)).toEqual([201, 409, 200]);
  expect(pushed.map(({ status }) => status)).toEqual([403, 200, 200]);
  expect(pushed[1]?.body).toMatchObject({
    ...{ success: true, status: 'accepted', transactions_count: 2 },
    ...{ message: 'Bundle accepted', sira_score: expect.any(Number) as number },
  });
  expect(pushed[2]?.body).toEqual({ ...pushed[1]?.body, message: 'Bundle already processed' });
  expect([conflict.status, conflict.body['code']]).toEqual([409, 'bundle/conflict']);
  expect(again.body).toMatchObject({ status: 'accepted', transactions_count: 3 });
  expect(seen).toMatchObject({
    bundle: {
      ...{ status: 'reconciled', tx_count: 3, total_amount: 121 },
      transactions: [50, 70.25, 0.75].map((amount) => ({ amount, status: 'settled' })),
    },
  });
}
