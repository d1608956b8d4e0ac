/**
 * What there is once of a kind. The bank's own keys refuse a second, but its owner may drop them,
 * and then two rows of one name are two stories.
 */
const ONCE: Readonly<Record<string, readonly string[]>> = {
  accounts: ['id', 'public_id'],
  allowance_policies: ['currency, epoch'],
  allowances: ['no', 'id'],
  approvals: ['id'],
  case_decisions: ['proof_id'],
  credentials: ['serial'],
  device_bundles: ['id', 'bundle_id', 'payload_sha256'],
  devices: ['no', 'key_hash'],
  house_accounts: ['kind, currency'],
  issuer_keys: ['number'],
  key_payments: ['id', 'payment_id'],
  kyc_users: ['no', 'user_id', 'key_id'],
  ledger_accounts: ['id'],
  ledger_balances: ['account_id'],
  ledger_forks: ['id', 'receiver, first_entry, second_entry'],
  limit_wallets: ['no', 'wallet_id', 'kyc_user'],
  offline_policies: ['country, version', 'approval'],
  paid_requests: ['payee_wallet, bind'],
  proofs: ['id'],
  rejected_items: ['id'],
  reviews: ['id', 'upload_id'],
  sealed_ledger_entries: ['receiver, entry_hash'],
  sequencer_state: ['name'],
  settlement_batches: ['id'],
  signed_orders: ['id', 'document_id'],
  tenant_floats: ['no', 'tenant, currency'],
  tenants: ['no', 'tenant_type, tenant_id'],
  till_transactions: ['id', 'till, local_id', 'bundle, ordinal'],
  tills: ['no', 'device_id', 'key_id'],
  top_ups: ['id'],
  uploads: ['id', 'sha256'],
  wallet_transfers: ['id'],
  wallets: ['number', 'account_id, kind, currency'],
  withdrawals: ['id'],
};

/** Rows of which there are two: one query for all tables, because each is quick. */
export const REPEATED = Object.entries(ONCE)
  .flatMap(([table, keys]) =>
    keys.map(
      (columns) => `
  select '${table}' as named_by, '${columns}' as columns, concat_ws(' ', ${columns}) as key,
    count(*) as found
  from ${table}
  where ${columns.split(', ').join(' is not null and ')} is not null
  group by ${columns} having count(*) > 1`,
    ),
  )
  .join(' union all ')
  .concat(' order by named_by, columns, key');
