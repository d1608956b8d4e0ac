import type { Db, Tx } from '../../../db/index.ts';
import type { AccountId } from '../../../ledger/index.ts';

/** Somebody whom a ledger names, as the bank's own rows have him. */
export interface LedgerPerson {
  readonly no: bigint;
  readonly userId: string;
  /** P-256, compressed: the registered one. */
  readonly publicKey: Uint8Array;
  readonly approved: boolean;
  /** He and his limit are approved, and his account is active. */
  readonly mayPay: boolean;
  /** Funded; undefined before. */
  readonly limit:
    | { readonly walletId: string; readonly account: AccountId; readonly currency: number }
    | undefined;
}

interface PersonRow {
  readonly no: bigint;
  readonly user_id: string;
  readonly public_key: Buffer;
  readonly approved: boolean;
  readonly may_pay: boolean;
  readonly wallet_id: string | null;
  readonly ledger_account: bigint | null;
  readonly currency: number | null;
}

/** By their ids, and by the hashes of their keys. */
export async function readPeople(
  db: Db,
  asked: { readonly userIds: readonly string[]; readonly keyIds: readonly Uint8Array[] },
): Promise<readonly LedgerPerson[]> {
  const { rows } = await db.query<PersonRow>(
    `select u.no, u.user_id, u.public_key, u.status = 'approved' as approved,
       coalesce(u.status = 'approved' and a.status = 'active' and l.status = 'approved', false)
         as may_pay,
       l.wallet_id, l.ledger_account, l.currency
     from kyc_users as u
     left join limit_wallets as l on l.kyc_user = u.no
     left join accounts as a on a.id = u.account_id
     where u.user_id = any ($1::text[]) or u.key_id = any ($2::bytea[])`,
    [asked.userIds, asked.keyIds],
  );
  return rows.map(({ wallet_id: walletId, ledger_account: account, currency, ...row }) => ({
    ...{ no: row.no, userId: row.user_id, publicKey: new Uint8Array(row.public_key) },
    ...{ approved: row.approved, mayPay: row.may_pay },
    limit:
      walletId === null || account === null || currency === null
        ? undefined
        : { walletId, account, currency },
  }));
}

/** Locks a receiver before his ledgers' rows are read; false where he is approved no more. */
export async function lockReceiver(tx: Tx, no: bigint): Promise<boolean> {
  const { rows } = await tx.query<{ approved: boolean }>(
    `select status = 'approved' as approved from kyc_users where no = $1 for no key update`,
    [no],
  );
  return rows[0]?.approved === true;
}

/** What is known under the number of a transaction. */
export interface KnownNumber {
  readonly signer: bigint;
  readonly txnId: string;
  /** Of the first transaction proved under it. */
  readonly documentId: Uint8Array;
  /** Of the item that moved the money; undefined where none did. */
  readonly settledItem: Uint8Array | undefined;
}

export async function readNumbers(
  db: Db,
  asked: readonly { readonly signer: bigint; readonly txnId: string }[],
): Promise<readonly KnownNumber[]> {
  const { rows } = await db.query<{
    readonly signer: bigint;
    readonly number: string;
    readonly document_id: Buffer;
    readonly item_sha256: Buffer | null;
  }>(
    `select o.signer, o.number, o.document_id, s.item_sha256
     from unnest($1::bigint[], $2::text[]) as asked (signer, number)
     join signed_orders as o on o.kind = 'ledger_entry' and o.signer = asked.signer
       and o.number = asked.number
     left join settled_orders as s on s.document_id = o.document_id`,
    [asked.map(({ signer }) => signer), asked.map(({ txnId }) => txnId)],
  );
  return rows.map((row) => ({
    ...{ signer: row.signer, txnId: row.number, documentId: row.document_id },
    settledItem: row.item_sha256 ?? undefined,
  }));
}
