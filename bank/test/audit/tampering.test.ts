import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkpoint,
  checkpointsFrom,
  record,
  sequence,
  verifyAuditChain,
  verifyLog,
} from '../../src/audit/index.ts';
import type { ChainFinding, KeptCheckpoint, LogFinding } from '../../src/audit/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import type { Tx } from '../../src/db/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';
import { naiveChain } from './naive-tree.ts';
import { openAllowance, settle } from './settled.ts';

/** What somebody with all rights over the database does, and what gives it away. */

const now = new Date('2026-03-01T10:00:00Z');

const tables = [
  'audit_events',
  'audit_chain',
  'checkpoints',
  'log_batches',
  'log_nodes',
  'settled_payments',
  'settlement_batches',
];

let database: TestDatabase;
/** Both checkpoints, as somebody outside kept them. */
let kept: readonly KeptCheckpoint[];

/** Six events and 600 payments under checkpoint 1, two events and 20 payments more under 2. */
beforeAll(async () => {
  database = await createTestDatabase();
  await openAllowance(database.ownerPool);
  const { privateKey } = await generateNodeSigningKey('ES256');
  const issuer = { ...nodeSigner('ES256', privateKey), number: 1 };
  for (const [events, batches] of [
    [6, [300, 1, 299]],
    [2, [20]],
  ] as const) {
    await inTransaction(database.serverPool, (tx) =>
      record(
        tx,
        Array.from({ length: events }, (_, i) => ({
          actor: 'system',
          action: 'payment.settled',
          subject: `payment:${events}:${i}`,
          outcome: 'ok',
        })),
        now,
      ),
    );
    await settle(database.serverPool, batches);
    await sequence(database.serverPool);
    await checkpoint(database.serverPool, { bank: 'sikka-test', now, issuer });
  }
  kept = await checkpointsFrom(database.serverPool, { from: 1 });
});

afterAll(() => database.drop());

class Undo<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('undo');
    this.result = result;
  }
}

/** As the owner, triggers off; undone afterwards, so that every case starts from a whole log. */
async function tampered<T>(run: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await inTransaction(database.ownerPool, async (tx): Promise<never> => {
      for (const table of tables) {
        await tx.query(`alter table ${table} disable trigger append_only`);
      }
      throw new Undo(await run(tx));
    });
  } catch (error) {
    if (error instanceof Undo) return error.result as T;
    throw error;
  }
}

async function execute(tx: Tx, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await tx.query(statement);
}

/** Recomputes the chain's hashes over whatever the events say now: a careful forger. */
async function rehash(tx: Tx): Promise<void> {
  const hashes = await naiveChain(tx);
  await tx.query(
    `update audit_chain as c set hash = h.hash
       from unnest($1::bytea[]) with ordinality as h (hash, n) where c.n = h.n`,
    [hashes],
  );
  await tx.query(`update sequencer_state set size = $1, head = $2 where name = 'audit'`, [
    hashes.length,
    hashes.at(-1),
  ]);
}

describe('the audit chain', () => {
  test('is whole as long as nobody touched it', async () => {
    expect(await verifyAuditChain(database.serverPool, kept)).toEqual({ size: 8, findings: [] });
  });

  const cases: readonly [string, readonly string[], readonly ChainFinding[]][] = [
    [
      'an edited event',
      [`update audit_events set outcome = 'refused' where id = 3`],
      [{ code: 'hash_differs', n: 3, eventId: 3n }],
    ],
    [
      'an edited time',
      [`update audit_events set at = at - interval '1 hour' where id = 8`],
      [{ code: 'hash_differs', n: 8, eventId: 8n }],
    ],
    [
      'a deleted event',
      [`delete from audit_events where id = 4`],
      [{ code: 'event_missing', n: 4, eventId: 4n }],
    ],
    [
      'two events that changed places',
      [
        `update audit_chain set event_id = -event_id where n in (2, 3)`,
        `update audit_chain set event_id = case n when 2 then 3 else 2 end where n in (2, 3)`,
      ],
      [
        { code: 'hash_differs', n: 2, eventId: 3n },
        { code: 'hash_differs', n: 3, eventId: 2n },
      ],
    ],
    [
      'an edited hash',
      [`update audit_chain set hash = sha256('') where n = 5`],
      [
        { code: 'hash_differs', n: 5, eventId: 5n },
        { code: 'hash_differs', n: 6, eventId: 6n },
      ],
    ],
    [
      'a row taken out of the middle',
      [`delete from audit_chain where n = 5`],
      [
        { code: 'row_missing', n: 5 },
        { code: 'event_not_chained', eventId: 5n },
      ],
    ],
    [
      'the tail deleted',
      [`delete from audit_chain where n > 6`, `delete from audit_events where id > 6`],
      [
        { code: 'end_differs', n: 6 },
        { code: 'checkpoint_differs', checkpoint: 2 },
      ],
    ],
    [
      'an event put in beside the chain',
      [
        `insert into audit_events (id, at, actor, action, subject, outcome, details)
         overriding system value
         values (9, date_trunc('second', now()), 'x', 'x', 'x', 'ok', '{}')`,
      ],
      [{ code: 'event_not_chained', eventId: 9n }],
    ],
    [
      'a row put at the end without its sequencer',
      [
        `insert into audit_events (id, at, actor, action, subject, outcome, details)
         overriding system value
         values (9, date_trunc('second', now()), 'x', 'x', 'x', 'ok', '{}')`,
        `insert into audit_chain (n, event_id, hash) values (9, 9, sha256('x'))`,
      ],
      [
        { code: 'hash_differs', n: 9, eventId: 9n },
        { code: 'end_differs', n: 9 },
      ],
    ],
  ];

  test.each(cases)('names %s', async (_name, statements, findings) => {
    const report = await tampered(async (tx) => {
      await execute(tx, statements);
      return verifyAuditChain(tx);
    });
    expect(report.findings).toEqual(findings);
  });

  test('rewritten from an edited event on, no longer fits the checkpoints', async () => {
    const report = await tampered(async (tx) => {
      await execute(tx, [`update audit_events set outcome = 'refused' where id = 3`]);
      await rehash(tx);
      return verifyAuditChain(tx);
    });
    expect(report.findings).toEqual([
      { code: 'checkpoint_differs', checkpoint: 1 },
      { code: 'checkpoint_differs', checkpoint: 2 },
    ]);
  });

  test('with its tail cut off everywhere, is found by whoever kept the last one', async () => {
    const [alone, helped] = await tampered(async (tx) => {
      await execute(tx, [
        'delete from audit_chain where n > 6',
        'delete from audit_events where id > 6',
        'delete from checkpoints where no = 2',
      ]);
      await rehash(tx);
      return [await verifyAuditChain(tx), await verifyAuditChain(tx, kept)];
    });
    expect(alone.findings).toEqual([]);
    expect(helped.findings).toEqual([{ code: 'checkpoint_differs', checkpoint: 2 }]);
  });
});

describe('the log', () => {
  test('is whole as long as nobody touched it', async () => {
    expect(await verifyLog(database.serverPool, kept)).toEqual({ size: 620, findings: [] });
  });

  const cases: readonly [string, readonly string[], readonly LogFinding[]][] = [
    [
      'an edited payment, by the first subtree and the checkpoints over it',
      [`update settled_payments set amount = amount - 1 where batch_id = 1 and ordinal = 299`],
      [
        { code: 'node_differs', level: 8, index: 1 },
        { code: 'node_differs', level: 9, index: 0 },
        { code: 'root_differs', checkpoint: 1 },
        { code: 'root_differs', checkpoint: 2 },
        { code: 'log_end_differs', position: 620 },
      ],
    ],
    [
      'an edited payment in the open end',
      [`update settled_payments set payee_wallet = payee_wallet + 1 where batch_id = 4`],
      [
        { code: 'root_differs', checkpoint: 2 },
        { code: 'log_end_differs', position: 620 },
      ],
    ],
    [
      'a deleted payment',
      [`delete from settled_payments where batch_id = 3 and ordinal = 7`],
      [{ code: 'leaves_differ', batchId: 3n, index: 7 }],
    ],
    [
      'a batch taken out',
      [`delete from log_batches where batch_id = 2`],
      [{ code: 'batch_missing', position: 300 }],
    ],
    [
      'the tail deleted',
      [`delete from log_batches where batch_id = 4`],
      [
        { code: 'log_end_differs', position: 600 },
        { code: 'batch_not_logged', batchId: 4n },
        { code: 'root_differs', checkpoint: 2 },
      ],
    ],
    [
      'an edited subtree',
      [`update log_nodes set hash = sha256('') where level = 8 and idx = 0`],
      [{ code: 'node_differs', level: 8, index: 0 }],
    ],
    [
      'an edited checkpoint',
      [`update checkpoints set log_root = sha256('') where no = 1`],
      [{ code: 'root_differs', checkpoint: 1 }],
    ],
  ];

  test.each(cases)('names %s', async (_name, statements, findings) => {
    const report = await tampered(async (tx) => {
      await execute(tx, statements);
      return verifyLog(tx);
    });
    expect(report.findings).toEqual(findings);
  });

  test('forged together with its checkpoints, is found by whoever kept one', async () => {
    const report = await tampered(async (tx) => {
      await execute(tx, [
        `update settled_payments set amount = 999, spent = 999
          where batch_id = 4 and ordinal = 0`,
        'delete from checkpoints where no = 2',
      ]);
      return verifyLog(tx, kept);
    });
    expect(report.findings).toContainEqual({ code: 'root_differs', checkpoint: 2 });
  });
});

describe('the server itself', () => {
  test.each([
    'update audit_events set outcome = outcome',
    'delete from audit_events',
    'truncate audit_events',
    'update audit_chain set hash = hash',
    'delete from audit_chain',
    'truncate audit_chain',
    'update log_batches set count = count',
    'delete from log_batches',
    'truncate log_batches',
    'update log_nodes set hash = hash',
    'delete from log_nodes',
    'truncate log_nodes',
    'update checkpoints set id = id',
    'delete from checkpoints',
    'truncate checkpoints',
    'delete from sequencer_state',
    'truncate audit_pending, log_pending',
  ])('may not %s', async (sql) => {
    await expect(database.serverPool.query(sql)).rejects.toMatchObject({ code: '42501' });
  });
});
