import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ITS_TRANSFER, SOME_PAYMENT, THIS_PAYMENT } from './auditor-town/tampered-rows.ts';
import { expectNamed, startTampering, wrongChecks } from './auditor-town/tampering.ts';
import type { Tampered, Tampering } from './auditor-town/tampering.ts';

let tampered: Tampered;
beforeAll(async () => {
  tampered = await startTampering();
}, 180_000);
afterAll(() => tampered.drop());

const ORDERED = `kind = 'transfer' and reference = convert_to('transfer:1', 'UTF8')`;

const OF_A_DEMO = `reference = convert_to('demo:ayesha', 'UTF8')`;

/** A deposit out of the bank's cash. */
const PAID_IN = `
  insert into ledger_transfers
    (kind, currency, debit_account, credit_account, amount, reference, at)
    select 'deposit', 586, h.ledger_account, (select max(ledger_account) from wallets), 500,
      null, now()
    from house_accounts as h where h.kind = 'bank_cash';
  update ledger_balances as b
    set balance = balance + case b.account_id when t.credit_account then 500 else -500 end
    from ledger_transfers as t
    where t.id = (select max(id) from ledger_transfers)
      and b.account_id in (t.debit_account, t.credit_account)`;

const TAMPERINGS: readonly Tampering[] = [
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
    name: 'a reservation was never funded',
    sql: `delete from ledger_transfers where kind = 'reserve'
      and reference = (select id from allowances where no = ${SOME_PAYMENT})`,
    check: 'reservations',
    table: 'allowances',
    key: `select '{"no":"' || ${SOME_PAYMENT} || '"}' as value`,
    what: /never funded/,
  },
  {
    name: 'what was left of a spent allowance is kept',
    sql: `delete from ledger_transfers where kind = 'release'`,
    check: 'reservations',
    table: 'allowances',
    what: /not given back/,
  },
  {
    name: 'an allowance is closed while claims may still come',
    sql: `update allowance_states set status = 'closed' where no = (
      select no from allowance_states where settled_minor + released_minor = limit_minor
      and status = 'exhausted' limit 1)`,
    check: 'allowance states',
    table: 'allowance_states',
    what: /before the end of its claim window/,
  },
  {
    name: 'money is given away under a name of its own',
    sql: `
      insert into ledger_transfers
        (kind, currency, debit_account, credit_account, amount, reference, at)
      select 'gift', 586, min(ledger_account), max(ledger_account), 5, null, now()
        from wallets where kind = 'current';
      update ledger_balances as b
        set balance = balance + case b.account_id when t.credit_account then 5 else -5 end
        from ledger_transfers as t
        where t.kind = 'gift' and b.account_id in (t.debit_account, t.credit_account)`,
    check: 'other transfers',
    table: 'ledger_transfers',
    what: /kind gift that no check explains/,
  },
  {
    name: 'an online transfer is taken back in secret',
    sql: `delete from ledger_transfers where kind = 'transfer'`,
    check: 'other transfers',
    table: 'wallet_transfers',
    what: /moved no money/,
  },
  {
    name: 'money comes in that nobody ordered, and both balances with it',
    sql: PAID_IN,
    check: 'other transfers',
    table: 'ledger_transfers',
    what: /as a deposit that nothing asks for/,
  },
  {
    name: 'a demo is said to have paid in more, as both balances say',
    sql: `
      update ledger_transfers set amount = amount + 500 where ${OF_A_DEMO};
      update ledger_balances as b
        set balance = balance + case b.account_id when t.credit_account then 500 else -500 end
        from ledger_transfers as t
        where ${OF_A_DEMO} and b.account_id in (t.debit_account, t.credit_account)`,
    check: 'other transfers',
    table: 'ledger_transfers',
    key: `select '{"id":"' || id || '"}' as value from ledger_transfers where ${OF_A_DEMO}`,
    what: /amount/,
  },
  {
    name: 'an online transfer was of more, as both its rows and the balances say',
    sql: `
      update wallet_transfers set amount = amount + 100 where id = 1;
      update ledger_transfers set amount = amount + 100 where ${ORDERED};
      update ledger_balances as b
        set balance = balance + case b.account_id when t.credit_account then 100 else -100 end
        from ledger_transfers as t
        where ${ORDERED} and b.account_id in (t.debit_account, t.credit_account)`,
    check: 'audit chain',
    table: 'wallet_transfers',
    key: `select '{"key":"1"}' as value`,
    what: /no event tells of it as it is/,
  },
  {
    name: 'somebody gives himself a role',
    sql: `insert into account_roles (account_id, role, granted_at)
      select id, 'finance', now() from accounts where public_id = 'chaudhry'`,
    check: 'stored columns',
    table: 'account_roles',
    key: `select '{"key":"chaudhry finance"}' as value`,
    what: /role/,
  },
  {
    name: 'an allowance that is spent to the last is active again',
    sql: `update allowance_states set status = 'active' where no = (
      select min(no) from allowance_states where status = 'exhausted')`,
    check: 'stored columns',
    table: 'allowance_states',
    key: `select '{"key":"' || min(no) || '"}' as value from allowance_states
      where status = 'exhausted'`,
    what: /status/,
  },
  {
    name: 'a wallet may go below nothing',
    sql: `update ledger_balances set floor = -1000000
      where account_id = (select min(ledger_account) from wallets)`,
    check: 'balances',
    table: 'ledger_balances',
    what: /floor/,
  },
  {
    name: 'a balance stands for no account',
    sql: `insert into ledger_balances (account_id, currency, floor, balance)
      values (987654, 586, 0, 0)`,
    check: 'balances',
    table: 'ledger_balances',
    key: `select '{"account_id":"987654"}' as value`,
    what: /account that is not there/,
  },
  {
    name: 'two shops change their accounts in the ledger',
    sql: `
      update wallets set ledger_account = -ledger_account where number in (
        (select payee_wallet from settled_payments where ${THIS_PAYMENT}),
        (select max(number) from wallets where kind = 'offline'));
      update wallets as w set ledger_account = -o.ledger_account
        from wallets as o
        where w.ledger_account < 0 and o.ledger_account < 0 and o.number <> w.number`,
    check: 'settlement transfers',
    table: 'ledger_transfers',
    what: /credit_account/,
  },
];

const PAID = 'guarantee > 0';
const TOLD = (from: string, to: string) => `
  update audit_events set details = replace(details, '${from}', '${to}')
    where action = 'case.decided'`;

const CASES: readonly (readonly [name: string, sql: string, what: RegExp])[] = [
  [
    'a guarantee is paid twice',
    `drop index ledger_transfers_reference;
     insert into ledger_transfers
       (kind, currency, debit_account, credit_account, amount, reference, at)
     select kind, currency, debit_account, credit_account, amount, reference, at
       from ledger_transfers where kind = 'guarantee'`,
    /number of guarantee transfers/,
  ],
  [
    'a case covers a payment that nobody refused',
    `update case_decisions set covered = sha256(covered) where ${PAID}`,
    /payment refused with its proof/,
  ],
  [
    'a guarantee is said to be another payee’s',
    `update case_decisions set payee_wallet = (select min(number) from wallets
       where number <> payee_wallet) where ${PAID}`,
    /payee_wallet/,
  ],
  [
    'more is paid than was lost',
    `update case_decisions set guarantee = 251 where ${PAID};
     update ledger_transfers set amount = 251 where kind = 'guarantee';
     ${TOLD('"guarantee":"250"', '"guarantee":"251"')}`,
    /more than the payment was of/,
  ],
  [
    'the payee was to bear what the bank paid',
    `update case_decisions set loss = 'payee' where ${PAID}`,
    /loss/,
  ],
  [
    'the cap of an allowance was lower',
    TOLD('"cap":"1000000"', '"cap":"249"'),
    /over the cap of an allowance/,
  ],
  [
    'the cap of a payee was lower',
    TOLD('"cap_payee":"2000000"', '"cap_payee":"249"'),
    /over the cap of a payee/,
  ],
];

/** As cases were decided before the bank paid guarantees itself: nothing says what it paid. */
const OF_BEFORE = `
  delete from ledger_transfers where kind = 'guarantee';
  update case_decisions set guarantee = 0, covered = null, payee_wallet = null where ${PAID};
  update audit_events set details = regexp_replace(details, '"guarantee":"[0-9]+",?', '')
    where action = 'case.decided'`;

const AGREED: readonly Tampering[] = [
  {
    name: 'one of the staff decided a case alone',
    sql: `update approvals set outcome = 'approved' where kind = 'case'`,
    check: 'reviews',
    table: 'approvals',
    what: /two people did not agree/,
  },
  {
    name: 'a guarantee has no case',
    sql: `delete from case_decisions where ${PAID}`,
    check: 'guarantees',
    table: 'ledger_transfers',
    what: /nothing asks for/,
  },
];

describe('the owner changes what the bank bears, and the auditor names the row', () => {
  const table = { check: 'guarantees', table: 'case_decisions' } as const;
  const rows = CASES.map(([name, sql, what]): Tampering => ({ ...table, name, sql, what }));
  test.each([...rows, ...AGREED])('$name', (tampering) => expectNamed(tampered, tampering));

  test('a case of before the bank paid guarantees accuses nobody', async () => {
    const wrong = await wrongChecks(tampered, (copy) => copy.execute(OF_BEFORE));
    expect(wrong.get('guarantees')).toBeUndefined();
    expect(wrong.get('audit chain')?.wrong).toBeGreaterThan(0);
  });
});

describe('the owner moves money, and the auditor names the row', () => {
  test.each(TAMPERINGS)('$name', (tampering) => expectNamed(tampered, tampering));
});
