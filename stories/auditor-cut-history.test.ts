import { audit } from '@sikka/auditor';
import { appendLeaf, concatBytes, EMPTY_FRONTIER, hex, leafHash, logEntry } from '@sikka/protocol';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyOf } from './auditor-town/copy.ts';
import type { Copy } from './auditor-town/copy.ts';
import { startTampering, wrongChecks } from './auditor-town/tampering.ts';
import type { Tampered } from './auditor-town/tampering.ts';

/** What was cut off so cleanly that nothing stored contradicts it any more. */

let tampered: Tampered;
beforeAll(async () => {
  tampered = await startTampering();
}, 180_000);
afterAll(() => tampered.drop());

const auditOf = (tamper: (copy: Copy) => Promise<void>, kept: readonly Uint8Array[]) =>
  wrongChecks(tampered, tamper, kept);

/**
 * The events after the last decision, what they tell of, their rows of the chain, and where its
 * sequencer ends: bulletins, and allowances that were closed.
 */
async function cutChain(copy: Copy): Promise<void> {
  await copy.execute(`
    update ledger_balances as b set balance = balance - m.minor
      from (
        select account, sum(minor) as minor
        from ledger_transfers as t
        cross join lateral (values (t.credit_account, t.amount), (t.debit_account, -t.amount))
          as side (account, minor)
        where t.kind = 'closing' group by account
      ) as m
      where b.account_id = m.account;
    delete from ledger_transfers where kind = 'closing';
    update allowance_states set status = 'expired', released_minor = 0 where status = 'closed';
    delete from audit_chain where n > (
      select max(c.n) from audit_chain as c join audit_events as e on e.id = c.event_id
      where e.action in ('settlement.decided', 'settlement.equivocation_proved'));
    delete from audit_events where id not in (select event_id from audit_chain);
    delete from bulletins where 'bulletin:' || version not in (
      select subject from audit_events where action = 'bulletin.issue');
    update sequencer_state as s set size = c.n, head = c.hash
      from (select n, hash from audit_chain order by n desc limit 1) as c
      where s.name = 'audit'`);
}

/** The last batch with its payments, and the log's state as it was before them. */
async function cutLog(copy: Copy): Promise<void> {
  await copy.execute(`
    delete from settled_payments where batch_id = (
      select batch_id from log_batches order by first_position desc limit 1);
    delete from settled_key_payments where batch_id = (
      select batch_id from log_batches order by first_position desc limit 1);
    delete from log_batches where first_position = (select max(first_position) from log_batches)`);
  const { size, frontier } = await frontierOf(copy.url);
  await copy.execute(`
    update sequencer_state set size = ${size}, frontier = '\\x${hex(frontier)}'
    where name = 'log'`);
}

async function frontierOf(url: string): Promise<{ size: number; frontier: Uint8Array }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, never>>(LEAVES);
  await client.end();
  let tree = EMPTY_FRONTIER;
  for (const row of rows) {
    const leaf = leafHash(
      logEntry({
        paymentId: row['payment_id']!,
        allowanceId: row['allowance_id']!,
        amountMinor: BigInt(row['amount']!),
        currency: row['currency']!,
        payeeWallet: Number(row['payee_wallet']),
        settledAt: Number(row['settled_at']),
      }),
    );
    tree = appendLeaf(tree, leaf).frontier;
  }
  return { size: tree.size, frontier: concatBytes(...tree.subtrees.map(({ hash }) => hash)) };
}

const LEAVES = `
  select s.payment_id, s.allowance_id, s.amount, s.currency, s.payee_wallet,
    extract(epoch from s.settled_at) as settled_at
  from (
    select p.payment_id, a.id as allowance_id, p.amount, p.currency, p.payee_wallet, p.settled_at,
      p.batch_id, p.ordinal
    from settled_payments as p join allowances as a on a.no = p.allowance_no
    union all
    select payment_id, key_id, amount, currency, payee_wallet, settled_at, batch_id, ordinal
    from settled_key_payments
  ) as s
  join log_batches as b on b.batch_id = s.batch_id
  order by b.first_position, s.ordinal`;

/** Every checkpoint that speaks of more than is left. */
async function cutCheckpoints(copy: Copy): Promise<void> {
  await copy.execute(`
    delete from checkpoints where
      audit_size > (select size from sequencer_state where name = 'audit')
      or log_size > (select size from sequencer_state where name = 'log');
    update sequencer_state as s set size = c.no, head = c.id
      from (select no, id from checkpoints order by no desc limit 1) as c
      where s.name = 'checkpoint'`);
}

test('the tail of the audit chain is cut off: the stored checkpoints speak of more', async () => {
  const wrong = await auditOf(cutChain, []);
  expect([...wrong.keys()]).toEqual(['checkpoints']);
  expect(wrong.get('checkpoints')?.firstWrong).toMatchObject({
    table: 'checkpoints',
    what: expect.stringContaining('more rows than there are') as string,
  });
});

test('the checkpoints are cut off with it: the one that was kept speaks of more', async () => {
  const cut = async (copy: Copy) => {
    await cutChain(copy);
    await cutCheckpoints(copy);
  };
  expect(await auditOf(cut, [])).toEqual(new Map());
  const wrong = await auditOf(cut, [tampered.month.kept, tampered.month.last]);
  expect([...wrong.keys()]).toEqual(['kept checkpoints']);
  expect(wrong.get('kept checkpoints')?.firstWrong).toMatchObject({
    table: 'kept',
    key: { place: '1' },
    what: expect.stringContaining('more rows than there are') as string,
  });
});

test('the tail of the log is cut off with its payments: their packets have no answer', async () => {
  const cut = async (copy: Copy) => {
    await cutLog(copy);
    await cutCheckpoints(copy);
  };
  const wrong = await auditOf(cut, [tampered.month.last]);
  expect(wrong.get('answers')?.firstWrong?.what).toMatch(/payment that was never answered/);
  expect(wrong.get('log')?.firstWrong?.what).toMatch(/every payment of this batch is gone/);
  expect(wrong.get('settlement transfers')?.firstWrong?.what).toMatch(/without a settled payment/);
  expect(wrong.get('kept checkpoints')?.firstWrong?.what).toMatch(/more leaves than there are/);
});

test('the newest checkpoint alone is taken back: who kept it shows it', async () => {
  const cut = async (copy: Copy) => {
    await copy.execute(`
      delete from checkpoints where no = (select max(no) from checkpoints);
      update sequencer_state as s set size = c.no, head = c.id
        from (select no, id from checkpoints order by no desc limit 1) as c
        where s.name = 'checkpoint'`);
  };
  expect(await auditOf(cut, [])).toEqual(new Map());
  const wrong = await auditOf(cut, [tampered.month.last]);
  expect([...wrong.keys()]).toEqual(['kept checkpoints']);
  expect(wrong.get('kept checkpoints')?.firstWrong?.what).toMatch(/no longer there/);
});

test('a checkpoint of another bank is nobody’s evidence', async () => {
  const edit = async (copy: Copy) => {
    await copy.execute(`update issuer_keys set public_key = sha256(public_key)`);
  };
  const copy = await copyOf(tampered.month.town.home);
  try {
    await edit(copy);
    const { checks } = await audit({
      databaseUrl: copy.url,
      keptCheckpoints: [tampered.month.last],
    });
    expect(checks.find(({ name }) => name === 'kept checkpoints')?.firstWrong).toMatchObject({
      what: 'what was kept is not signed by a key that is trusted',
    });
  } finally {
    await copy.drop();
  }
});
