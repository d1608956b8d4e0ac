import { verifyConsistency, verifyInclusion } from '@sikka/protocol';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  auditDetails,
  consistencyPath,
  inclusionPath,
  positionOf,
  record,
  rootAt,
  sequence,
  sequenceAudit,
  sequenceLog,
} from '../../src/audit/index.ts';
import { createPool, inTransaction, serverRole } from '../../src/db/index.ts';
import type { Pool } from '../../src/db/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';
import { naiveChain, naiveRoot, readEntries, sha256 } from './naive-tree.ts';
import { openAllowance, settle } from './settled.ts';

const at = new Date('2026-03-01T09:00:00.900Z');

let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = database.serverPool;
  await openAllowance(database.ownerPool);
});

afterEach(() => database.drop());

function event(subject: string, details?: unknown) {
  const base = { actor: 'account:ayesha', action: 'wallet.opened', subject, outcome: 'ok' };
  return details === undefined ? base : { ...base, details };
}

function recordAll(...subjects: readonly string[]): Promise<void> {
  return inTransaction(pool, (tx) =>
    record(
      tx,
      subjects.map((subject) => event(subject)),
      at,
    ),
  );
}

async function chain(): Promise<readonly { n: bigint; subject: string; hash: Buffer }[]> {
  const { rows } = await pool.query<{ n: bigint; subject: string; hash: Buffer }>(
    `select c.n, e.subject, c.hash
       from audit_chain as c join audit_events as e on e.id = c.event_id order by c.n`,
  );
  return rows;
}

async function pending(): Promise<number> {
  const { rows } = await pool.query<{ left: bigint }>(
    `select (select count(*) from audit_pending) + (select count(*) from log_pending) as left`,
  );
  return Number(rows[0]?.left);
}

describe('the audit chain', () => {
  test('hashes what the specification says, whatever the text', async () => {
    await inTransaction(pool, (tx) =>
      record(
        tx,
        [
          event('wallet:1'),
          event('wallet:2', { amount: 5n, name: 'عائشہ\u200c', line: 'a\r\nb', tab: '\t\u0000' }),
          { ...event('پرچون'), actor: 'e\u0301' },
        ],
        at,
      ),
    );
    expect(await sequence(pool)).toEqual({ events: 3, leaves: 0 });
    const rows = await chain();
    expect(rows.map(({ hash }) => hash)).toEqual(await naiveChain(pool));
    expect(rows[2]?.subject).toBe('\\u067e\\u0631\\u0686\\u0648\\u0646');
    const { rows: stored } = await pool.query<{ details: string; at: Date }>(
      'select details, at from audit_events where id = 2',
    );
    expect(stored[0]?.at).toEqual(new Date('2026-03-01T09:00:00Z'));
    expect(stored[0]?.details).toMatch(/^[ -~]+$/);
    expect(JSON.parse(stored[0]!.details)).toEqual({
      amount: '5',
      name: 'عائشہ\u200c',
      line: 'a\r\nb',
      tab: '\t\u0000',
    });
  });

  test('refuses text that is empty or too long once it is escaped', async () => {
    const refused = [
      event(''),
      event('x'.repeat(201)),
      event('ع'.repeat(200)),
      { ...event('wallet:1'), outcome: 'x'.repeat(65) },
      event('wallet:1', 'x'.repeat(8_191)),
    ];
    for (const each of refused) {
      const recorded = inTransaction(pool, (tx) => record(tx, [each], at));
      await expect(recorded).rejects.toThrow(RangeError);
    }
    expect(auditDetails('x'.repeat(8_190))).toHaveLength(8_192);
    expect(auditDetails(undefined)).toBe('null');
  });

  test('an effect undone leaves no event', async () => {
    const undone = inTransaction(pool, async (tx) => {
      await record(tx, [event('wallet:1')], at);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await sequence(pool)).toEqual({ events: 0, leaves: 0 });
  });

  test('events come in commit order: one that commits late comes late', async () => {
    await inTransaction(pool, async (tx) => {
      await record(tx, [event('early id, late commit')], at);
      await recordAll('late id, early commit');
      await sequenceAudit(pool);
    });
    await sequenceAudit(pool);
    expect((await chain()).map(({ subject }) => subject)).toEqual([
      'late id, early commit',
      'early id, late commit',
    ]);
  });
});

describe('the log', () => {
  test('has the root and the paths of RFC 9162, at every size there was', async () => {
    const counts = [1, 1, 2, 5, 300, 1, 7, 255, 1, 513, 40];
    await settle(pool, counts);
    expect(await sequenceLog(pool)).toBe(1_126);
    const entries = await readEntries(pool);
    expect(entries).toHaveLength(1_126);
    const { rows } = await pool.query<{ level: number; count: bigint }>(
      'select level, count(*) from log_nodes group by level order by level',
    );
    expect(rows.map(({ level, count }) => [level, Number(count)])).toEqual([
      [8, 4],
      [9, 2],
      [10, 1],
    ]);
    const sizes = [0, 1, 2, 3, 9, 255, 256, 257, 512, 700, 1_024, 1_025, 1_126];
    for (const size of sizes) {
      const root = naiveRoot(entries.slice(0, size));
      expect(Buffer.from((await rootAt(pool, size))!), `root of ${size}`).toEqual(root);
      const positions = [0, 1, 8, 255, 256, 300, 511, 700, size - 2, size - 1];
      for (const position of new Set(positions.filter((each) => each >= 0 && each < size))) {
        const answer = await inclusionPath(pool, { position, size });
        const leaf = sha256(Buffer.of(0), entries[position]!);
        const path = answer.ok ? answer.path : [];
        expect(
          verifyInclusion({ leaf, index: position, size, root, path }),
          `${position} of ${size}`,
        ).toBe(true);
        const other = sha256(Buffer.of(0), entries[(position + 1) % size]!);
        expect(
          size > 1 && verifyInclusion({ leaf: other, index: position, size, root, path }),
        ).toBe(false);
      }
      for (const newSize of sizes.filter((each) => each >= size)) {
        const answer = await consistencyPath(pool, { first: size, second: newSize });
        const claim = {
          oldSize: size,
          oldRoot: root,
          newSize,
          newRoot: naiveRoot(entries.slice(0, newSize)),
          path: answer.ok ? answer.path : [],
        };
        expect(verifyConsistency(claim), `${size} to ${newSize}`).toBe(true);
      }
    }
  });

  test('grown step by step has the same subtrees as grown at once', async () => {
    for (const count of [3, 250, 4, 300, 1]) {
      await settle(pool, [count]);
      await sequenceLog(pool);
      const size = (await readEntries(pool)).length;
      expect(Buffer.from((await rootAt(pool, size))!)).toEqual(naiveRoot(await readEntries(pool)));
    }
  });

  test('answers not_in_log to what lies beyond it or makes no sense', async () => {
    await settle(pool, [5]);
    await sequenceLog(pool);
    const notInLog = { ok: false, code: 'not_in_log' };
    for (const [position, size] of [
      [5, 5],
      [0, 6],
      [-1, 5],
      [0.5, 5],
      [Number.NaN, 5],
      [0, 2 ** 53],
    ] as const) {
      expect(await inclusionPath(pool, { position, size })).toEqual(notInLog);
    }
    for (const [first, second] of [
      [5, 6],
      [5, 4],
      [-1, 5],
      [0.5, 5],
    ] as const) {
      expect(await consistencyPath(pool, { first, second })).toEqual(notInLog);
    }
    expect(await rootAt(pool, 6)).toBeUndefined();
    expect(await rootAt(pool, -1)).toBeUndefined();
  });

  test('knows a payment by batch and place once it was sequenced', async () => {
    const [first = 0n, second = 0n] = await settle(pool, [3, 2]);
    expect(await positionOf(pool, { batchId: first, ordinal: 0 })).toBeUndefined();
    await sequenceLog(pool);
    expect(await positionOf(pool, { batchId: first, ordinal: 2 })).toBe(2);
    expect(await positionOf(pool, { batchId: second, ordinal: 1 })).toBe(4);
    expect(await positionOf(pool, { batchId: second, ordinal: 2 })).toBeUndefined();
  });

  test('stops before a settled payment that is not there, and moves nothing', async () => {
    await settle(pool, [2]);
    const [broken] = await settle(pool, [3]);
    await database.ownerPool.query('update log_pending set count = 4 where batch_id = $1', [
      broken,
    ]);
    await expect(sequenceLog(pool)).rejects.toMatchObject({ code: 'audit/leaves_missing' });
    expect(await rootAt(pool, 1)).toBeUndefined();
    expect(await pending()).toBe(2);
  });

  test('says which subtree is missing rather than making one up', async () => {
    await settle(pool, [600]);
    await sequenceLog(pool);
    await database.ownerPool.query('alter table log_nodes disable trigger all');
    await database.ownerPool.query('delete from log_nodes where level = 8 and idx = 1');
    await expect(inclusionPath(pool, { position: 0, size: 600 })).rejects.toMatchObject({
      code: 'audit/node_missing',
    });
  });
});

describe('sequencers', () => {
  test('eight at once beside eight writers: each event and batch has one place', async () => {
    const many = createPool(database.url, { max: 20, role: serverRole });
    try {
      const writers = Array.from({ length: 8 }, async (_each, writer) => {
        for (let i = 0; i < 15; i += 1) {
          await inTransaction(many, (tx) =>
            record(tx, [event(`w:${writer}:${i}:a`), event(`w:${writer}:${i}:b`)], at),
          );
          await settle(many, [1 + ((writer + i) % 4)]);
        }
      });
      let writing = true;
      const sequencers = Array.from({ length: 8 }, async () => {
        while (writing) await sequence(many);
      });
      await Promise.all(writers);
      writing = false;
      await Promise.all(sequencers);
      await sequence(many);
    } finally {
      await many.close();
    }
    const rows = await chain();
    expect(rows.map(({ n }) => Number(n))).toEqual(Array.from({ length: 240 }, (_, i) => i + 1));
    expect(new Set(rows.map(({ subject }) => subject)).size).toBe(240);
    expect(rows.map(({ hash }) => hash)).toEqual(await naiveChain(pool));
    const entries = await readEntries(pool);
    expect(Buffer.from((await rootAt(pool, entries.length))!)).toEqual(naiveRoot(entries));
    expect(new Set(entries.map((entry) => entry.toString('hex'))).size).toBe(entries.length);
    expect(await pending()).toBe(0);
  });

  test.each(['audit_chain', 'audit_pending', 'log_batches', 'log_nodes', 'log_pending'])(
    'killed when it comes to %s, leaves all as it was, and another goes on',
    async (table) => {
      await recordAll('before');
      await settle(pool, [300]);
      await sequence(pool);
      await recordAll('wallet:1', 'wallet:2');
      await settle(pool, [1, 300]);

      // Its statement waits for this lock; there its connection is killed.
      const holder = await database.ownerPool.connect();
      await holder.query('begin');
      await holder.query(`lock table ${table} in access exclusive mode`);
      const killed = sequence(pool).catch((error: unknown) => error);
      await killWaiting(database.ownerPool);
      expect(await killed).toBeInstanceOf(Error);
      await holder.query('rollback');
      holder.release();

      await sequence(pool);
      expect(await pending()).toBe(0);
      const rows = await chain();
      expect(rows.map(({ subject }) => subject)).toEqual(['before', 'wallet:1', 'wallet:2']);
      expect(rows.map(({ hash }) => hash)).toEqual(await naiveChain(pool));
      const entries = await readEntries(pool);
      expect(entries).toHaveLength(601);
      expect(Buffer.from((await rootAt(pool, 601))!)).toEqual(naiveRoot(entries));
    },
  );
});

async function killWaiting(owner: Pool): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await owner.query<{ killed: boolean }>(
      `select pg_terminate_backend(pid) as killed from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows.some(({ killed }) => killed)) return;
    await pause(20);
  }
  throw new Error('Nobody waited for the lock.');
}
