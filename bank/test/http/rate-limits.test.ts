import { createSecretKey, randomBytes } from 'node:crypto';
import { ROUTES } from '@sikka/api';
import type { RouteName } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CounterStore, RateLimiter } from '../../src/http/index.ts';
import {
  createRateLimiter,
  DEFAULT_RATE_LIMITS,
  postgresCounters,
  pruneCounters,
} from '../../src/http/index.ts';
import { createLog } from '../../src/log.ts';
import { networkOf } from '../../src/network.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { startTestBank } from './running-bank.ts';

const minute = (n: number) => new Date(Date.UTC(2026, 10, 21, 10, n));
const now = minute(0);
const silent = createLog({ level: 'silent', write: () => undefined, now: () => now });

function limiterOn(store: CounterStore, secret = createSecretKey(randomBytes(32))): RateLimiter {
  return createRateLimiter({ store, secret, limits: DEFAULT_RATE_LIMITS, security: silent });
}

/** How many of `calls` calls get through. */
async function through(
  calls: number,
  ask: (n: number) => Promise<{ readonly ok: boolean } | undefined>,
): Promise<number> {
  let passed = 0;
  for (let n = 0; n < calls; n += 1) if ((await ask(n))?.ok === true) passed += 1;
  return passed;
}

const asking = (name: RouteName, address = '203.0.113.7', at = now) => ({
  ...{ name, route: ROUTES[name], address, now: at, caller: undefined },
});

describe('counted in the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const nodes = (count: number) => {
    const secret = createSecretKey(randomBytes(32));
    const store = postgresCounters(database.serverPool);
    return Array.from({ length: count }, () => limiterOn(store, secret));
  };

  test('three nodes together let through what one may, and no more', async () => {
    const limiters = nodes(3);
    const at = async (n: number) => limiters[n % 3]?.byCaller(asking('getProof'));
    expect(await through(200, at)).toBe(DEFAULT_RATE_LIMITS.other);
  });

  test('also when all ask at once', async () => {
    const limiters = nodes(2);
    const asked = Array.from({ length: 150 }, async (_, n) =>
      limiters[n % 2]?.byCaller(asking('getProof')),
    );
    const passed = (await Promise.all(asked)).filter((verdict) => verdict?.ok === true);
    expect(passed).toHaveLength(DEFAULT_RATE_LIMITS.other);
  });

  test('a worker two days ahead takes no window from the others', async () => {
    const limiters = nodes(2);
    // A window that is not over while the test runs, however long that takes.
    const at = new Date(Date.now() + 600_000);
    const through100 = async (node: number) =>
      through(100, async () => limiters[node]?.byCaller(asking('getProof', '203.0.113.7', at)));
    expect(await through100(0)).toBe(60);
    const ahead = new Date(at.getTime() + 48 * 3_600_000);
    await pruneCounters(database.serverPool, { now: ahead, keptMs: 60_000 });
    expect(await through100(1)).toBe(0);
  });

  test('the next minute is a new one', async () => {
    const [limiter] = nodes(1);
    for (const n of [0, 1]) {
      const later = asking('getProof', '203.0.113.7', minute(n));
      expect(await through(100, async () => limiter?.byCaller(later))).toBe(60);
    }
  });

  test.each([
    ['login', { email: 'a@example.com' }, { email: 'A@Example.com ' }],
    ['confirmLogin', { nonce: 'x' }, { nonce: 'x' }],
    ['forgotPassword', { email: 'ａ@example.com' }, { email: 'a@example.com' }],
  ] as const)('%s about one person: five, however it is written', async (name, ...bodies) => {
    const [limiter] = nodes(1);
    const about = async (n: number) =>
      limiter?.bySubject({ ...asking(name), body: bodies[n % bodies.length] });
    expect(await through(20, about)).toBe(DEFAULT_RATE_LIMITS.authSubject);
  });

  test('another person, another address and another route are other buckets', async () => {
    const [limiter] = nodes(1);
    const body = { email: 'a@example.com' };
    const others = [
      { ...asking('login'), body },
      { ...asking('login'), body: { email: 'b@example.com' } },
      { ...asking('login', '203.0.113.8'), body },
      { ...asking('forgotPassword'), body },
    ];
    for (const other of others) {
      expect(await through(9, async () => limiter?.bySubject(other))).toBe(5);
    }
  });

  test('a thousand people tried from one address: sixty a minute in all', async () => {
    const [limiter] = nodes(1);
    const names = ['login', 'signUp', 'refreshToken'] as const;
    const ask = async (n: number) => limiter?.byAddress(asking(names[n % 3] ?? 'login'));
    expect(await through(1_000, ask)).toBe(DEFAULT_RATE_LIMITS.authAddress);
  });

  test('neither address nor e-mail is in the store', async () => {
    const [limiter] = nodes(1);
    await limiter?.bySubject({ ...asking('login'), body: { email: 'a@example.com' } });
    const { rows } = await database.ownerPool.query<{ bucket: Uint8Array }>(
      `select bucket from rate_counters`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { bucket } of rows)
      expect(Buffer.from(bucket).toString()).not.toMatch(/example|203/);
  });
});

describe('while the store is away', () => {
  const away: CounterStore = { take: () => Promise.reject(new Error('away')) };

  test('nobody signs in', async () => {
    const verdict = await limiterOn(away).byAddress(asking('login'));
    expect(verdict).toMatchObject({ ok: false, code: 'server/unavailable' });
  });

  test('the rest goes on, each node by its own count', async () => {
    const limiter = limiterOn(away);
    expect(await through(100, () => limiter.byCaller(asking('getProof')))).toBe(60);
  });
});

test('health is never counted', async () => {
  const limiter = limiterOn({ take: () => Promise.reject(new Error('asked')) });
  expect(await limiter.byAddress(asking('getHealth'))).toBeUndefined();
  expect(await limiter.byCaller(asking('getHealth'))).toBeUndefined();
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['somebody', 'somebody'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('over HTTP', () => {
  const proof = `/api/v1/proofs/${'a'.repeat(64)}`;
  /** All in one minute, however long it takes. */
  const startCounting = (env: Readonly<Record<string, string>> = {}) => {
    const at = new Date();
    return startTestBank({ RATE_LIMIT_ENABLED: 'true', ...env }, { clock: () => at });
  };

  test('a thousand made-up X-Forwarded-For are one caller', async () => {
    const bank = await startCounting();
    try {
      const statuses = new Map<number, number>();
      let last = new Headers();
      for (let n = 0; n < 1_000; n += 1) {
        const headers = {
          'x-forwarded-for': `10.${n % 200}.7.${n % 251}`,
          'x-real-ip': `10.1.1.${n % 250}`,
          forwarded: `for=10.9.9.${n % 250}`,
        };
        const response = await bank.fetch(proof, { headers });
        await response.arrayBuffer();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        last = response.headers;
      }
      expect(statuses.get(404)).toBe(60);
      expect(statuses.get(429)).toBe(940);
      expect(Number(last.get('retry-after'))).toBeGreaterThan(0);
      expect(last.get('x-ratelimit-limit')).toBe('60');
      expect(last.get('x-ratelimit-remaining')).toBe('0');
    } finally {
      await bank.stop();
    }
  });

  test('two callers behind a proxy of ours are two', async () => {
    const bank = await startCounting({
      RATE_LIMIT_PER_MINUTE: '20',
      TRUSTED_PROXIES: '127.0.0.1',
    });
    const remaining = async (caller: string) => {
      const response = await bank.fetch(proof, { headers: { 'x-forwarded-for': caller } });
      return Number(response.headers.get('x-ratelimit-remaining'));
    };
    try {
      expect(await remaining('203.0.113.1')).toBe(19);
      expect(await remaining('203.0.113.2')).toBe(19);
      // What a caller wrote before the proxy's own entry is not believed.
      expect(await remaining('198.51.100.9, 203.0.113.1')).toBe(18);
    } finally {
      await bank.stop();
    }
  });

  test('an alias is no second bucket', async () => {
    const bank = await startCounting();
    const paths = ['/auth/token/refresh', '/auth/refresh'];
    try {
      const statuses: number[] = [];
      for (let n = 0; n < 130; n += 1) {
        const headers = { 'content-type': 'application/json' };
        const response = await bank.fetch(paths[n % 2] ?? '', {
          method: 'POST',
          headers,
          body: '{}',
        });
        await response.arrayBuffer();
        statuses.push(response.status);
      }
      expect(statuses.filter((status) => status !== 429)).toHaveLength(60);
    } finally {
      await bank.stop();
    }
  });
});
