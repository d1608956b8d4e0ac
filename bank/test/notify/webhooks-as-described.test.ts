import { createSecretKey } from 'node:crypto';
import { EVENT_KINDS, EVENTS, eventSchema, openApi } from '@sikka/api';
import type { EventKind } from '@sikka/api';
import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { createLocalVault } from '../../src/keys/index.ts';
import { createLog } from '../../src/log.ts';
import { createWebhooks } from '../../src/notify/index.ts';
import { expand } from '../../src/notify/events/expand.ts';
import type { Effects } from '../../src/notify/events/expand.ts';
import type { Announced } from '../../src/notify/store/index.ts';
import { insertDeliveries, insertEvents } from '../../src/notify/store/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { MASTER_KEY, START } from './desk.ts';
import { HOST, startHookServer } from './hook-server.ts';
import type { HookServer } from './hook-server.ts';
import { buildTown } from './town.ts';

interface Described {
  readonly webhooks: Readonly<Record<string, { readonly post: Operation }>>;
}
interface Operation {
  readonly parameters: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly schema: { readonly pattern: string };
  }[];
}

let database: TestDatabase;
let hooks: HookServer;
beforeAll(async () => {
  database = await createTestDatabase();
  hooks = await startHookServer();
});
afterAll(async () => {
  await hooks.stop();
  await database.drop();
});

test('every kind of event is posted as the OpenAPI document describes it', async () => {
  const town = await buildTown(database.ownerPool, ['ayesha', 'bilal']);
  const [ayesha, bilal] = [town.people['ayesha']!, town.people['bilal']!];
  const webhooks = createWebhooks({
    pool: database.serverPool,
    vault: createLocalVault([createSecretKey(MASTER_KEY)]),
    bank: 'test-bank',
    clock: () => START,
    log: createLog({ level: 'silent', write: () => undefined, now: () => START }),
    tell: async () => undefined,
    record: async () => undefined,
    network: hooks.network,
  });
  const owner = { account: 'ayesha', accountId: ayesha.id, now: START };
  expect((await webhooks.add(owner, { url: `https://${HOST}/` })).ok).toBe(true);
  await database.ownerPool.query(`update webhooks set url = $1`, [
    `https://${HOST}:${hooks.port}/`,
  ]);

  const events = expand(announced, effectsOf({ ayesha, bilal }), [ayesha.id]);
  await inTransaction(database.serverPool, async (tx) => {
    await insertEvents(
      tx,
      events.map((event, index) => ({ ...event, seq: BigInt(index + 1) })),
    );
    await insertDeliveries(tx, 0n);
  });
  await webhooks.deliver();

  const bodies = hooks.posted.map(({ body }) => JSON.parse(body) as { kind: EventKind });
  expect(new Set(bodies.map(({ kind }) => kind))).toEqual(new Set(EVENT_KINDS));
  const { webhooks: described } = openApi({ version: '0.1.0' }) as unknown as Described;
  for (const [index, body] of bodies.entries()) {
    const schema = eventSchema(body.kind);
    expect([...Value.Errors(schema, body)], body.kind).toEqual([]);
    // Nothing beside what is described: a name would be one person's, told to another.
    const { data } = body as unknown as { data: object };
    expect(Object.keys(schema.properties)).toEqual(Object.keys(body));
    const known = Object.keys(EVENTS[body.kind].data.properties);
    expect(known).toEqual(expect.arrayContaining(Object.keys(data)));
    const headers = hooks.posted[index]?.headers ?? {};
    for (const { name, required, schema: is } of described[body.kind]?.post.parameters ?? []) {
      expect(required).toBe(true);
      expect(headers[name.toLowerCase()], name).toMatch(new RegExp(is.pattern));
    }
    expect(headers['content-type']).toBe('application/json');
  }
});

const at = START;
const announced: readonly Announced[] = [
  { id: 1n, topic: 'transfer', key: 1n, at },
  { id: 2n, topic: 'settlement', key: 1n, at },
  { id: 3n, topic: 'account', key: 1n, at },
  { id: 4n, topic: 'wallet', key: 100_000_000_000n, at },
];

interface Two {
  readonly ayesha: { readonly id: bigint; readonly wallet: bigint };
  readonly bilal: { readonly id: bigint; readonly wallet: bigint };
}

/** One of each effect, as the stores read them, and a payment in both directions. */
function effectsOf({ ayesha, bilal }: Two): Effects {
  const paymentId = '5f'.repeat(32);
  const paid = { batch: 1n, paymentId, currency: 586, amountMinor: 12_345n, at };
  const there = { payer: ayesha.id, payerWallet: ayesha.wallet };
  const back = { payer: bilal.id, payerWallet: bilal.wallet };
  return {
    transfers: [
      {
        ...{ id: 1n, currency: 586, amountMinor: 50_000n, at },
        ...{ fromWallet: ayesha.wallet, fromAccount: ayesha.id },
        ...{ toWallet: bilal.wallet, toAccount: bilal.id },
      },
    ],
    settled: [
      { ...paid, ...there, payee: bilal.id, payeeWallet: bilal.wallet },
      { ...paid, ...back, payee: ayesha.id, payeeWallet: ayesha.wallet, currency: 840 },
    ],
    refused: [{ batch: 1n, accountId: ayesha.id, paymentId, code: 'double_spend', at }],
    standings: [{ accountId: ayesha.id, status: 'review' }],
    wallets: [{ number: ayesha.wallet, accountId: ayesha.id, active: true }],
  };
}
