import { audit } from '@sikka/auditor';
import type { CheckName, CheckResult } from '@sikka/auditor';
import type { IssuerKeys } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { busyMonth } from './auditor-town/busy-month.ts';
import type { BusyMonth } from './auditor-town/busy-month.ts';
import { copyOf } from './auditor-town/tampering.ts';
import type { Copy } from './auditor-town/tampering.ts';

/** What the owner of the database does to it, with all rights, and what gives him away. */

let month: BusyMonth;
let issuers: IssuerKeys;
beforeAll(async () => {
  month = await busyMonth();
  issuers = await month.town.issuers();
  await month.town.stop();
}, 180_000);
afterAll(() => month.town.drop());

/** Audits a tampered copy, with the true keys and the checkpoint that was kept. */
async function checksOf(tamper: (copy: Copy) => Promise<void>) {
  const copy = await copyOf(month.town.home);
  try {
    await tamper(copy);
    const report = await audit({
      databaseUrl: copy.url,
      trustedIssuers: issuers,
      keptCheckpoints: [month.kept],
    });
    expect(report.ok).toBe(false);
    return new Map<CheckName, CheckResult>(report.checks.map((each) => [each.name, each]));
  } finally {
    await copy.drop();
  }
}

interface Tampering {
  readonly name: string;
  readonly sql: string;
  readonly check: CheckName;
  readonly table: string;
  /** Reads the key of the row that has to be named, before anything is done. */
  readonly key?: string;
  readonly what: RegExp;
}

const SOME_PAYMENT = `(select min(allowance_no) from settled_payments)`;
const ITS_KEY = `
  select '{"allowance_no":"' || ${SOME_PAYMENT} || '","sequence":"7"}' as value`;
const THIS_PAYMENT = `allowance_no = ${SOME_PAYMENT} and sequence = 7`;
const ITS_TRANSFER = `
  kind = 'settlement'
  and reference = (select payment_id from settled_payments where ${THIS_PAYMENT})`;

const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'an amount is edited',
    sql: `update settled_payments set amount = amount + 1 where ${THIS_PAYMENT}`,
    check: 'payments',
    table: 'settled_payments',
    key: ITS_KEY,
    what: /amount/,
  },
  {
    name: 'a payment is paid to somebody else',
    sql: `update settled_payments
      set payee_wallet = (select max(number) from wallets where number <> payee_wallet)
      where ${THIS_PAYMENT}`,
    check: 'payments',
    table: 'settled_payments',
    key: ITS_KEY,
    what: /payee_wallet/,
  },
  {
    name: 'a payment without evidence is inserted',
    sql: `insert into settled_payments
      select (p).* from (
        select jsonb_populate_record(s, '{"sequence": 300, "item": 4000, "ordinal": 999}') as p
        from settled_payments as s where ${THIS_PAYMENT}
      ) as made`,
    check: 'payments',
    table: 'settled_payments',
    key: `select '{"allowance_no":"' || ${SOME_PAYMENT} || '","sequence":"300"}' as value`,
    what: /no evidence/,
  },
  {
    name: 'the bytes handed in are replaced',
    sql: `update uploads set bytes = overlay(bytes placing '\\x00' from 200 for 1) where id = 3`,
    check: 'uploads',
    table: 'uploads',
    key: `select '{"id":"3"}' as value`,
    what: /not those that were received/,
  },
  {
    name: 'the evidence of two payments is swapped',
    sql: `update settled_payments as s
      set item = o.item, evidence_at = o.evidence_at, packet_sha256 = o.packet_sha256
      from settled_payments as o
      where s.allowance_no = ${SOME_PAYMENT} and o.allowance_no = s.allowance_no
        and s.sequence in (7, 8) and s.sequence + o.sequence = 15`,
    check: 'payments',
    table: 'settled_payments',
    what: /payment_id|sequence/,
  },
  {
    name: 'a settled payment is taken away',
    sql: `delete from settled_payments where ${THIS_PAYMENT}`,
    check: 'answers',
    table: 'uploads',
    what: /never answered/,
  },
  {
    name: 'a refusal is taken away',
    sql: `delete from rejected_items where code = 'wrong_payee'`,
    check: 'answers',
    table: 'uploads',
    what: /never answered/,
  },
  {
    name: 'a refusal gets another reason',
    sql: `update rejected_items set code = 'claim_window_closed' where code = 'over_per_payment'`,
    check: 'rejections',
    table: 'rejected_items',
    key: `select '{"id":"' || id || '"}' as value from rejected_items
      where code = 'over_per_payment'`,
    what: /not what its bytes say/,
  },
  {
    name: 'a late payment is said to be from nobody',
    sql: `update rejected_items set code = 'issuer_unknown' where code = 'claim_window_closed'`,
    check: 'rejections',
    table: 'rejected_items',
    what: /not what its bytes say/,
  },
  {
    name: 'a balance is edited',
    sql: `update ledger_balances set balance = balance + 100
      where account_id = (select max(ledger_account) from wallets)`,
    check: 'balances',
    table: 'ledger_balances',
    key: `select '{"account_id":"' || max(ledger_account) || '"}' as value from wallets`,
    what: /balance/,
  },
  {
    name: 'money goes elsewhere, and both balances with it',
    sql: `
      update ledger_balances set balance = balance - 106
        where account_id = (select credit_account from ledger_transfers where ${ITS_TRANSFER});
      update ledger_balances set balance = balance + 106
        where account_id = (select max(ledger_account) from wallets);
      update ledger_transfers set credit_account = (select max(ledger_account) from wallets)
        where ${ITS_TRANSFER}`,
    check: 'settlement transfers',
    table: 'ledger_transfers',
    key: `select '{"id":"' || id || '"}' as value from ledger_transfers where ${ITS_TRANSFER}`,
    what: /credit_account/,
  },
  {
    name: 'a transfer is edited',
    sql: `update ledger_transfers set amount = amount + 1 where ${ITS_TRANSFER}`,
    check: 'settlement transfers',
    table: 'ledger_transfers',
    key: `select '{"id":"' || id || '"}' as value from ledger_transfers where ${ITS_TRANSFER}`,
    what: /amount/,
  },
  {
    name: 'a payment is paid twice',
    sql: `
      insert into ledger_transfers
        (kind, currency, debit_account, credit_account, amount, reference, at)
      select kind, currency, debit_account, credit_account, amount, reference, at
        from ledger_transfers where ${ITS_TRANSFER};
      update ledger_balances as b
        set balance = balance
          + case b.account_id when t.credit_account then t.amount else -t.amount end
        from ledger_transfers as t
        where t.id = (select max(id) from ledger_transfers)
          and b.account_id in (t.debit_account, t.credit_account)`,
    check: 'settlement transfers',
    table: 'ledger_transfers',
    what: /a second time/,
  },
  {
    name: 'a reservation is given back early',
    sql: `
      insert into ledger_transfers
        (kind, currency, debit_account, credit_account, amount, reference, at)
      select 'closing', a.currency, a.ledger_account, w.ledger_account, 10, a.id, now()
        from allowances as a join wallets as w on w.number = a.payer_wallet
        join allowance_states as s on s.no = a.no
        where s.status = 'active' order by a.no limit 1;
      update ledger_balances as b
        set balance = balance + case b.account_id when t.credit_account then 10 else -10 end
        from ledger_transfers as t
        where t.id = (select max(id) from ledger_transfers)
          and b.account_id in (t.debit_account, t.credit_account);
      update allowance_states as s set released_minor = released_minor + 10
        from allowances as a, ledger_transfers as t
        where a.no = s.no and t.debit_account = a.ledger_account
          and t.id = (select max(id) from ledger_transfers)`,
    check: 'reservations',
    table: 'ledger_transfers',
    what: /before it was due/,
  },
  {
    name: 'an allowance gets a higher limit',
    sql: `update allowances set limit_minor = limit_minor * 2 where no = ${SOME_PAYMENT}`,
    check: 'allowances',
    table: 'allowances',
    key: `select '{"no":"' || ${SOME_PAYMENT} || '"}' as value`,
    what: /limit_minor/,
  },
  {
    name: 'an allowance is said to have settled less',
    sql: `update allowance_states set settled_minor = settled_minor - 1
      where no = ${SOME_PAYMENT}`,
    check: 'allowance states',
    table: 'allowance_states',
    key: `select '{"no":"' || ${SOME_PAYMENT} || '"}' as value`,
    what: /settled_minor/,
  },
  {
    name: 'a refund is made larger',
    sql: `update refunds set amount = amount + 1, cumulative = cumulative + 1 where number = 2`,
    check: 'refunds',
    table: 'refunds',
    what: /amount/,
  },
  {
    name: 'the money of a refund is kept',
    sql: `delete from ledger_transfers where kind = 'refund'`,
    check: 'other transfers',
    table: 'refunds',
    what: /moved no money/,
  },
  {
    name: 'an extra payment is hidden',
    sql: `update settled_payments set extra = false where extra`,
    check: 'extra payments',
    table: 'settled_payments',
    what: /later payment/,
  },
  {
    name: 'somebody else is accused',
    sql: `update proofs set account_id = (select min(id) from accounts),
      device_no = (select min(no) from devices)`,
    check: 'proofs',
    table: 'proofs',
    what: /device_no/,
  },
  {
    name: 'a proof is taken away',
    sql: `delete from proofs where verdict = 'double_spend'`,
    check: 'rejections',
    table: 'rejected_items',
    what: /not what its bytes say/,
  },
  {
    name: 'a Return is made to say more',
    sql: `update allowance_returns set total_minor = total_minor + 1`,
    check: 'returns',
    table: 'allowance_returns',
    what: /total_minor/,
  },
  {
    name: 'a device gets another key',
    sql: `update devices set public_key = overlay(public_key placing '\\x00' from 9 for 1)
      where no = (select min(no) from devices)`,
    check: 'devices',
    table: 'devices',
    key: `select '{"no":"' || min(no) || '"}' as value from devices`,
    what: /public_key/,
  },
  {
    name: 'a shop gets another name',
    sql: `update credentials set name = 'Somebody Else'
      where serial = (select min(serial) from credentials)`,
    check: 'credentials',
    table: 'credentials',
    what: /name/,
  },
  {
    name: 'the issuer key is replaced',
    sql: `update issuer_keys set public_key = (select public_key from devices limit 1)`,
    check: 'issuer keys',
    table: 'issuer_keys',
    key: `select '{"number":"1"}' as value`,
    what: /public_key/,
  },
  {
    name: 'an event is edited',
    sql: `update audit_events set actor = 'account:nobody' where id = 5`,
    check: 'audit chain',
    table: 'audit_chain',
    key: `select '{"n":"' || n || '","event_id":"5"}' as value from audit_chain
      where event_id = 5`,
    what: /hash does not follow/,
  },
  {
    name: 'two rows of the audit chain change places',
    sql: `
      update audit_chain set event_id = -event_id where n in (4, 5);
      update audit_chain as c set event_id = -o.event_id
        from audit_chain as o where c.n in (4, 5) and o.n = 9 - c.n`,
    check: 'audit chain',
    table: 'audit_chain',
    what: /hash does not follow/,
  },
  {
    name: 'an event is slipped in',
    sql: `insert into audit_events (at, actor, action, subject, outcome, details)
      values ('2026-11-20T00:00:00Z', 'system', 'nothing', 'nothing', 'ok', '{}')`,
    check: 'audit chain',
    table: 'audit_events',
    what: /neither in the chain nor waiting/,
  },
  {
    name: 'a stored subtree is replaced',
    sql: `update log_nodes set hash = sha256(hash)`,
    check: 'log',
    table: 'log_nodes',
    key: `select '{"level":"8","idx":"0"}' as value`,
    what: /not the hash of its leaves/,
  },
  {
    name: 'a batch is left out of the log',
    sql: `delete from log_batches where first_position = (
      select max(first_position) from log_batches)`,
    check: 'log',
    table: 'log_batches',
    what: /neither in the log nor waiting/,
  },
  {
    name: 'two batches of the log change places',
    sql: `
      with two as (
        select batch_id, first_position from log_batches order by first_position limit 2
      )
      update log_batches as b set first_position = case
        when b.batch_id = (select batch_id from two order by first_position limit 1)
        then 1000000 else 0 end
      where b.batch_id in (select batch_id from two)`,
    check: 'checkpoints',
    table: 'checkpoints',
    what: /root of the log/,
  },
  {
    name: 'a checkpoint in between is dropped',
    sql: `delete from checkpoints where no = 2`,
    check: 'checkpoints',
    table: 'checkpoints',
    key: `select '{"no":"3"}' as value`,
    what: /no, after the one before/,
  },
  {
    name: 'a bulletin is made up',
    sql: `
      insert into bulletins select version + 1, sha256(id), content, packet, at from bulletins
        where version = (select max(version) from bulletins)`,
    check: 'bulletins',
    table: 'bulletins',
    what: /id|version/,
  },
];

describe('the owner edits a row, and the auditor names it', () => {
  test.each(TAMPERINGS)('$name', async ({ sql, check, table, key, what }) => {
    let expected: unknown;
    const checks = await checksOf(async (copy) => {
      if (key !== undefined) expected = JSON.parse(await copy.value(key)) as unknown;
      await copy.execute(sql);
    });
    const result = checks.get(check);
    expect(result).toMatchObject({ ok: false, firstWrong: { table } });
    expect(result?.firstWrong?.what).toMatch(what);
    if (expected !== undefined) expect(result?.firstWrong?.key).toEqual(expected);
  });
});
