import type { Bug } from './bug.ts';

const MIGRATIONS = 'bank/src/db/migrations';
const LEDGER = `${MIGRATIONS}/0002_ledger.sql`;
const LEDGER_POST = `${MIGRATIONS}/0039_clocks.sql`;
const TABLES = `${MIGRATIONS}/0009_settlement.sql`;
const POST = `${MIGRATIONS}/0027_settlement_post.sql`;
const RECEIVE = `${MIGRATIONS}/0038_inbox_clock.sql`;
const FACTS = 'bank/src/settlement/store/facts.ts';
const CHAINS = 'bank/src/settlement/store/chains.ts';
const INBOX = 'bank/src/settlement/store/inbox.ts';
const LIFE = 'bank/src/settlement/store/lifecycle.ts';

const UNIQUE_FORGOTTEN = {
  file: TABLES,
  find: '  packet_sha256 bytea not null,\n  primary key (allowance_no, sequence)\n);\n-- Ids',
  replace: '  packet_sha256 bytea not null\n);\n-- Ids',
};
const LOCK_FORGOTTEN = {
  file: FACTS,
  find: 'order by no for update`',
  replace: 'order by no`',
};

const SQL: readonly Omit<Bug, 'on'>[] = [
  {
    name: 'floor-not-checked',
    breaks: 'settlement §3: floors by constraint',
    edits: [
      {
        file: LEDGER,
        find: 'check (floor is null or balance >= floor)',
        replace: 'check (floor is null or balance >= floor or currency > 0)',
      },
    ],
  },
  {
    name: 'one-entry-an-account',
    breaks: 'settlement §3: a balance moves by the sum of its transfers',
    edits: [
      {
        file: LEDGER_POST,
        find: 'sum(entry.amount)::bigint',
        replace: 'max(entry.amount)::bigint',
      },
    ],
  },
  {
    name: 'allowances-not-locked',
    breaks: 'settlement §2: what is decided on is read under the lock',
    edits: [LOCK_FORGOTTEN],
  },
  {
    name: 'neither-locked-nor-unique',
    breaks: 'settlement §2: first wins, and a sequence settles once',
    edits: [LOCK_FORGOTTEN, UNIQUE_FORGOTTEN],
  },
  {
    name: 'request-paid-by-the-last',
    breaks: 'settlement §1: extra says that another payment settled earlier',
    edits: [
      {
        file: POST,
        find: '    on conflict (payee_wallet, bind) do nothing;',
        replace: `    on conflict (payee_wallet, bind) do update
      set allowance_no = excluded.allowance_no, sequence = excluded.sequence;`,
      },
      {
        file: TABLES,
        find: "select sikka_append_only('paid_requests');",
        replace: 'grant select, insert, update on paid_requests to sikka_server;',
      },
    ],
  },
  {
    name: 'extra-by-sequence-alone',
    breaks: 'settlement §1: another payment is one of another allowance or sequence',
    edits: [
      {
        file: POST,
        find: '(r.allowance_no, r.sequence) <> (d.allowance, d.sequence)',
        replace: 'r.sequence <> d.sequence',
      },
    ],
  },
  {
    name: 'settled-sum-overwritten',
    breaks: 'settlement §3: a reservation is its limit less everything settled',
    edits: [
      {
        file: POST,
        find: 'settled_minor = s.settled_minor + d.settled',
        replace: 'settled_minor = d.settled',
      },
    ],
  },
  {
    name: 'leaves-left-out',
    breaks: 'log §1: every settled payment is a leaf',
    edits: [
      {
        file: POST,
        find: "values ('settlement', batch, p_at);\n  if total > 0",
        replace: "values ('settlement', batch, p_at);\n  if total > 1",
      },
    ],
  },
  {
    name: 'decided-without-an-event',
    breaks: 'settlement §2: every decision is in the audit chain',
    edits: [
      {
        file: POST,
        find: 'audit_record(a_actors, a_actions, a_subjects, a_outcomes, a_details, p_at)',
        replace: `audit_record(
    a_actors[2:], a_actions[2:], a_subjects[2:], a_outcomes[2:], a_details[2:], p_at
  )`,
      },
    ],
  },
  {
    name: 'received-again-is-received-now',
    breaks: 'settlement §1: received is when the bytes were first stored',
    edits: [
      {
        file: RECEIVE,
        find: `    on conflict (sha256) do nothing
    returning id, received_at into upload, received;`,
        replace: `    on conflict (sha256) do update set received_at = excluded.received_at
    returning id, received_at into upload, received;`,
      },
      {
        file: RECEIVE,
        find: `      values (upload, settlement_now() + p_leave, p_hold);`,
        replace: `      values (upload, settlement_now() + p_leave, p_hold)
      on conflict (upload_id) do nothing;`,
      },
      {
        file: TABLES,
        find: "select sikka_append_only('uploads');",
        replace: 'grant select, insert, update on uploads to sikka_server;',
      },
    ],
  },
  {
    name: 'farthest-instead-of-nearest',
    breaks: 'judge rule 6: the nearest neighbours, before and after',
    edits: [
      {
        file: CHAINS,
        find: 'sequence < r.lowest order by sequence desc limit 1',
        replace: 'sequence < r.lowest order by sequence limit 1',
      },
    ],
  },
  {
    name: 'nothing-after-is-read',
    breaks: 'judge rule 6: the nearest neighbours, before and after',
    edits: [
      {
        file: CHAINS,
        find: 'sequence > r.highest order by sequence limit 1',
        replace: 'sequence > r.highest order by sequence limit 0',
      },
    ],
  },
  {
    name: 'paid-to-the-offline-wallet',
    breaks: 'settlement §3: settling pays the payee’s current wallet',
    edits: [{ file: FACTS, find: "and c.kind = 'current'", replace: "and c.kind = 'offline'" }],
  },
  {
    name: 'released-under-accusation',
    breaks: 'settlement §4: nothing is released before the case of a proof is decided',
    edits: [
      {
        file: LIFE,
        find: 'and not exists (${UNDECIDED_PROOF})\n        and not exists (select from held',
        replace: 'and not exists (select from held',
      },
    ],
  },
  {
    name: 'closed-in-the-last-second',
    breaks: 'settlement §4 (b): received time ≤ claim until',
    edits: [
      {
        file: LIFE,
        find: "where status <> 'closed' and claim_until_s < $1",
        replace: "where status <> 'closed' and claim_until_s <= $1",
      },
      {
        file: LIFE,
        find: "where s.status <> 'closed' and s.claim_until_s < $1",
        replace: "where s.status <> 'closed' and s.claim_until_s <= $1",
      },
    ],
  },
  {
    name: 'inbox-not-locked',
    breaks: 'settlement §1: one decides about an upload',
    edits: [
      { file: INBOX, find: 'and held_by is null for update', replace: 'and held_by is null' },
    ],
  },
];

/** What only the bank's own tables and statements can do wrong: seen with `--store postgres`. */
export const SQL_BUGS: readonly Bug[] = SQL.map((bug) => ({ ...bug, on: 'postgres' }));
