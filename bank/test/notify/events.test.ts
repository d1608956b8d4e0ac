import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SERVER_SENT } from '../../src/notify/events/forms.ts';
import { createEventStreams, forgetEvents, publishEvents } from '../../src/notify/index.ts';
import type { EventStreams } from '../../src/notify/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { setDatabaseTime } from '../support/database-time.ts';
import { readStream } from './reader.ts';
import type { StreamReader } from './reader.ts';
import { buildTown } from './town.ts';
import type { Town } from './town.ts';

const DAY = 86_400_000;
let database: TestDatabase;
let town: Town;
let now: Date;
let node: EventStreams;
let ends: AbortController[];

beforeEach(async () => {
  database = await createTestDatabase();
  town = await buildTown(database.ownerPool, ['ayesha', 'bilal', 'chand']);
  await passTime(new Date('2026-11-21T03:15:00.000Z'));
  ends = [];
  node = newNode();
});
afterEach(async () => {
  for (const end of ends) end.abort();
  await database.drop();
});

/** By the clock of every node, and by the database's. */
async function passTime(to: Date): Promise<void> {
  now = to;
  await setDatabaseTime(database, 'notify_now', now);
}

function newNode(): EventStreams {
  return createEventStreams({ pool: database.serverPool, clock: () => now });
}

interface Listening extends StreamReader {
  hangUp(): void;
}

async function listen(
  name: string,
  lastEventId?: string,
  on: EventStreams = node,
): Promise<Listening | undefined> {
  const end = new AbortController();
  ends.push(end);
  const accountId = town.people[name]!.id;
  const stream = await on.open({ accountId, lastEventId, ended: end.signal, form: SERVER_SENT });
  return stream && { ...readStream(stream), hangUp: () => end.abort() };
}

async function hear(name: string, lastEventId?: string, on?: EventStreams): Promise<Listening> {
  const listening = await listen(name, lastEventId, on);
  if (listening === undefined) throw new Error('too many streams');
  await settle();
  return listening;
}

const settle = () => pause(5);

/** One turn of every worker loop. */
async function turn(...nodes: readonly EventStreams[]): Promise<void> {
  await publishEvents(database.serverPool);
  for (const each of nodes.length === 0 ? [node] : nodes) await each.poll();
  await settle();
}

describe('a stream', () => {
  test('begins by saying where it stands, and brings what happens to its account', async () => {
    const [ayesha, chand] = [await hear('ayesha'), await hear('chand')];
    expect(ayesha.messages).toEqual([{ id: '0', event: 'ready', data: {} }]);
    const id = await town.transfer('ayesha', 'bilal', 50_000n);
    await turn();
    expect(ayesha.messages.slice(1)).toEqual([
      {
        id: '1',
        event: 'balance.changed',
        data: {
          id: '1',
          kind: 'balance.changed',
          at: '2026-11-21T03:15:00.000Z',
          data: {
            wallet_id: Number(town.people['ayesha']?.wallet),
            change: '-500.00',
            currency: 'PKR',
            reason: 'transfer',
            transfer_id: Number(id),
          },
        },
      },
    ]);
    expect(chand.messages.length).toBe(1);
  });

  test('tells both sides of a transfer, each its own', async () => {
    const [ayesha, bilal] = [await hear('ayesha'), await hear('bilal')];
    await town.transfer('ayesha', 'bilal', 1n);
    await turn();
    const changes = [ayesha, bilal].map(({ messages }) => messages[1]?.data['data']);
    expect(changes).toMatchObject([{ change: '-0.01' }, { change: '+0.01' }]);
  });

  test('tells of a block and of a wallet; of an effect that is not there, nothing', async () => {
    const ayesha = await hear('ayesha');
    const { id, wallet } = town.people['ayesha']!;
    await database.ownerPool.query(`update accounts set status = 'review' where id = $1`, [id]);
    for (const [topic, key] of [
      ['account', id],
      ['wallet', wallet],
      ['review', id],
      ...['transfer', 'settlement', 'account', 'wallet'].map((each) => [each, 999n] as const),
    ] as const) {
      await town.announce(topic, key);
    }
    await turn();
    expect(ayesha.messages.slice(1).map(({ data }) => [data['kind'], data['data']])).toEqual([
      ['review.changed', { status: 'review' }],
      ['wallet.changed', { wallet_id: Number(wallet), is_active: true }],
      ['review.changed', { status: 'review' }],
    ]);
  });

  test('costs those who do not listen nothing: no event is written for them', async () => {
    await town.transfer('ayesha', 'bilal', 1n);
    await turn();
    const { rows } = await database.ownerPool.query<{ events: bigint; outbox: bigint }>(
      `select (select count(*) from events) as events,
         (select count(*) from event_outbox) as outbox`,
    );
    expect(rows[0]).toEqual({ events: 0n, outbox: 0n });
  });

  test('ends when its reader is gone, and makes room for another', async () => {
    const first = await hear('ayesha');
    for (let i = 0; i < 4; i += 1) await hear('ayesha');
    expect(await listen('ayesha')).toBeUndefined();
    await hear('bilal');
    first.hangUp();
    await first.done;
    await hear('ayesha');
    expect(await listen('ayesha')).toBeUndefined();
  });

  test('says a word every fifteen seconds, so that proxies keep it', async () => {
    const ayesha = await hear('ayesha');
    now = new Date(now.getTime() + 14_999);
    await turn();
    const before = ayesha.rest.length;
    now = new Date(now.getTime() + 1);
    await turn();
    expect(ayesha.rest.length).toBe(before + 1);
    await turn();
    expect(ayesha.rest.length).toBe(before + 1);
  });

  test('of a reader that takes nothing holds a hundred events, and then ends', async () => {
    const end = new AbortController();
    const accountId = town.people['ayesha']!.id;
    const ask = { accountId, lastEventId: undefined, ended: end.signal, form: SERVER_SENT };
    const stream = await node.open(ask);
    const slow = stream![Symbol.asyncIterator]();
    await slow.next();
    for (let i = 0; i < 250; i += 1) await town.transfer('ayesha', 'bilal', 1n);
    for (let i = 0; i < 4; i += 1) await turn();
    const { value } = (await slow.next()) as { readonly value: string };
    expect(value.match(/^id: /gm)?.length).toBe(100);
    await turn();
    now = new Date(now.getTime() + 30_001);
    await turn();
    expect(await slow.next()).toMatchObject({ done: true });
    // Nothing is lost: it comes back with the last number that it saw.
    const back = await hear('ayesha', '100');
    await turn();
    await turn();
    expect(back.messages.map(({ id }) => Number(id))).toEqual(
      [...Array(150).keys()].map((n) => n + 101),
    );
  });
});

describe('a stream that comes back with the last number it saw', () => {
  test('goes on after it', async () => {
    const before = await hear('ayesha');
    await town.transfer('ayesha', 'bilal', 1n);
    await turn();
    before.hangUp();
    await town.transfer('ayesha', 'bilal', 2n);
    await town.transfer('ayesha', 'bilal', 3n);
    await turn();
    const after = await hear('ayesha', before.lastId());
    await turn();
    expect(after.messages.map(({ id }) => id)).toEqual(['2', '3']);
    expect(after.rest).toContain(': resumed');
  });

  test.each([
    ['a number that was never given', '99'],
    ['no number', 'x'],
    ['a negative one', '-1'],
    ['a leading zero', '007'],
    ['twenty digits', '9'.repeat(20)],
    ['SQL', `0' or 1=1`],
  ])('%s starts anew and says so', async (_, lastEventId) => {
    const first = await hear('ayesha');
    await town.transfer('ayesha', 'bilal', 1n);
    await turn();
    first.hangUp();
    const ayesha = await hear('ayesha', lastEventId);
    expect(ayesha.messages).toEqual([{ id: '1', event: 'reset', data: {} }]);
  });

  test('starts anew where it was away so long that events were not written', async () => {
    const first = await hear('ayesha');
    await town.transfer('ayesha', 'bilal', 1n);
    await turn();
    first.hangUp();
    await hear('bilal');
    await passTime(new Date(now.getTime() + 7 * DAY + 1));
    await turn();
    await hear('bilal');
    await town.transfer('ayesha', 'bilal', 2n);
    await turn();
    const back = await hear('ayesha', first.lastId());
    expect(back.messages.map(({ event }) => event)).toEqual(['reset']);
    await town.transfer('ayesha', 'bilal', 3n);
    await turn();
    expect(back.messages.map(({ event }) => event)).toEqual(['reset', 'balance.changed']);
  });

  test('starts anew where they have been deleted after thirty days', async () => {
    const first = await hear('ayesha');
    await town.transfer('ayesha', 'bilal', 1n);
    await town.transfer('ayesha', 'bilal', 2n);
    await turn();
    first.hangUp();
    await passTime(new Date(now.getTime() + 6 * DAY));
    (await hear('ayesha')).hangUp();
    await passTime(new Date(now.getTime() + 23 * DAY));
    await forgetEvents(database.serverPool);
    expect((await hear('ayesha', '1')).rest).toContain(': resumed');
    await passTime(new Date(now.getTime() + DAY + 1));
    await forgetEvents(database.serverPool);
    expect((await hear('ayesha', '1')).messages[0]).toMatchObject({ event: 'reset', id: '2' });
    expect((await hear('ayesha', '2')).rest).toContain(': resumed');
  });

  test('misses nothing, gets nothing twice, whoever commits when on two nodes', async () => {
    const second = newNode();
    const seen: string[] = [];
    let running = true;
    const worker = async (on: EventStreams) => {
      while (running) await turn(on);
    };
    const phone = async () => {
      let lastId = first.lastId();
      for (let round = 0; running; round += 1) {
        const stream = await hear('ayesha', lastId, round % 2 === 0 ? node : second);
        await pause(20);
        stream.hangUp();
        await stream.done;
        expect(stream.messages.map(({ event }) => event)).not.toContain('reset');
        const events = stream.messages.filter(({ event }) => event !== 'ready');
        seen.push(...events.map(({ data }) => String((data['data'] as { change: string }).change)));
        lastId = stream.messages.at(-1)?.id ?? lastId;
      }
    };
    // The first stream asks for events to be written from here on.
    const first = await hear('ayesha');
    first.hangUp();
    const workers = [worker(node), worker(second)];
    const reading = phone();
    await settle();
    // Each transaction takes its place in the outbox early and commits late, in another order.
    const late = async (minor: number) => {
      const connection = await database.ownerPool.connect();
      await connection.query('begin');
      await connection.query(
        `with done as (
           insert into wallet_transfers
             (account_id, request_sha256, from_wallet, to_wallet, currency, amount, at)
           values ($1, decode(repeat('00', 32), 'hex'), $2, $3, 586, $4, now()) returning id
         )
         insert into event_outbox (topic, key) select 'transfer', id from done`,
        [
          town.people['bilal']!.id,
          town.people['bilal']!.wallet,
          town.people['ayesha']!.wallet,
          minor,
        ],
      );
      await pause((minor * 7) % 23);
      await connection.commit();
      connection.release();
    };
    const minors = [...Array(120).keys()].map((n) => n + 1);
    for (let i = 0; i < minors.length; i += 4) await Promise.all(minors.slice(i, i + 4).map(late));
    const heard = { timeout: 20_000 };
    await expect.poll(() => seen.length, heard).toBeGreaterThanOrEqual(minors.length);
    running = false;
    await Promise.all([...workers, reading]);
    const cents = seen.map((change) => Math.round(Number(change) * 100));
    expect(cents.toSorted((a, b) => a - b)).toEqual(minors);
  });
});
