import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { ROUTES } from '@sikka/api';
import type { RouteName } from '@sikka/api';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import type { RateLimiter } from '../../src/http/index.ts';
import { createRateLimiter, DEFAULT_RATE_LIMITS, redisCounters } from '../../src/http/index.ts';
import { createLog } from '../../src/log.ts';
import { freePort } from '../support/index.ts';

const now = new Date('2026-11-21T10:00:00Z');
const silent = createLog({ level: 'silent', write: () => undefined, now: () => now });
const about = (name: RouteName) => ({
  ...{ name, route: ROUTES[name], address: '203.0.113.7', now, caller: undefined },
});
const signIn = (limiter: RateLimiter) =>
  limiter.bySubject({ ...about('login'), body: { email: 'ayesha@example.com' } });
const look = (limiter: RateLimiter) => limiter.byCaller(about('getProof'));

/** A real one that keeps nothing; undefined where none is installed. */
async function startRedis(port: number): Promise<ChildProcess | undefined> {
  const place = ['--bind', '127.0.0.1', '--port', String(port)];
  const options = [...place, '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  servers.add(server);
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.once('spawn', () => resolve(server));
  });
}

const servers = new Set<ChildProcess>();
afterAll(() => {
  for (const server of servers) server.kill('SIGKILL');
});

const port = await freePort();
const url = `redis://127.0.0.1:${port}`;
const first = await startRedis(port);
const without = first === undefined ? ' (skipped: no redis-server is installed)' : '';

/** A node, whose connection is there. */
async function node(secret = createSecretKey(randomBytes(32))) {
  const store = redisCounters(url);
  const ask = { want: 1, limit: 1, windowStart: now };
  const answers = () => store.take(randomBytes(32), ask).catch(() => 0);
  await expect.poll(answers, { timeout: 20_000 }).toBe(1);
  let missed = 0;
  const take: typeof store.take = (...asked) =>
    store.take(...asked).catch((error: unknown) => {
      missed += 1;
      throw error;
    });
  const deps = { store: { take }, secret, limits: DEFAULT_RATE_LIMITS, security: silent };
  return { store, limiter: createRateLimiter(deps), missed: () => missed };
}

/** How many of so many calls get through. */
async function through(calls: number, ask: (n: number) => ReturnType<typeof look>) {
  let passed = 0;
  for (let n = 0; n < calls; n += 1) if ((await ask(n))?.ok === true) passed += 1;
  return passed;
}

/**
 * Looks and sign-ins that get through three nodes. Undefined where Redis did not answer one in its
 * time: a node then rightly counts by itself.
 */
async function throughThree(): Promise<readonly number[] | undefined> {
  const secret = createSecretKey(randomBytes(32));
  const nodes = await Promise.all([1, 2, 3].map(() => node(secret)));
  const turn = (n: number) => nodes[n % 3]!.limiter;
  const looks = await through(200, (n) => look(turn(n)));
  const signIns = await through(20, (n) => signIn(turn(n)));
  await Promise.all(nodes.map(({ store }) => store.close()));
  return nodes.some(({ missed }) => missed() > 0) ? undefined : [looks, signIns];
}

describe.skipIf(first === undefined)(`counted in Redis${without}`, () => {
  test('three nodes together let through what one may', async () => {
    let passed = await throughThree();
    while (passed === undefined) passed = await throughThree();
    expect(passed).toEqual([DEFAULT_RATE_LIMITS.other, DEFAULT_RATE_LIMITS.authSubject]);
  });

  test('what is there names nobody, and is gone after two minutes', async () => {
    const { limiter, store } = await node();
    await signIn(limiter);
    const redis = new Redis(url);
    const keys = await redis.keys('*');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatch(/^sikka:rate:[\w-]{43}:\d+$/);
      const left = await redis.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(120_000);
    }
    redis.disconnect();
    await store.close();
  });

  test('hangs and holds nobody up for long: nobody signs in, the rest goes on', async () => {
    const { limiter, store } = await node();
    first?.kill('SIGSTOP');
    try {
      const begun = Date.now();
      expect(await signIn(limiter)).toMatchObject({ ok: false, code: 'server/unavailable' });
      expect(await look(limiter)).toMatchObject({ ok: true });
      expect(Date.now() - begun).toBeLessThan(10_000);
    } finally {
      first?.kill('SIGCONT');
      await store.close();
    }
  });

  test('dies: nobody signs in, the rest counts by node; both until it is back', async () => {
    const { limiter, store } = await node();
    expect(await signIn(limiter)).toMatchObject({ ok: true });
    first?.kill('SIGKILL');
    await once(first!, 'exit');
    await expect
      .poll(() => signIn(limiter), { timeout: 20_000 })
      .toMatchObject({ code: 'server/unavailable' });
    expect(await through(100, () => look(limiter))).toBe(DEFAULT_RATE_LIMITS.other);
    await startRedis(port);
    await expect.poll(() => signIn(limiter), { timeout: 30_000 }).toMatchObject({ ok: true });
    await store.close();
  });
});

test('with a Redis that was never there nobody signs in, and the rest goes on', async () => {
  const store = redisCounters('redis://127.0.0.1:1');
  const security = silent;
  const secret = createSecretKey(randomBytes(32));
  const limiter = createRateLimiter({ store, secret, limits: DEFAULT_RATE_LIMITS, security });
  expect(await signIn(limiter)).toMatchObject({ code: 'server/unavailable' });
  expect(await through(100, () => look(limiter))).toBe(DEFAULT_RATE_LIMITS.other);
  await store.close();
});
