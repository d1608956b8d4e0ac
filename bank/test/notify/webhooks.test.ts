import { createHmac, createSecretKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { createLocalVault } from '../../src/keys/index.ts';
import { createLog } from '../../src/log.ts';
import {
  createWebhooks,
  disableWebhooksOf,
  publishEvents,
  webhookRoutes,
} from '../../src/notify/index.ts';
import type { WebhookNotice, Webhooks } from '../../src/notify/index.ts';
import { claimDeliveries } from '../../src/notify/store/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { HOST, startHookServer } from './hook-server.ts';
import type { HookServer } from './hook-server.ts';
import { setDatabaseTime } from '../support/database-time.ts';
import { MASTER_KEY, START } from './desk.ts';
import { buildTown } from './town.ts';
import type { Town } from './town.ts';

let database: TestDatabase;
let town: Town;
let hooks: HookServer;
let now: Date;
let told: WebhookNotice[];
let audited: string[];
let webhooks: Webhooks;

beforeEach(async () => {
  database = await createTestDatabase();
  town = await buildTown(database.ownerPool, ['ayesha', 'bilal']);
  hooks = await startHookServer();
  now = START;
  await setDatabaseTime(database, 'notify_now', now);
  [told, audited] = [[], []];
  webhooks = openWebhooks(() => now);
});
afterEach(async () => {
  await hooks.stop();
  await database.drop();
});

function openWebhooks(clock: () => Date): Webhooks {
  return createWebhooks({
    pool: database.serverPool,
    vault: createLocalVault([createSecretKey(MASTER_KEY)]),
    bank: 'test-bank',
    clock,
    log: createLog({ level: 'silent', write: () => undefined, now: clock }),
    tell: async (_tx, notice) => void told.push(notice),
    record: async (_tx, events) => void audited.push(...events.map(({ action }) => action)),
    network: hooks.network,
  });
}

const owner = (account = 'ayesha') => ({ account, accountId: town.people[account]!.id, now });

/** Registers, then points the row at the test server's port, which no real address may have. */
async function register(
  account = 'ayesha',
  order: { readonly kinds?: readonly ['review.changed'] } = {},
) {
  const added = await webhooks.add(owner(account), { url: `https://${HOST}/sikka?k=1`, ...order });
  if (!added.ok) throw new Error(added.code);
  await database.ownerPool.query(
    `update webhooks set url = replace(url, $1, $1 || ':' || $2) where id = $3`,
    [HOST, String(hooks.port), added.webhook.id],
  );
  return { id: added.webhook.id, secret: added.secret };
}

/** One transfer, numbered, and posted to whoever is due. */
async function happen(minor = 1n): Promise<void> {
  await town.transfer('ayesha', 'bilal', minor);
  await publishEvents(database.serverPool);
  await webhooks.deliver();
}

/** By this process's clock, and by the database's. */
async function later(ms: number): Promise<void> {
  now = new Date(now.getTime() + ms);
  await setDatabaseTime(database, 'notify_now', now);
}

interface DeliveryRow {
  readonly attempts: number;
  readonly next_at: Date | null;
  readonly done_at: Date | null;
  readonly last_error: string | null;
  readonly last_status: number | null;
}
async function deliveries(): Promise<readonly DeliveryRow[]> {
  const { rows } = await database.ownerPool.query<DeliveryRow>(
    `select attempts, next_at, done_at, last_error, last_status
       from webhook_deliveries order by id`,
  );
  return rows;
}

describe('an event', () => {
  test('is posted with a signature that its secret proves, and nobody else’s', async () => {
    const { secret } = await register();
    await happen(50_000n);
    const [{ body, headers } = { body: '', headers: {} }, ...more] = hooks.posted;
    expect(more).toEqual([]);
    expect(JSON.parse(body)).toMatchObject({
      ...{ id: '1', kind: 'balance.changed', at: '2026-11-21T03:15:00.000Z' },
      data: { change: '-500.00', currency: 'PKR' },
    });
    const header = String(headers['sikka-signature']);
    const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
    expect(Number(t)).toBe(START.getTime() / 1_000);
    const mac = (key: string) => createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
    expect(v1).toBe(mac(secret));
    expect(v1).not.toBe(mac(`${secret}x`));
    expect(headers.host).toBe(`${HOST}:${hooks.port}`);
    expect(hooks.lookups()).toBe(1);
    expect(await deliveries()).toMatchObject([{ attempts: 1, done_at: now, last_status: 204 }]);
    await webhooks.deliver();
    expect(hooks.posted.length).toBe(1);
  });

  test('goes only to those whose account and kinds it concerns', async () => {
    await register('ayesha', { kinds: ['review.changed'] });
    await register('bilal');
    await happen();
    expect(
      hooks.posted.map(({ body }) => (JSON.parse(body) as { data: object }).data),
    ).toMatchObject([{ change: '+0.01' }]);
  });

  test('is posted again, under its id and a fresh signature, when asked for', async () => {
    const { id } = await register();
    await happen();
    await later(60_000);
    expect(await webhooks.replay(owner(), id, 1n)).toEqual({ ok: true, delivery: 2n });
    expect(await webhooks.replay(owner(), id, 2n)).toEqual({ ok: true, delivery: 3n });
    await webhooks.deliver();
    const [first, ...again] = hooks.posted;
    expect(again.map(({ body }) => body)).toEqual([first?.body, first?.body]);
    expect(again[0]?.headers['sikka-signature']).not.toBe(first?.headers['sikka-signature']);
  });

  test('comes again where a process died before it noted that it was posted', async () => {
    await register();
    await town.transfer('ayesha', 'bilal', 1n);
    await publishEvents(database.serverPool);
    const claim = { leaseMs: 60_000, most: 20 };
    expect((await claimDeliveries(database.serverPool, claim)).length).toBe(1);
    expect(await webhooks.deliver()).toBe(0);
    await later(60_000);
    expect(await webhooks.deliver()).toBe(1);
    expect(await deliveries()).toMatchObject([{ attempts: 2, done_at: now }]);
  });

  test.each([48, -48])(
    'is not hidden by a worker whose clock is %i hours off, and has the database’s time',
    async (hours) => {
      const off = openWebhooks(() => new Date(now.getTime() + hours * 3_600_000));
      const { id } = await register();
      hooks.answer = (response) => void response.writeHead(500).end();
      await town.transfer('ayesha', 'bilal', 1n);
      await publishEvents(database.serverPool);
      expect(await off.deliver()).toBe(1);
      hooks.answer = (response) => void response.writeHead(204).end();
      await later(10_000);
      expect(await webhooks.deliver()).toBe(1);
      const stranger = { ...owner(), now: new Date(now.getTime() + hours * 3_600_000) };
      expect((await off.replay(stranger, id, 1n)).ok).toBe(true);
      expect(await webhooks.deliver()).toBe(1);
      const stamps = hooks.posted.map(({ headers }) =>
        String(headers['sikka-signature']).slice(2, 12),
      );
      const second = START.getTime() / 1_000;
      expect(stamps.map(Number)).toEqual([second, second + 10, second + 10]);
    },
  );

  test('is posted once by two workers at the same time', async () => {
    await register();
    for (let i = 0; i < 30; i += 1) await town.transfer('ayesha', 'bilal', 1n);
    await publishEvents(database.serverPool);
    const tried = await Promise.all([webhooks.deliver(), webhooks.deliver()]);
    expect(tried[0] + tried[1]).toBe(30);
    expect(hooks.posted.length).toBe(30);
  });
});

describe('a server that', () => {
  test('fails is tried again after 10, 30, 90 seconds', async () => {
    await register();
    hooks.answer = (response) => void response.writeHead(500).end();
    await happen();
    for (const pause of [10_000, 30_000, 90_000]) {
      expect(await deliveries()).toMatchObject([
        {
          next_at: new Date(now.getTime() + pause),
          last_status: 500,
          last_error: 'webhook/answered_no',
        },
      ]);
      await later(pause - 1);
      expect(await webhooks.deliver()).toBe(0);
      await later(1);
      expect(await webhooks.deliver()).toBe(1);
    }
    hooks.answer = (response) => void response.writeHead(200).end('thank you');
    await later(270_000);
    await webhooks.deliver();
    expect(await deliveries()).toMatchObject([{ attempts: 5, done_at: now, last_error: null }]);
  });

  test('never recovers is given up after ten tries, and its owner is told', async () => {
    const { id } = await register();
    hooks.answer = (response) => void response.writeHead(404).end();
    await happen();
    for (let tries = 1; tries < 10; tries += 1) {
      await later(6 * 3_600_000);
      await webhooks.deliver();
    }
    expect(hooks.posted.length).toBe(10);
    expect(told.map(({ template }) => template)).toEqual(['webhook_added', 'webhook_disabled']);
    expect(audited).toEqual(['webhook.created', 'webhook.disabled']);
    await happen();
    expect(hooks.posted.length).toBe(10);
    expect(await webhooks.replay(owner(), id, 1n)).toEqual({ ok: false, code: 'webhook/disabled' });
  });

  test('points elsewhere is not followed', async () => {
    const elsewhere = await startHookServer();
    await register();
    hooks.answer = (response) =>
      void response.writeHead(307, { location: `https://${HOST}:${elsewhere.port}/` }).end();
    await happen();
    expect(elsewhere.posted).toEqual([]);
    await elsewhere.stop();
    expect(await deliveries()).toMatchObject([{ last_status: 307, done_at: null }]);
  });

  test('answers without end is not listened to', async () => {
    await register();
    let open = true;
    hooks.answer = (response) => {
      response.writeHead(200);
      response.on('close', () => (open = false));
      const pour = () => {
        if (open && response.write('x'.repeat(65_536))) setImmediate(pour);
        else if (open) response.once('drain', pour);
      };
      pour();
    };
    await happen();
    expect(await deliveries()).toMatchObject([{ last_status: 200, done_at: now }]);
    await expect.poll(() => open, { timeout: 10_000 }).toBe(false);
  });

  test('is slow holds up nobody else’s', async () => {
    await register('ayesha');
    await register('bilal');
    for (let i = 0; i < 50; i += 1) await town.transfer('ayesha', 'bilal', 1n);
    await publishEvents(database.serverPool);
    const claimed = await claimDeliveries(database.serverPool, { leaseMs: 60_000, most: 20 });
    const each = claimed.map(({ accountId }) => accountId);
    expect(each.filter((id) => id === town.people['ayesha']?.id).length).toBe(2);
    expect(each.length).toBe(4);
  });
});

describe('a webhook', () => {
  test.each(['http://hooks.shop.example/', 'https://169.254.169.254/latest', 'https://[::1]/'])(
    'at %s is refused when it is registered',
    async (url) => {
      expect(await webhooks.add(owner(), { url })).toMatchObject({
        ok: false,
        code: 'webhook/url_refused',
      });
      expect([told, audited]).toEqual([[], []]);
    },
  );

  test('is one of at most sixteen, however many are asked for at once', async () => {
    const url = `https://${HOST}/`;
    const asked = [...Array(24).keys()].map(() => webhooks.add(owner(), { url }));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ ok }) => ok).length).toBe(16);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ code: 'webhook/limit_reached' });
    expect((await webhooks.add(owner('bilal'), { url })).ok).toBe(true);
    expect([told.length, audited.length]).toEqual([17, 17]);
  });

  test('keeps its secret sealed', async () => {
    const { secret } = await register();
    const { rows } = await database.ownerPool.query<{ line: string }>(
      `select w::text as line from webhooks as w`,
    );
    expect(rows[0]?.line).not.toContain(Buffer.from(secret).toString('hex'));
    expect(rows[0]?.line).not.toContain(secret);
  });

  test('is told nothing while its account is blocked, and what it missed afterwards', async () => {
    await register();
    const status = (to: string) =>
      database.ownerPool.query(`update accounts set status = $1 where public_id = 'ayesha'`, [to]);
    await status('review');
    await happen();
    expect(hooks.posted).toEqual([]);
    await status('active');
    await webhooks.deliver();
    expect(hooks.posted.length).toBe(1);
  });

  test('is switched off with all of its account', async () => {
    await register();
    await register('bilal');
    const { id } = town.people['ayesha']!;
    await inTransaction(database.serverPool, (tx) => disableWebhooksOf(tx, id, now));
    await happen();
    expect(hooks.posted.length).toBe(1);
  });

  test('is its owner’s alone: to anybody else it is not there', async () => {
    const { id } = await register();
    await happen();
    const routes = webhookRoutes({ pool: database.serverPool, webhooks });
    const webhook_id = Buffer.from(id).toString('base64url');
    const call = (account: string, params: object, more: object = {}) =>
      ({
        caller: owner(account),
        params: { webhook_id, ...params },
        query: {},
        now,
        ...more,
      }) as never;
    const stranger = [
      await routes.listDeliveries(call('bilal', {})),
      await routes.replayDelivery(call('bilal', { delivery_id: '1' })),
      await routes.deleteWebhook(call('bilal', {})),
      await routes.listDeliveries(call('ayesha', { webhook_id: 'A'.repeat(22) })),
      await routes.replayDelivery(call('ayesha', { delivery_id: '99' })),
    ];
    for (const answer of stranger) {
      expect(answer).toMatchObject({ ok: false, code: 'webhook/not_found' });
    }
    expect(await routes.listWebhooks(call('bilal', {}))).toMatchObject({ value: { webhooks: [] } });
    const mine = await routes.listDeliveries(call('ayesha', {}));
    expect(mine).toMatchObject({
      value: { deliveries: [{ delivery_id: 1, status: 'delivered', answer_status: 204 }] },
    });
    expect(await routes.deleteWebhook(call('ayesha', {}))).toMatchObject({ ok: true });
    await happen();
    expect(hooks.posted.length).toBe(1);
    expect(audited).toEqual(['webhook.created', 'webhook.deleted']);
  });

  test('has its deliveries in pages, newest first, and tells nothing from inside', async () => {
    const { id } = await register();
    for (let i = 0; i < 3; i += 1) await happen();
    await database.ownerPool.query(
      `update webhook_deliveries set last_error = 'webhook/address_private', done_at = null
         where id = 2`,
    );
    const routes = webhookRoutes({ pool: database.serverPool, webhooks });
    const page = async (cursor?: string) => {
      const params = { webhook_id: Buffer.from(id).toString('base64url') };
      const call = { caller: owner(), params, query: { limit: '2' }, cursor, now };
      return routes.listDeliveries(call as never);
    };
    const first = await page();
    expect(first).toMatchObject({
      value: { deliveries: [{ delivery_id: 3 }, { delivery_id: 2, error: 'webhook/unreachable' }] },
      headers: { 'x-next-cursor': '2' },
    });
    expect(await page('2')).toMatchObject({
      value: { deliveries: [{ delivery_id: 1 }] },
      headers: {},
    });
    for (const cursor of ['', '0', '-1', 'x', '9'.repeat(30)]) {
      expect(await page(cursor)).toMatchObject({ ok: false, code: 'request/invalid' });
    }
  });
});
