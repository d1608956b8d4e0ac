import {
  decodePacket,
  encodePacket,
  logId,
  signDocument,
  verifyConsistency,
  verifyDocument,
  verifySettlement,
} from '@sikka/protocol';
import type { Checkpoint as CheckpointDocument, Signed } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner, nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  checkpoint,
  checkpointOver,
  checkpointsFrom,
  consistencyPath,
  inclusionPath,
  latestCheckpoint,
  positionOf,
  record,
  sequence,
} from '../../src/audit/index.ts';
import type { Checkpoint } from '../../src/audit/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import type { Pool } from '../../src/db/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';
import { openAllowance, payeeWallet, settle } from './settled.ts';

const bank = 'sikka-test';
const now = new Date('2026-03-01T10:00:00.700Z');
const verifier = nodeVerifier();

let database: TestDatabase;
let pool: Pool;
let issuer: Awaited<ReturnType<typeof newIssuer>>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.serverPool;
  await openAllowance(database.ownerPool);
  issuer = await newIssuer();
});

afterAll(() => database.drop());

async function newIssuer() {
  const { privateKey } = await generateNodeSigningKey('ES256');
  return { ...nodeSigner('ES256', privateKey), number: 3 };
}

function sign(): Promise<Checkpoint | undefined> {
  return checkpoint(pool, { bank, now, issuer });
}

function decoded({ packet }: Checkpoint) {
  const read = decodePacket(packet);
  if (!read.ok || read.value.kind !== 'document') throw new Error('not a document');
  const { document, id } = read.value;
  if (!isCheckpoint(document)) throw new Error('not a checkpoint');
  return { document, fields: document.fields, id };
}

function isCheckpoint(document: Signed): document is Signed<CheckpointDocument> {
  return document.fields.type === 'checkpoint';
}

test('a checkpoint is signed only when something changed, and extends the one before', async () => {
  expect(await sign()).toBeUndefined();
  expect(await latestCheckpoint(pool)).toBeUndefined();

  await settle(pool, [300]);
  // Queued is not chained: nothing has its place yet.
  expect(await sign()).toBeUndefined();
  await sequence(pool);
  const first = (await sign())!;
  expect(await sign()).toBeUndefined();

  const event = { actor: 'system', action: 'test', subject: 'x', outcome: 'ok' };
  await inTransaction(pool, (tx) => record(tx, [event], now));
  await settle(pool, [41]);
  await sequence(pool);
  const second = (await sign())!;

  expect(await latestCheckpoint(pool)).toMatchObject({ no: 2, auditSize: 1, logSize: 341 });
  const listed = await checkpointsFrom(pool, { from: 1 });
  expect(listed.map(({ no, logSize }) => [no, logSize])).toEqual([
    [1, 300],
    [2, 341],
  ]);
  expect(await checkpointsFrom(pool, { from: 2, limit: 1 })).toHaveLength(1);

  const [one, two] = [decoded(first), decoded(second)];
  expect(one.fields).toMatchObject({ issuerKey: 3, time: 1_772_359_200, auditSize: 0 });
  expect(one.fields.logId).toEqual(logId(bank));
  expect(one.fields.previous).toEqual(new Uint8Array(32));
  expect(two.fields.previous).toEqual(one.id);
  expect(two.id).toEqual(new Uint8Array(listed[1]!.id));
  for (const { document } of [one, two]) {
    expect(await verifyDocument(document, issuer, verifier)).toBe(true);
  }
  const answer = await consistencyPath(pool, { first: 300, second: 341 });
  const claim = {
    oldSize: 300,
    oldRoot: one.fields.logRoot,
    newSize: 341,
    newRoot: two.fields.logRoot,
    path: answer.ok ? answer.path : [],
  };
  expect(verifyConsistency(claim)).toBe(true);
});

test('signed by many at once, one comes of it and numbers have no gap', async () => {
  await settle(pool, [2]);
  await sequence(pool);
  const before = (await latestCheckpoint(pool))!.no;
  const made = await Promise.all(Array.from({ length: 6 }, sign));
  expect(made.filter((each) => each !== undefined)).toHaveLength(1);
  expect((await latestCheckpoint(pool))!.no).toBe(before + 1);
});

test('a receipt with a checkpoint and a path verifies with the issuer key alone', async () => {
  const [batchId = 0n] = await settle(pool, [3]);
  await sequence(pool);
  const position = (await positionOf(pool, { batchId, ordinal: 1 }))!;
  expect(await checkpointOver(pool, position)).toBeUndefined();
  const signed = (await sign())!;
  await settle(pool, [260]);
  await sequence(pool);
  await sign();

  // Later checkpoints hold it too; a receipt always names the first.
  const over = (await checkpointOver(pool, position))!;
  expect(over.no).toBe(signed.no);
  const { rows } = await pool.query<{ payment_id: Buffer; id: Buffer }>(
    `select p.payment_id, a.id from settled_payments as p, allowances as a
      where p.batch_id = $1 and p.ordinal = 1`,
    [batchId],
  );
  const settled = {
    paymentId: new Uint8Array(rows[0]!.payment_id),
    allowanceId: new Uint8Array(rows[0]!.id),
    amountMinor: 2n,
    currency: 586,
    payeeWallet,
    settledAt: Date.parse('2026-03-01T09:00:00Z') / 1000,
  };
  const answer = await inclusionPath(pool, { position, size: over.logSize });
  if (!answer.ok) throw new Error(answer.code);
  expect(answer.path.length).toBeGreaterThan(2);
  const receipt = await signDocument(
    { type: 'settlement-receipt', issuerKey: 3, ...settled, logId: logId(bank), position },
    issuer,
  );
  const { document } = decoded(over);
  const packet = { kind: 'settlement', receipt, checkpoint: document, path: answer.path } as const;
  const trust = { issuers: new Map([[3, issuer]]), verifier };
  expect(await verifySettlement(encodePacket(packet), trust)).toMatchObject({ ok: true });

  const dearer = await signDocument({ ...receipt.fields, amountMinor: 3n }, issuer);
  const forged = encodePacket({ ...packet, receipt: dearer });
  expect(await verifySettlement(forged, trust)).toMatchObject({ code: 'log/not_included' });
});

test('a clock that was set back makes no checkpoint earlier than the one before', async () => {
  const last = (await latestCheckpoint(pool))!;
  const event = { actor: 'system', action: 'test', subject: 'y', outcome: 'ok' };
  await inTransaction(pool, (tx) => record(tx, [event], now));
  await sequence(pool);
  const dayBefore = new Date(now.getTime() - 86_400_000);
  const made = (await checkpoint(pool, { bank, now: dayBefore, issuer }))!;
  expect(made.at).toEqual(last.at);
  expect(decoded(made).fields.time).toBe(last.at.getTime() / 1000);
});
