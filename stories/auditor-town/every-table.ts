/**
 * One row for each table of evidence: what its owner may do to it, and is told of. A table that
 * nobody has thought of is in none of the three lists, and the test says so.
 */
export interface TamperedTable {
  /** Columns that its rows stand in order by. */
  readonly order: string;
  /** Changed in the first row. */
  readonly edit: string;
  /** Exchanged between the first two rows; undefined where their order says nothing. */
  readonly reorder: string | undefined;
  /** What a row made up after the last one is called: a column and its value. */
  readonly insert: readonly [column: string, value: string] | undefined;
}

const hash = (column: string) => [column, `'\\x' || encode(sha256(r.${column}), 'hex')`] as const;
const next = (column: string) => [column, `r.${column} + 1000`] as const;

export const TAMPERED: Readonly<Record<string, TamperedTable>> = {
  allowance_policies: {
    ...{ order: 'epoch, currency', edit: 'limit_minor = limit_minor * 2', reorder: 'limit_minor' },
    insert: next('epoch'),
  },
  allowance_returns: {
    ...{ order: 'upload_id, item', edit: 'total_minor = total_minor + 1', reorder: 'packet' },
    insert: hash('id'),
  },
  allowances: {
    ...{ order: 'no', edit: 'limit_minor = limit_minor + 1', reorder: 'packet' },
    insert: next('no'),
  },
  audit_chain: { order: 'n', edit: 'hash = sha256(hash)', reorder: 'event_id', insert: next('n') },
  audit_events: {
    ...{ order: 'id', edit: `actor = 'account:nobody'`, reorder: 'subject' },
    insert: next('id'),
  },
  bulletins: {
    ...{ order: 'version', edit: 'packet = sha256(packet)', reorder: 'packet' },
    insert: next('version'),
  },
  case_decisions: {
    ...{ order: 'loss', edit: `reason = reason || '.'`, reorder: 'loss' },
    insert: hash('proof_id'),
  },
  checkpoints: {
    ...{ order: 'no', edit: 'log_root = sha256(log_root)', reorder: 'id' },
    insert: next('no'),
  },
  house_accounts: {
    order: `kind <> 'bank_cash', kind`,
    edit: 'ledger_account = ledger_account + 1000',
    reorder: 'ledger_account',
    insert: undefined,
  },
  key_payments: {
    ...{ order: 'id desc', edit: 'amount = amount + 1', reorder: 'item' },
    insert: undefined,
  },
  ledger_accounts: {
    ...{ order: 'id', edit: `kind = 'limit'`, reorder: 'kind' },
    insert: next('id'),
  },
  ledger_transfers: {
    ...{ order: 'id', edit: 'amount = amount + 1', reorder: 'reference' },
    insert: next('id'),
  },
  log_batches: {
    ...{ order: 'first_position', edit: 'count = count + 1', reorder: 'batch_id' },
    insert: next('batch_id'),
  },
  log_nodes: {
    ...{ order: 'level, idx', edit: 'hash = sha256(hash)', reorder: undefined },
    insert: next('idx'),
  },
  offline_policies: {
    ...{ order: 'country, version', edit: 'max_per_day = max_per_day + 1', reorder: undefined },
    insert: next('version'),
  },
  paid_requests: {
    ...{ order: 'allowance_no, sequence', edit: 'sequence = sequence + 1', reorder: 'bind' },
    insert: hash('bind'),
  },
  proofs: {
    order: 'at',
    edit: 'account_id = account_id + 1',
    reorder: 'packet',
    insert: hash('id'),
  },
  refunds: {
    ...{ order: 'payment_id, number', edit: 'amount = amount + 1', reorder: 'document_id' },
    insert: next('number'),
  },
  rejected_items: {
    ...{ order: 'id', edit: `code = 'double_spend'`, reorder: 'code' },
    insert: next('item'),
  },
  settled_key_payments: {
    ...{ order: 'batch_id, ordinal', edit: 'amount = amount + 1', reorder: 'payment_id' },
    insert: hash('payment_id'),
  },
  settled_payments: {
    ...{ order: 'batch_id, ordinal', edit: 'amount = amount + 1', reorder: 'payment_id' },
    insert: next('sequence'),
  },
  settlement_batches: {
    ...{ order: 'id', edit: 'rejected = rejected + 1', reorder: 'outcomes_digest' },
    insert: next('id'),
  },
  uploads: {
    ...{ order: 'id', edit: 'items = items + 1', reorder: 'bytes' },
    insert: undefined,
  },
  wallet_transfers: {
    ...{ order: 'id', edit: 'amount = amount + 1', reorder: 'from_wallet' },
    insert: next('id'),
  },
};

/** Tables whose rows a month of payments has not: the stories that tamper with them. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  ledger_forks: 'auditor-ledgers.test.ts',
  offline_confirmations: 'auditor-tampering-logs.test.ts',
  risk_rule_events: 'auditor-tampering-logs.test.ts',
  sealed_ledger_entries: 'auditor-ledgers.test.ts',
  settled_orders: 'auditor-orders.test.ts',
  signed_orders: 'auditor-orders.test.ts',
  till_transactions: 'auditor-orders.test.ts',
  wallet_key_releases: 'auditor-tampering-logs.test.ts',
};

/** Append-only, and not audited: auditor/README.md says why of each. */
export const NOT_AUDITED: readonly string[] = [
  'bundle_transactions',
  'chain_entries',
  'payee_names',
  'rail_files',
  'rail_messages',
  'rail_payout_news',
  'receiver_attestations',
  'risk_scores',
  'risk_uploads',
  'tenant_floats',
  'tenants',
];

/** Where a row that is gone, or moved, is missed in another table than its own. */
export const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  allowance_returns: ['allowance_returns', 'uploads'],
  allowances: ['allowances', 'allowance_states'],
  audit_chain: ['audit_chain', 'sequencer_state'],
  audit_events: ['audit_chain', 'audit_events'],
  bulletins: ['bulletins', 'audit_events'],
  case_decisions: ['case_decisions', 'audit_events'],
  checkpoints: ['checkpoints', 'sequencer_state'],
  house_accounts: ['ledger_transfers', 'ledger_accounts'],
  key_payments: ['key_payments', 'settled_key_payments'],
  ledger_accounts: ['ledger_accounts', 'ledger_transfers'],
  ledger_transfers: ['ledger_transfers', 'ledger_balances'],
  offline_policies: ['offline_policies', 'approvals'],
  paid_requests: ['paid_requests', 'settled_payments'],
  proofs: ['proofs', 'audit_events'],
  refunds: ['refunds', 'uploads'],
  rejected_items: ['rejected_items', 'uploads'],
  settled_key_payments: ['settled_key_payments', 'uploads'],
  settled_payments: ['settled_payments', 'uploads'],
  settlement_batches: ['settlement_batches', 'audit_events'],
  uploads: ['uploads', 'settled_payments'],
  wallet_transfers: ['wallet_transfers', 'ledger_transfers', 'audit_events'],
};

export const ACTS = ['edit', 'delete', 'reorder', 'insert'] as const;
export type Act = (typeof ACTS)[number];

/** What is done to one table; undefined where that says nothing. */
export function tamperingOf(table: string, act: Act): string | undefined {
  const row = TAMPERED[table];
  if (row === undefined) return undefined;
  const { order, edit, reorder, insert } = row;
  const last = order
    .split(', ')
    .map((column) => (column.endsWith(' desc') ? column.slice(0, -5) : `${column} desc`))
    .join(', ');
  switch (act) {
    case 'edit':
      return `update ${table} set ${edit}
        where ctid = (select ctid from ${table} order by ${order} limit 1)`;
    case 'delete':
      return `delete from ${table}
        where ctid = (select ctid from ${table} order by ${last} limit 1)`;
    case 'reorder':
      return reorder === undefined
        ? undefined
        : `with r as (
            select ctid as place, ${reorder} as value, row_number() over (order by ${order}) as n
            from ${table}
          )
          update ${table} as t set ${reorder} = other.value from r as mine, r as other
          where t.ctid = mine.place and mine.n in (1, 2) and other.n = 3 - mine.n`;
    case 'insert':
      return insert === undefined
        ? undefined
        : `insert into ${table} overriding system value
          select (jsonb_populate_record(r, jsonb_build_object('${insert[0]}', ${insert[1]}))).*
          from ${table} as r
          where r.ctid = (select ctid from ${table} order by ${last} limit 1)`;
  }
}

/** Keys and indexes that would refuse what an owner may drop. */
export const WITHOUT_KEYS = `
  do $$
  declare
    each record;
  begin
    for each in
      select conrelid::regclass as name, conname from pg_constraint
      where contype in ('u', 'p') and connamespace = 'public'::regnamespace
    loop
      execute format('alter table %s drop constraint %I', each.name, each.conname);
    end loop;
    for each in
      select i.indexrelid::regclass as name from pg_index as i
      join pg_class as c on c.oid = i.indexrelid
      where i.indisunique and c.relnamespace = 'public'::regnamespace
    loop
      execute format('drop index %s', each.name);
    end loop;
  end
  $$`;

export const EVIDENCE = `
  select coalesce(json_agg(c.relname order by c.relname), '[]')::text as value
  from pg_class as c
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    and exists (select from pg_trigger as g where g.tgrelid = c.oid and g.tgname = 'append_only')`;
