import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../../src/caller.ts';
import { inTransaction } from '../../src/db/index.ts';
import { openAccount } from '../../src/identity/index.ts';
import { agree, openApprovals } from '../../src/policy/index.ts';
import type { Agreement } from '../../src/policy/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

const now = new Date('2026-03-01T10:00:00.000Z');
let database: TestDatabase;
let first: Caller;
let second: Caller;
let subjects = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  [first, second] = await Promise.all([operator('first'), operator('second')]);
});
afterAll(() => database.drop());

async function operator(publicId: string): Promise<Caller> {
  const roles = ['finance'] as const;
  const accountId = await inTransaction(database.serverPool, (tx) =>
    openAccount(tx, { publicId, currency: 586, roles }, now),
  );
  if (accountId === undefined) throw new Error('The id is taken.');
  return { accountId, account: publicId, roles: new Set(roles), status: 'active' };
}

/** A subject of its own for each test. */
function subjectOf(): string {
  subjects += 1;
  return `till:${subjects}`;
}

function ask(
  caller: Caller | undefined,
  subject: string,
  { content = { amount: 100n }, alone = false }: { content?: object; alone?: boolean } = {},
): Promise<Agreement> {
  const act = { kind: 'funding', subject, content: { ...content }, caller, now };
  return inTransaction(database.serverPool, (tx) => agree(tx, act, { alone }));
}

async function outcomesOf(subject: string): Promise<readonly unknown[]> {
  const { rows } = await database.ownerPool.query<{ outcome: string | null }>(
    'select outcome from approvals where subject = $1 order by id',
    [subject],
  );
  return rows.map(({ outcome }) => outcome);
}

test('one person proposes, and asking again is still one person', async () => {
  const subject = subjectOf();
  const { agreed, approval } = await ask(first, subject);
  expect(agreed).toBe(false);
  expect(await ask(first, subject)).toEqual({ agreed: false, approval });
  const open = await openApprovals(database.serverPool, 100);
  expect(open.find(({ id }) => id === approval)).toEqual({
    ...{ id: approval, kind: 'funding', subject, content: '{"amount":"100"}' },
    ...{ proposedBy: 'first', proposedAt: now },
  });
});

test('a second person who asks for the same is the approval, once', async () => {
  const subject = subjectOf();
  const { approval } = await ask(first, subject, { content: { amount: 1n, to: 'x' } });
  const same = { content: { to: 'x', amount: 1n } };
  expect(await ask(second, subject, same)).toEqual({ agreed: true, approval });
  expect(await outcomesOf(subject)).toEqual(['approved']);
  // What comes afterwards is a new proposal, not a second use of this approval.
  expect((await ask(second, subject, same)).agreed).toBe(false);
});

test('a second person with other numbers agrees to nothing', async () => {
  const subject = subjectOf();
  await ask(first, subject);
  expect((await ask(second, subject, { content: { amount: 101n } })).agreed).toBe(false);
  expect(await outcomesOf(subject)).toEqual([null, null]);
});

test('of ten second persons at once one is the approval', async () => {
  const subject = subjectOf();
  await ask(first, subject);
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(second, subject)));
  expect(answers.filter(({ agreed }) => agreed)).toHaveLength(1);
  expect(await outcomesOf(subject)).toEqual(['approved', null]);
});

test('ten first persons at once make one proposal', async () => {
  const subject = subjectOf();
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(first, subject)));
  expect(answers.some(({ agreed }) => agreed)).toBe(false);
  expect(await outcomesOf(subject)).toEqual([null]);
});

test('who is blocked meanwhile was not the first of two, nor who proposed long ago', async () => {
  const subject = subjectOf();
  await ask(first, subject);
  await database.ownerPool.query(
    `update approvals set proposed_at = proposed_at - interval '8 days' where subject = $1`,
    [subject],
  );
  expect((await ask(second, subject)).agreed).toBe(false);
  expect(await outcomesOf(subject)).toEqual(['withdrawn', null]);
  await database.ownerPool.query(`update accounts set status = 'review' where id = $1`, [
    second.accountId,
  ]);
  expect((await ask(first, subject)).agreed).toBe(false);
  await database.ownerPool.query(`update accounts set status = 'active' where id = $1`, [
    second.accountId,
  ]);
  expect(await outcomesOf(subject)).toEqual(['withdrawn', 'withdrawn', null]);
});

test('in a demo one is enough, and the row says so', async () => {
  const subject = subjectOf();
  expect((await ask(undefined, subject, { alone: true })).agreed).toBe(true);
  expect(await outcomesOf(subject)).toEqual(['approved_alone']);
});

test('outside a demo nobody without a name can ask', async () => {
  await expect(ask(undefined, subjectOf())).rejects.toThrow('Nobody is asking.');
});

test('the database itself lets nobody agree to what he proposed', async () => {
  const subject = subjectOf();
  await ask(first, subject);
  await expect(
    database.ownerPool.query(
      `update approvals set outcome = 'approved', decided_by = proposed_by, decided_at = $2
       where subject = $1`,
      [subject, now],
    ),
  ).rejects.toThrow('approvals_four_eyes');
});

test('an approval is decided once', async () => {
  const subject = subjectOf();
  await ask(first, subject);
  await ask(second, subject);
  await expect(
    database.ownerPool.query(
      `update approvals set outcome = 'withdrawn', decided_by = null where subject = $1`,
      [subject],
    ),
  ).rejects.toThrow('what was decided stays so');
});

test('each step leaves an audit event', async () => {
  const subject = subjectOf();
  const { approval } = await ask(first, subject);
  await ask(second, subject);
  const { rows } = await database.ownerPool.query(
    'select actor, action from audit_events where subject = $1 order by id',
    [`approval:${approval}`],
  );
  expect(rows).toEqual([
    { actor: 'account:first', action: 'approval.proposed' },
    { actor: 'account:second', action: 'approval.agreed' },
  ]);
});
