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
