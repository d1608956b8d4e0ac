import type { Tx } from '../../db/index.ts';

/** What happened, read from the tables of those who did it, for accounts that want to know. */

export interface TransferEffect {
  readonly id: bigint;
  readonly fromWallet: bigint;
  readonly toWallet: bigint;
  readonly fromAccount: bigint;
  readonly toAccount: bigint;
  readonly currency: number;
  readonly amountMinor: bigint;
  readonly at: Date;
}

export async function readTransfers(
  tx: Tx,
  ids: readonly bigint[],
  interested: readonly bigint[],
): Promise<readonly TransferEffect[]> {
  const { rows } = await tx.query<TransferEffect>(
    `select t.id, t.from_wallet as "fromWallet", t.to_wallet as "toWallet",
       f.account_id as "fromAccount", w.account_id as "toAccount", t.currency,
       t.amount as "amountMinor", t.at
     from wallet_transfers as t
     join wallets as f on f.number = t.from_wallet
     join wallets as w on w.number = t.to_wallet
     where t.id = any ($1)
       and (f.account_id = any ($2::bigint[]) or w.account_id = any ($2::bigint[]))
     order by t.id`,
    [ids, interested],
  );
  return rows;
}

export interface PaymentEffect {
  readonly batch: bigint;
  /** 64 digits of hexadecimal. */
  readonly paymentId: string;
  /** Null of an order: a limit or a float is nobody's wallet, and nobody is told of it. */
  readonly payer: bigint | null;
  readonly payee: bigint;
  readonly payerWallet: bigint | null;
  /** The wallet that was credited. */
  readonly payeeWallet: bigint;
  readonly currency: number;
  readonly amountMinor: bigint;
  readonly at: Date;
}

/** Payments and orders that batches settled, in the order of the log. */
export async function readSettled(
  tx: Tx,
  batches: readonly bigint[],
  interested: readonly bigint[],
): Promise<readonly PaymentEffect[]> {
  const { rows } = await tx.query<PaymentEffect>(
    `with settled as (
       select p.batch_id, p.ordinal, p.payment_id, a.account_id as payer, a.payer_wallet,
         p.payee_wallet, p.currency, p.amount, p.settled_at
       from settled_payments as p
       join allowances as a on a.no = p.allowance_no
       where p.batch_id = any ($1)
       union all
       select p.batch_id, p.ordinal, p.payment_id, w.account_id, p.payer_wallet,
         p.payee_wallet, p.currency, p.amount, p.settled_at
       from settled_key_payments as p
       join wallets as w on w.number = p.payer_wallet
       where p.batch_id = any ($1)
       union all
       select p.batch_id, p.ordinal, p.document_id, null, null, p.payee_wallet, p.currency,
         p.amount, p.settled_at
       from settled_orders as p
       where p.batch_id = any ($1)
     )
     select s.batch_id as batch, encode(s.payment_id, 'hex') as "paymentId", s.payer,
       w.account_id as payee, s.payer_wallet as "payerWallet",
       coalesce(c.number, w.number) as "payeeWallet", s.currency, s.amount as "amountMinor",
       s.settled_at as at
     from settled as s
     join wallets as w on w.number = s.payee_wallet
     left join wallets as c
       on c.account_id = w.account_id and c.kind = 'current' and c.currency = s.currency
     where s.payer = any ($2::bigint[]) or w.account_id = any ($2::bigint[])
     order by s.batch_id, s.ordinal`,
    [batches, interested],
  );
  return rows;
}

export interface RefusalEffect {
  readonly batch: bigint;
  readonly accountId: bigint;
  readonly paymentId: string;
  readonly code: string;
  readonly at: Date;
}

/**
 * Payments that batches refused, told to who handed them in: the payer that a forged payment names
 * has nothing to do with it.
 */
export async function readRefused(
  tx: Tx,
  batches: readonly bigint[],
  ask: { readonly interested: readonly bigint[]; readonly most: number },
): Promise<readonly RefusalEffect[]> {
  const { rows } = await tx.query<RefusalEffect>(
    `select b.id as batch, a.id as "accountId",
       encode(coalesce(r.document_id, k.payment_id, o.document_id), 'hex') as "paymentId", r.code,
       r.decided_at as at
     from settlement_batches as b
     join uploads as u on u.id = b.upload_id
     join accounts as a on a.public_id = u.uploader
     cross join lateral (
       select document_id, key_payment, signed_order, code, decided_at, id from rejected_items
         where upload_id = b.upload_id and decided_at = b.at
           and kind in ('payment', 'key_payment', 'ledger_entry', 'device_transaction')
           and (document_id is not null or key_payment is not null or signed_order is not null)
         order by id limit $3
     ) as r
     left join key_payments as k on k.id = r.key_payment
     left join signed_orders as o on o.id = r.signed_order
     where b.id = any ($1) and a.id = any ($2::bigint[])
     order by b.id, r.id`,
    [batches, ask.interested, ask.most],
  );
  return rows;
}

export interface StandingEffect {
  readonly accountId: bigint;
  readonly status: string;
}

export async function readStandings(
  tx: Tx,
  accounts: readonly bigint[],
): Promise<readonly StandingEffect[]> {
  const { rows } = await tx.query<StandingEffect>(
    `select id as "accountId", status from accounts where id = any ($1)`,
    [accounts],
  );
  return rows;
}

export interface WalletEffect {
  readonly number: bigint;
  readonly accountId: bigint;
  readonly active: boolean;
}

export async function readWallets(
  tx: Tx,
  numbers: readonly bigint[],
  interested: readonly bigint[],
): Promise<readonly WalletEffect[]> {
  const { rows } = await tx.query<WalletEffect>(
    `select number, account_id as "accountId", status = 'active' as active from wallets
     where number = any ($1) and account_id = any ($2::bigint[])`,
    [numbers, interested],
  );
  return rows;
}
