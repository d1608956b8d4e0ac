import { hex } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/caller.ts';
import { settlementLimits } from '../../../src/settlement/index.ts';
import { createTestDatabase } from '../../support/index.ts';
import type { TestDatabase } from '../../support/index.ts';
import { unmoved } from '../../support/unmoved.ts';
import {
  batchOf,
  createTown,
  DAY,
  journal,
  receiveAt,
  said,
  START,
} from '../../settlement/town.ts';
import type { Person, Town } from '../../settlement/town.ts';
import { ask, callerOf, deskOf, staffOf } from './desk.ts';
import type { Staff } from './desk.ts';

let db: TestDatabase;
let town: Town;
let shop: Person;
let staff: Staff;
let desk: ReturnType<typeof deskOf>;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  shop = await town.person({ offline: 0 });
  staff = await staffOf(town);
  desk = deskOf(town);
});
afterAll(() => db.drop());

const terms = { limit: 1_000, until: START + DAY, claimUntil: START + 2 * DAY };
const reason = 'Both phones were his.';

/** Somebody who spent the same 100 of his 1,000 twice, and is proved to. */
async function proved() {
  const cheat = await town.person({ offline: 1_000 });
  const allowance = await town.allowance(await town.device(cheat), terms);
  const start = { sequence: 1, previous: allowance.id, payee: shop.current.number };
  const [first, second] = await Promise.all(
    [100, 101].map((amount) => town.sign(allowance, { ...start, amount, spent: amount })),
  );
  const upload = await receiveAt(town, START + 60, [first!.packet, second!.packet]);
  const outcomes = await town.settlement.settle(upload);
  expect(outcomes.map(said)).toEqual(['settled', 'double_spend']);
  return { cheat, allowance, proof: hex(outcomes[1]!.proofId!) };
}

const decide = (proof: string, caller: Caller, body: object = {}) =>
  ask(desk, 'decideCase', {
    caller,
    params: { proof_id: proof },
    body: { loss: 'payee', account: 'keep', reason, ...body },
  });

async function statusOf(accountId: bigint) {
  const { rows } = await db.ownerPool.query<{ status: string }>(
    'select status from accounts where id = $1',
    [accountId],
  );
  return rows[0]?.status;
}

describe('a proved case', () => {
  test('is decided by two, and only then what is left goes back', async () => {
    const { cheat, allowance, proof } = await proved();
    const close = () => town.settlement.closeAllowances(new Date());
    await unmoved(db, async () => {
      await close();
      expect((await decide(proof, staff.first)).status).toBe(202);
      expect((await decide(proof, staff.first)).status).toBe(202);
      // Other words about the account are another proposal.
      expect((await decide(proof, staff.second, { account: 'release' })).status).toBe(202);
      await close();
    });
    expect(await town.status(allowance.no)).not.toBe('closed');
    expect((await decide(proof, staff.second)).value).toMatchObject({ status: 'done' });
    await close();
    expect(await town.status(allowance.no)).toBe('closed');
    expect(await town.balance(cheat.offline.ledgerAccount)).toBe(900n);
    expect(await statusOf(cheat.accountId)).toBe('review');
    const other = await decide(proof, staff.third, { loss: 'bank' });
    expect(other.status).toBe('case/decided');
    expect((await decide(proof, staff.third)).status).toBe(200);
    await town.checkMoney();
  });

  test('is decided once by ten at once', async () => {
    const { cheat, proof } = await proved();
    await decide(proof, staff.first, { account: 'release' });
    const callers = Array.from({ length: 10 }, (_, n) => (n % 2 ? staff.second : staff.third));
    const answers = await Promise.all(
      callers.map((caller) => decide(proof, caller, { account: 'release' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { rows } = await db.ownerPool.query(
      `select action from audit_events where subject = $1 order by id`,
      [`proof:${proof}`],
    );
    expect(rows).toEqual([{ action: 'case.proposed' }, { action: 'case.decided' }]);
    expect(await statusOf(cheat.accountId)).toBe('active');
  });

  test('is not decided by whom it accuses, nor one that there is not', async () => {
    const { cheat, proof } = await proved();
    expect((await decide(proof, callerOf(cheat))).status).toBe('review/own');
    expect((await decide('f'.repeat(64), staff.first)).status).toBe('proof/not_found');
  });

  test('leaves another proof under the same allowance to be decided', async () => {
    const { allowance, proof } = await proved();
    const start = { sequence: 1, previous: allowance.id, payee: shop.current.number };
    const third = await town.sign(allowance, { ...start, amount: 102, spent: 102 });
    await town.settlement.settle(await receiveAt(town, START + 61, [third.packet]));
    await decide(proof, staff.first);
    await decide(proof, staff.second);
    await town.settlement.closeAllowances(new Date());
    expect(await town.status(allowance.no)).not.toBe('closed');
  });
});

describe('held items', () => {
  const retry = (uploadId: string) =>
    ask(desk, 'retryHeldItems', { caller: staff.first, params: { upload_id: uploadId } });

  test('are listed, tried again, and settled once their cause is mended', async () => {
    const payer = await town.person();
    const bad = await town.person({ offline: 0 });
    const account = bad.current.ledgerAccount;
    const setCurrency = (currency: number) =>
      db.ownerPool.query('update ledger_balances set currency = $2 where account_id = $1', [
        ...[account, currency],
      ]);
    await setCurrency(1);
    const allowance = await town.allowance(await town.device(payer));
    const [payment] = await journal(town, allowance, [{ amount: 10, payee: bad.current.number }]);
    const received = await town.settlement.receive(batchOf([payment!.packet]), 'tester');
    if (!received.ok) throw new Error(received.detail);
    const uploadId = received.value.uploadId.toString();
    let later = Date.now();
    const worker = town.anotherNode({ clock: () => new Date(later) });
    const drain = async () => {
      for (let attempt = 0; attempt <= settlementLimits.wholeAttempts; attempt += 1) {
        later += 3_600_000;
        await worker.drain();
      }
    };
    await drain();
    const listed = await ask(desk, 'listHeldItems', { caller: staff.first });
    expect(listed.value['held_items']).toMatchObject([{ upload_id: uploadId, item: 0 }]);
    expect((await retry(uploadId)).status).toBe(202);
    await drain();
    // Not mended: held again.
    expect(await town.count('held_items')).toBe(1);
    await setCurrency(586);
    expect((await retry(uploadId)).status).toBe(202);
    await drain();
    expect(await town.balance(account)).toBe(10n);
    expect(await town.count('held_items')).toBe(0);
    expect((await retry(uploadId)).status).toBe('held/not_found');
    await town.checkMoney();
  });
});
