import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ACTS,
  ELSEWHERE,
  EVIDENCE,
  NAMED_BY,
  NOT_AUDITED,
  TAMPERED,
  tamperingOf,
  WITHOUT_KEYS,
} from './auditor-town/every-table.ts';
import type { Copy } from './auditor-town/copy.ts';
import { chainOn, HIDDEN, OF_NOTHING, UNTOLD } from './auditor-town/insider.ts';
import type { Invented } from './auditor-town/insider.ts';
import { SOME_PAYMENT } from './auditor-town/tampered-rows.ts';
import { expectNamed, startTampering, wrongChecks } from './auditor-town/tampering.ts';
import type { Tampered, Tampering } from './auditor-town/tampering.ts';

let tampered: Tampered;
beforeAll(async () => {
  tampered = await startTampering();
}, 180_000);
afterAll(() => tampered.drop());

const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'an allowance gets a higher limit',
    sql: `update allowances set limit_minor = limit_minor * 2 where no = ${SOME_PAYMENT}`,
    check: 'allowances',
    table: 'allowances',
    key: `select '{"no":"' || ${SOME_PAYMENT} || '"}' as value`,
    what: /limit_minor/,
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
  {
    name: 'an event is chained twice',
    sql: `
      alter table audit_chain drop constraint audit_chain_event_id_key;
      update audit_chain set event_id = 4 where n = 6`,
    check: 'audit chain',
    table: 'audit_chain',
    what: /hash does not follow/,
  },
  {
    name: 'a decision goes untold',
    sql: `update settlement_batches set outcomes_digest = sha256(outcomes_digest) where id = 2`,
    check: 'audit chain',
    table: 'settlement_batches',
    what: /no event tells/,
  },
  {
    name: 'an allowance is taken away as if it had never been',
    sql: `delete from allowances where no = (select max(no) from allowances)`,
    check: 'audit chain',
    table: 'audit_events',
    what: /tells of is gone/,
  },
  {
    name: 'the last bulletin is taken back',
    sql: `delete from bulletins where version = (select max(version) from bulletins)`,
    check: 'audit chain',
    table: 'audit_events',
    what: /tells of is gone/,
  },
  {
    name: 'a device that signed twice is active again',
    sql: `update devices set status = 'active', revoked_reason = null, status_changed_at = null
      where status = 'revoked'`,
    check: 'bulletins',
    table: 'devices',
    key: `select '{"id":"' || encode(key_hash, 'hex') || '"}' as value from devices
      where status = 'revoked'`,
    what: /announced as revoked/,
  },
  {
    name: 'the issuer key is said to count for longer',
    sql: `update issuer_keys set valid_until = valid_until + interval '1 year'`,
    check: 'issuer keys',
    table: 'issuer_keys',
    what: /valid_until/,
  },
  {
    name: 'a shop is said to be revoked',
    sql: `update credentials set revoked_at = now() - interval '1 hour'
      where serial = (select max(serial) from credentials)`,
    check: 'bulletins',
    table: 'credentials',
    key: `select '{"serial":"' || max(serial) || '"}' as value from credentials`,
    what: /does not say so/,
  },
  {
    name: 'an event tells of two decisions',
    sql: `insert into settlement_batches overriding system value
      select (jsonb_populate_record(b, '{"id": 90000}')).* from settlement_batches as b
        where settled = 0 order by id desc limit 1`,
    check: 'audit chain',
    table: 'settlement_batches',
    key: `select '{"key":"90000"}' as value`,
    what: /no event tells/,
  },
  {
    name: 'a checkpoint gets another root',
    sql: `update checkpoints set log_root = sha256(log_root) where no = 2`,
    check: 'checkpoints',
    table: 'checkpoints',
    key: `select '{"no":"2"}' as value`,
    what: /root of the log/,
  },
];

describe('the owner edits keys, documents and logs, and the auditor names the row', () => {
  test.each(TAMPERINGS)('$name', (tampering) => expectNamed(tampered, tampering));
});

describe('every table of evidence', () => {
  test('has somebody who tampers with it, or a reason not to', async () => {
    let tables: unknown;
    await wrongChecks(tampered, async (copy) => {
      tables = JSON.parse(await copy.value(EVIDENCE)) as unknown;
    });
    const known = [TAMPERED, ELSEWHERE].flatMap((list) => Object.keys(list));
    expect([...known, ...NOT_AUDITED].sort()).toEqual(tables);
  });

  /** Each table in one way, and another than its neighbours; in all of them where asked for. */
  const all = process.env['SIKKA_EVERY_TAMPERING'] === 'on';
  const cases = Object.keys(TAMPERED).flatMap((table, at) => {
    const ways = ACTS.flatMap((act) => {
      const sql = tamperingOf(table, act);
      return sql === undefined ? [] : [{ table, act, sql }];
    });
    return all ? ways : [ways[at % ways.length]!];
  });
  test.each(cases)('$table: $act', async ({ table, sql }) => {
    const wrong = await wrongChecks(tampered, async (copy) => {
      await copy.execute(WITHOUT_KEYS);
      await copy.execute(sql);
    });
    const named = [...wrong.values()].map(({ firstWrong }) => firstWrong?.table ?? '');
    expect(named.filter((one) => (NAMED_BY[table] ?? [table]).includes(one))).not.toEqual([]);
  });
});

describe('whoever knows the bank’s code', () => {
  test('chains on events that tell of nothing, or a second time, and each is named', async () => {
    let first: unknown;
    const wrong = await wrongChecks(tampered, async (copy) => {
      const told = await copy.value(`
        select json_build_array(actor, action, subject, details)::text as value
        from audit_events where action = 'bulletin.issue' order by id limit 1`);
      await chainOn(copy, [...OF_NOTHING, JSON.parse(told) as Invented]);
      first = await copy.value(
        `select id as value from audit_events where action = 'nothing.at_all'`,
      );
    });
    expect([...wrong.keys()]).toEqual(['audit chain']);
    const { firstWrong, wrong: times } = wrong.get('audit chain') ?? {};
    expect(times).toBe(OF_NOTHING.length + 1);
    expect(firstWrong).toMatchObject({ table: 'audit_events', key: { id: first } });
  });

  test('dates money another day, and changes who may do what without a word', async () => {
    const wrong = await wrongChecks(tampered, async (copy) => {
      for (const [sql] of HIDDEN) await copy.execute(sql);
      for (const sql of UNTOLD) await copy.execute(sql);
    });
    const times = HIDDEN.reduce((sum, [, each]) => sum + each, 0);
    expect(wrong.get('stored columns')?.wrong).toBe(times);
    expect(wrong.get('audit chain')?.wrong).toBe(UNTOLD.length);
  });

  test('raises a limit of a policy, the first or a later one', async () => {
    const raise = `update allowance_policies set limit_minor = limit_minor * 2 where epoch`;
    const set = async (copy: Copy) => {
      await copy.execute(`
        alter table allowance_policies enable always trigger allowance_policy_told;
        insert into allowance_policies
          select currency, 2, limit_minor, per_payment_minor, count, valid_days, claim_days,
            max_per_account_minor, max_per_device_minor, now()
          from allowance_policies where currency = 586`);
    };
    expect(await wrongChecks(tampered, set)).toEqual(new Map());
    const wrong = await wrongChecks(tampered, async (copy) => {
      await set(copy);
      await copy.execute(`${raise} = 2; ${raise} = 1 and currency = 840`);
    });
    const named = ['stored columns', 'audit chain'] as const;
    const [first, later] = named.map((check) => wrong.get(check)?.firstWrong);
    expect(first).toMatchObject({ table: 'allowance_policies', key: { key: '840 1' } });
    expect(later).toMatchObject({ table: 'allowance_policies', key: { key: '586 2' } });
  });

  test('writes what no bank writes, which stops one check and hides nothing', async () => {
    const wrong = await wrongChecks(tampered, async (copy) => {
      await copy.execute(`
        update audit_events set at = 'infinity' where id = 9;
        update allowance_policies set valid_days = 2147483647 where currency = 586`);
    });
    const { firstWrong, wrong: times } = wrong.get('stored columns') ?? {};
    expect(firstWrong?.what).toMatch(/stops this check/);
    // Of the policy as well, which another rule looks at, and of what an event is dated by.
    expect(times).toBeGreaterThan(1);
    expect(wrong.get('audit chain')?.firstWrong).toMatchObject({ key: { event_id: '9' } });
  });
});
