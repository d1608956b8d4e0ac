import type { Db, Tx } from '../../db/index.ts';

/** Newest of each list: more than anybody's year, and an answer that fits into memory. */
const MOST = 10_000;

const PARTIES = `
  select number from wallets where account_id = $1`;

/** One query a list; each takes the account and reads no secret and no sealed column. */
const LISTS = {
  sessions: `
    select created_at, last_used_at, ended_at, ended_reason, agent
    from sessions where account_id = $1 order by created_at desc limit ${MOST}`,
  passkeys: `
    select name, created_at, last_used_at
    from passkeys where account_id = $1 order by created_at desc limit ${MOST}`,
  devices: `
    select no as number, encode(key_hash, 'hex') as key_hash, role, status, created_at
    from devices where account_id = $1 order by no desc limit ${MOST}`,
  credentials: `
    select encode(c.id, 'hex') as id, c.device_no as device, c.wallet_number as wallet, c.name,
           c.town, c.mode, c.currency, c.from_s, c.until_s, c.revoked_at
    from credentials c join devices d on d.no = c.device_no
    where d.account_id = $1 order by c.serial desc limit ${MOST}`,
  wallets: `
    select w.number, w.kind, w.currency, w.status, b.balance::text as amount_minor, w.created_at
    from wallets w join ledger_balances b on b.account_id = w.ledger_account
    where w.account_id = $1 order by w.number limit ${MOST}`,
  wallet_keys: `
    select encode(k.id, 'hex') as id, k.wallet, k.origin, k.created_at, k.retired_at
    from wallet_keys k join wallets w on w.number = k.wallet
    where w.account_id = $1 order by k.created_at desc limit ${MOST}`,
  transfers: `
    select id, kind, from_wallet, to_wallet, currency, amount::text as amount_minor, reference, at
    from wallet_transfers
    where from_wallet in (${PARTIES}) or to_wallet in (${PARTIES})
    order by id desc limit ${MOST}`,
  top_ups: `
    select id, wallet, currency, amount::text as amount_minor, status, rail, rail_reference,
           created_at
    from top_ups where account_id = $1 order by id desc limit ${MOST}`,
  withdrawals: `
    select id, wallet, currency, amount::text as amount_minor, status, rail, created_at
    from withdrawals where account_id = $1 order by id desc limit ${MOST}`,
  disputes: `
    select id, encode(payment_id, 'hex') as payment_id, side, reason, opened_at, outcome,
           decided_at
    from disputes where account_id = $1 order by id desc limit ${MOST}`,
  allowances: `
    select encode(a.id, 'hex') as id, a.device_no as device, a.currency,
           a.limit_minor::text as limit_minor, s.settled_minor::text as settled_minor, s.status,
           a.from_s, a.until_s, a.issued_at
    from allowances a join allowance_states s on s.no = a.no
    where a.account_id = $1 order by a.no desc limit ${MOST}`,
  payments: `
    select encode(p.payment_id, 'hex') as id, p.payee_wallet, a.payer_wallet, p.currency,
           p.amount::text as amount_minor, p.settled_at
    from settled_payments p join allowances a on a.no = p.allowance_no
    where a.account_id = $1 or p.payee_wallet in (${PARTIES})
    order by p.settled_at desc, p.payment_id limit ${MOST}`,
  wallet_key_payments: `
    select k.id, encode(k.payment_id, 'hex') as payment_id, k.payer_wallet, k.payee_wallet,
           k.currency, k.amount::text as amount_minor, k.nonce, k.received_at, s.settled_at
    from key_payments k left join settled_key_payments s on s.key_payment = k.id
    where k.payer_account = $1 or k.payee_wallet in (${PARTIES})
    order by k.id desc limit ${MOST}`,
  orders: `
    select o.id, encode(o.document_id, 'hex') as payment_id, o.kind,
           coalesce(s.payee_wallet, o.payee_wallet) as payee_wallet, o.currency,
           o.amount::text as amount_minor, o.received_at, s.settled_at
    from signed_orders o left join settled_orders s on s.signed_order = o.id
    where o.id in (
      select signed_order from settled_orders where payee_wallet in (${PARTIES})
      union
      select id from signed_orders
      where kind = 'ledger_entry'
        and signer in (select no from kyc_users where account_id = $1)
    )
    order by o.id desc limit ${MOST}`,
  webhooks: `
    select url, kinds, created_at, disabled_at
    from webhooks where account_id = $1 order by created_at desc limit ${MOST}`,
} as const;

type Line = Readonly<Record<string, unknown>>;
export type ExportedLists = Readonly<Record<keyof typeof LISTS | 'audit', readonly Line[]>>;

export async function readLists(
  tx: Tx,
  { accountId, account }: { readonly accountId: bigint; readonly account: string },
): Promise<ExportedLists> {
  const lists: Partial<Record<keyof typeof LISTS, readonly Line[]>> = {};
  for (const name of Object.keys(LISTS) as (keyof typeof LISTS)[]) {
    lists[name] = (await tx.query<Record<string, unknown>>(LISTS[name], [accountId])).rows;
  }
  const { rows: audit } = await tx.query<Record<string, unknown>>(
    `select at, actor, action, outcome
     from audit_events where subject = $1 order by id desc limit ${MOST}`,
    [`account:${account}`],
  );
  return { ...(lists as Record<keyof typeof LISTS, readonly Line[]>), audit };
}

/** Nobody orders from these wallets, or pays by their keys, before the transaction ends. */
export async function lockWallets(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query(`select from wallets where account_id = $1 order by number for no key update`, [
    accountId,
  ]);
}

/** Whether anything is in the wallets, reserved for offline spending, or on its way in. */
export async function hasMoneyLeft(db: Db, accountId: bigint): Promise<boolean> {
  const { rows } = await db.query<{ left: boolean }>(
    `select exists (
       select from wallets w join ledger_balances b on b.account_id = w.ledger_account
       where w.account_id = $1 and b.balance <> 0
     ) or exists (
       select from top_ups where account_id = $1 and status = 'ordered'
     ) or exists (
       select from withdrawals where account_id = $1 and status = 'ordered'
     ) as left`,
    [accountId],
  );
  return rows[0]?.left ?? true;
}

/**
 * Whether payments may still come of what has been signed: an allowance that is not closed, a
 * credential that payers still take, a payment by this person's wallet key or an order of his that
 * has not moved money. One by another's key does not count: whoever names a payee could else keep
 * him from leaving.
 */
export async function hasOpenPayments(
  db: Db,
  accountId: bigint,
  { now, pendingSince }: { readonly now: Date; readonly pendingSince: Date },
): Promise<boolean> {
  const { rows } = await db.query<{ open: boolean }>(
    `select exists (
       select from allowances a join allowance_states s on s.no = a.no
       where a.account_id = $1 and s.status <> 'closed'
     ) or exists (
       select from credentials c join devices d on d.no = c.device_no
       where d.account_id = $1 and c.until_s >= $2
     ) or exists (
       select from key_payments k
       where k.payer_account = $1 and k.received_at > $3
         and not exists (select from settled_key_payments s where s.key_payment = k.id)
     ) or exists (
       select from kyc_users u join signed_orders o
         on o.kind = 'ledger_entry' and o.signer = u.no
       where u.account_id = $1 and o.received_at > $3
         and not exists (select from settled_orders s where s.signed_order = o.id)
         and not exists (select from rejected_items r where r.document_id = o.document_id)
     ) as open`,
    [accountId, Math.floor(now.getTime() / 1_000), pendingSince],
  );
  return rows[0]?.open ?? true;
}

/** What is the person's own beside the sealed profile, and nobody's evidence. */
export async function forgetTraces(tx: Tx, accountId: bigint, at: Date): Promise<void> {
  await tx.query(`update sessions set agent = null where account_id = $1`, [accountId]);
  await tx.query(`delete from wallet_requests where account_id = $1`, [accountId]);
  // The verified name as well: it stays on credentials that payers hold, and nowhere else.
  await tx.query(
    `update accounts
        set email = null, phone = null, name = null, town = null, name_verified_at = null
      where id = $1`,
    [accountId],
  );
  // The private halves that the bank has kept are destroyed with it.
  await tx.query(
    `update wallet_keys
        set sealed_private = null, vault = null, retired_at = $2, retired_reason = 'erased'
      where wallet in (${PARTIES}) and retired_at is null`,
    [accountId, at],
  );
}
