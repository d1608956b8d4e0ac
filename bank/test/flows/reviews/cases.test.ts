import { hex } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/caller.ts';
import { readPipeline } from '../../../src/flows/index.ts';
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
  signReturn,
  START,
} from '../../settlement/town.ts';
import type { Person, Town } from '../../settlement/town.ts';
import { ask, callerOf, CAPS, deskOf, fundGuarantee, staffOf } from './desk.ts';
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
async function proved(payee = shop) {
  const cheat = await town.person({ offline: 1_000 });
  const allowance = await town.allowance(await town.device(cheat), terms);
  const start = { sequence: 1, previous: allowance.id, payee: payee.current.number };
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
    const close = () => town.settlement.closeAllowances();
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
    await town.settlement.closeAllowances();
    expect(await town.status(allowance.no)).not.toBe('closed');
  });
});

/** Another payment of sequence 1, refused with a proof of its own. */
async function again(
  { allowance }: Pick<Awaited<ReturnType<typeof proved>>, 'allowance'>,
  about: { readonly amount: number; readonly payee: Person; readonly spent?: number },
): Promise<string> {
  const { amount, payee, spent = amount } = about;
  const start = { sequence: 1, previous: allowance.id, payee: payee.current.number };
  const payment = await town.sign(allowance, { ...start, amount, spent });
  const upload = await receiveAt(town, START + 61, [payment.packet]);
  const [outcome] = await town.settlement.settle(upload);
  expect(outcome?.code).toBe('double_spend');
  return hex(outcome!.proofId!);
}

const bears = { loss: 'bank' };
const received = (payee: Person) => town.balance(payee.current.ledgerAccount);
const newShop = () => town.person({ offline: 0 });

/** By two; what the second is told. */
async function byTwo(proof: string, body: object = {}, now = new Date()) {
  const given = { params: { proof_id: proof }, now };
  const said = { loss: 'bank', account: 'keep', reason, ...body };
  await ask(desk, 'decideCase', { ...given, body: said, caller: staff.first });
  return ask(desk, 'decideCase', { ...given, body: said, caller: staff.second });
}

describe('whose loss the bank bears', () => {
  test('waits for its money, and nothing is decided before', async () => {
    const payee = await newShop();
    const { proof } = await proved(payee);
    await unmoved(db, async () => {
      const first = await decide(proof, staff.first, bears);
      const guarantee = { amount: '1.01', currency: 'PKR', payee_wallet: payee.current.number };
      expect(first).toMatchObject({ status: 202, value: { status: 'waiting', guarantee } });
      expect((await decide(proof, staff.second, bears)).status).toBe('case/not_funded');
    });
    const kept = `case_decisions where proof_id = '\\x${proof}'`;
    expect(await town.count(kept)).toBe(0);
    await fundGuarantee(town, 1_000_000n);
    // The first one's word still stands.
    expect((await decide(proof, staff.second, bears)).value).toMatchObject({ status: 'done' });
    expect(await received(payee)).toBe(100n + 101n);
    expect(await town.count(kept)).toBe(1);
    expect((await readPipeline(db.serverPool, new Date())).guarantees).toEqual([
      { currency: 'PKR', of: 'paid', minor: 101 },
      { currency: 'PKR', of: 'left', minor: 1_000_000 - 101 },
    ]);
  });

  test('is paid once, by ten who decide at once and by whoever asks again', async () => {
    const payee = await newShop();
    const { proof } = await proved(payee);
    await decide(proof, staff.first, bears);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        decide(proof, n % 2 ? staff.second : staff.third, bears),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const last = await decide(proof, staff.first, { ...bears, guarantee: '1.01' });
    expect(last.value).toMatchObject({ status: 'done', guarantee: { amount: '1.01' } });
    expect((await decide(proof, staff.first, { ...bears, guarantee: '1.00' })).status).toBe(
      'case/decided',
    );
    expect(await received(payee)).toBe(201n);
    const transfer = `kind = 'guarantee' and reference = '\\x${proof}'`;
    expect(await town.count(`ledger_transfers where ${transfer}`)).toBe(1);
    const { rows } = await db.ownerPool.query<{ details: string }>(
      `select details from audit_events where subject = $1 and action = 'case.decided'`,
      [`proof:${proof}`],
    );
    expect(rows.map(({ details }) => JSON.parse(details) as unknown)).toMatchObject([
      { loss: 'bank', guarantee: '101', cap: '250', cap_payee: '400', cap_days: 30 },
    ]);
    await town.checkMoney();
  });

  test('is paid up to a cap under one allowance, however many proofs it has', async () => {
    const [payee, other, third] = [await newShop(), await newShop(), await newShop()];
    const one = await proved(payee);
    const proofs = [
      await again(one, { amount: 102, payee: other }),
      await again(one, { amount: 103, payee: third }),
    ];
    expect((await byTwo(one.proof)).status).toBe(200);
    // Not by two at once either: 101 + 102 are covered, 103 more are not.
    await Promise.all(proofs.map((proof) => decide(proof, staff.first, bears)));
    const raced = await Promise.all(proofs.map((proof) => decide(proof, staff.second, bears)));
    const codes = raced.map(({ status }) => status);
    expect(codes).toContain(200);
    expect(codes).toContain('case/not_covered');
    const left = CAPS.allowance - 101n - (codes[0] === 200 ? 102n : 103n);
    const open = proofs[codes.indexOf('case/not_covered')]!;
    const [over, rest] = [left + 1n, left].map((minor) => `0.${minor}`);
    await unmoved(db, async () => {
      expect((await byTwo(open, { guarantee: over })).status).toBe('case/not_covered');
    });
    expect((await byTwo(open, { guarantee: rest })).status).toBe(200);
    const sum = (await received(payee)) + (await received(other)) + (await received(third));
    expect(sum).toBe(100n + CAPS.allowance);
  });

  test('is paid up to a cap to one payee within its days, whoever cheated him', async () => {
    const payee = await newShop();
    const cases = [await proved(payee), await proved(payee), await proved(payee)];
    const [first, ...later] = cases.map(({ proof }) => proof);
    const more = [...later, (await proved(payee)).proof];
    expect((await byTwo(first!)).status).toBe(200);
    await Promise.all(more.map((proof) => decide(proof, staff.first, bears)));
    const raced = await Promise.all(more.map((proof) => decide(proof, staff.second, bears)));
    // 101 four times is more than 400.
    expect(raced.map(({ status }) => status).sort()).toEqual([200, 200, 'case/not_covered']);
    const open = more[raced.findIndex(({ status }) => status !== 200)]!;
    const after = new Date(Date.now() + (CAPS.days + 1) * 86_400_000);
    expect((await byTwo(open, {}, after)).status).toBe(200);
    expect(await received(payee)).toBe(4n * 201n);
  });

  test('is not paid where there is none, or to nobody in good faith', async () => {
    const payee = await newShop();
    const one = await proved(payee);
    const cases: readonly (readonly [string, object, string])[] = [
      [one.proof, { guarantee: '1.02' }, 'case/not_covered'],
      [one.proof, { guarantee: '0.00' }, 'amount/invalid'],
      [one.proof, { loss: 'payee', guarantee: '1.00' }, 'amount/invalid'],
      [await again(one, { amount: 90, payee: one.cheat }), {}, 'case/not_covered'],
      // More than the allowance's terms, which every till sees.
      [await again(one, { amount: 1_001, payee }), {}, 'case/not_covered'],
      [await again(one, { amount: 80, spent: 1_001, payee }), {}, 'case/not_covered'],
      // A first payment before which something was spent.
      [await again(one, { amount: 80, spent: 90, payee }), {}, 'case/not_covered'],
    ];
    await unmoved(db, async () => {
      for (const [proof, body, code] of cases) {
        expect((await byTwo(proof, body)).status).toBe(code);
      }
    });
  });

  test('is not there where a Return was contradicted: every payment was paid', async () => {
    const cheat = await town.person({ offline: 1_000 });
    const allowance = await town.allowance(await town.device(cheat), terms);
    const head = allowance.id;
    const back = await signReturn(allowance, { lastSequence: 0, total: 0, head });
    const paid = { sequence: 1, previous: head, payee: shop.current.number };
    const payment = await town.sign(allowance, { ...paid, amount: 70, spent: 70 });
    const upload = await receiveAt(town, START + 60, [back.packet, payment.packet]);
    await town.settlement.settle(upload);
    const { rows } = await db.ownerPool.query<{ id: Buffer }>(
      'select id from proofs where allowance_no = $1',
      [allowance.no],
    );
    expect((await byTwo(rows[0]!.id.toString('hex'))).status).toBe('case/not_covered');
  });

  test('is not decided by who has it', async () => {
    const payee = await newShop();
    const { proof } = await proved(payee);
    await decide(proof, staff.first, bears);
    await unmoved(db, async () => {
      for (const body of [bears, {}]) {
        expect((await decide(proof, callerOf(payee), body)).status).toBe('review/own');
      }
    });
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
    const worker = town.anotherNode();
    const drain = async () => {
      for (let attempt = 0; attempt <= settlementLimits.wholeAttempts; attempt += 1) {
        await town.passTime(3_600_000);
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
