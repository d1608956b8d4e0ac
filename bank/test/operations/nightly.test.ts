import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sequence } from '../../src/audit/index.ts';
import { checkNightly } from '../../src/flows/index.ts';
import { createLog } from '../../src/log.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';
import { createTown, journal } from '../settlement/town.ts';
import type { Town } from '../settlement/town.ts';

let db: TestDatabase;
let town: Town;
const lines: string[] = [];
let cases = 0;
const log = createLog({
  level: 'info',
  write: (line) => void lines.push(line),
  now: () => new Date(),
});

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  const payer = await town.person();
  const payee = await town.person({ offline: 0 });
  const allowance = await town.allowance(await town.device(payer));
  const [payment] = await journal(town, allowance, [{ amount: 500, payee: payee.current.number }]);
  await town.hand([payment!.packet]);
  await sequence(db.serverPool);
});
afterAll(() => db.drop());

const at = (text: string) => () => new Date(text);
const check = (clock: () => Date) => checkNightly({ pool: db.serverPool, clock, log });

interface Row {
  readonly ok: boolean | null;
  readonly report: { readonly found: Record<string, number>; readonly findings: object } | null;
}

async function kept(day: string): Promise<Row | undefined> {
  const { rows } = await db.ownerPool.query<Row>(
    'select ok, report from nightly_checks where day = $1',
    [day],
  );
  return rows[0];
}

/** Past every guard that the bank itself meets. */
async function tamper(table: string, change: string): Promise<void> {
  await db.ownerPool.query(`alter table ${table} disable trigger user`);
  await db.ownerPool.query(`update ${table} set ${change}`);
}

describe('the nightly check', () => {
  test('finds nothing in books that are right, once a day however many workers ask', async () => {
    const clock = at('2027-01-01T00:03:00Z');
    await Promise.all([check(clock), check(clock), check(clock)]);
    expect(await kept('2027-01-01')).toMatchObject({ ok: true, report: { found: { sums: 0 } } });
    const finished = lines.filter((line) => line.includes('nightly.finished'));
    expect(finished).toHaveLength(1);
  });

  test('a day that a killed worker began is taken over after two hours, no sooner', async () => {
    await db.ownerPool.query(
      `insert into nightly_checks (day, started_at) values ('2027-01-02', '2027-01-02T00:01:00Z')`,
    );
    await check(at('2027-01-02T02:00:59Z'));
    expect(await kept('2027-01-02')).toMatchObject({ ok: null });
    await check(at('2027-01-02T02:01:01Z'));
    expect(await kept('2027-01-02')).toMatchObject({ ok: true });
  });

  test.each<[string, string, string, string]>([
    ['balances', 'ledger_balances', 'balance = balance + 1', 'balance = balance - 1'],
    [
      'settlement_days',
      'settled_payments',
      `settled_at = settled_at + interval '1 day'`,
      `settled_at = settled_at - interval '1 day'`,
    ],
    [
      'reservations',
      'allowance_states',
      'settled_minor = settled_minor + 1',
      'settled_minor = settled_minor - 1',
    ],
    ['audit_chain', 'audit_events', `actor = actor || 'x'`, 'actor = left(actor, -1)'],
  ])('%s: what was changed is found, kept and logged as an error', async (kind, table, ...sql) => {
    const [change, back] = sql;
    const day = `2027-02-0${++cases}`;
    await tamper(table, change);
    await check(at(`${day}T00:02:00Z`));
    await tamper(table, back);
    const row = await kept(day);
    expect(row?.ok).toBe(false);
    expect(row?.report?.found[kind]).toBeGreaterThan(0);
    const line = lines.find((one) => one.includes('nightly.found') && one.includes(day));
    expect(line).toContain('"level":"error"');
  });

  test('and what was put right again is found right', async () => {
    await check(at('2027-02-09T00:02:00Z'));
    expect(await kept('2027-02-09')).toMatchObject({ ok: true });
  });
});
