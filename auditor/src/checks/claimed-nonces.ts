import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { limits } from '../limits.ts';
import { proveByKey } from './key-payments.ts';

interface NonceRow {
  readonly id: bigint;
  readonly payment_id: Uint8Array;
  readonly payer_wallet: bigint;
  readonly payer_account: bigint;
  readonly wallet_account: bigint | null;
  readonly nonce: string;
  readonly key_id: Uint8Array;
  readonly payee_key: Uint8Array;
  readonly amount: bigint;
  readonly currency: number;
  readonly claimed_at: string;
  readonly covered: string;
  readonly item: Uint8Array;
  readonly modulus: Uint8Array | null;
  readonly is_second: boolean;
}

/**
 * Every payment that holds a nonce, settled or not, says what its bytes say, and one key signed
 * them; no two hold one nonce of a wallet (spec/wallet-key.md §4).
 */
export async function auditClaimedNonces(audit: Audit): Promise<void> {
  const { snapshot, book } = audit;
  const rows = { rows: limits.packetRows };
  for await (const some of snapshot.pages<NonceRow>(NONCES, rows)) {
    await inOrder(book.page('key payments'), some, (row, page) => auditRow(audit, page, row));
  }
}

async function auditRow(audit: Audit, page: Page, row: NonceRow): Promise<void> {
  page.saw();
  const where = { table: 'key_payments', key: { id: row.id } };
  const proved = await proveByKey(audit, row.item, { id: row.key_id, modulus: row.modulus });
  if (typeof proved === 'string') {
    const what = 'its bytes do not prove a payment';
    const expected = 'a payment that this key signed';
    page.wrong({ ...where, what, expected, found: proved });
    return;
  }
  const isAsSigned = compareColumns(page, where, [
    ['payment_id', proved.paymentId, row.payment_id],
    ['payer_wallet', proved.payerWallet, row.payer_wallet],
    ['payer_account', row.wallet_account, row.payer_account],
    ['nonce', proved.nonce, row.nonce],
    ['payee_key', proved.payeeKey, row.payee_key],
    ['amount', proved.amountMinor, row.amount],
    ['currency', proved.currency, row.currency],
    ['claimed_at', proved.timestamp, row.claimed_at],
    ['covered', proved.covered, row.covered],
  ]);
  if (!isAsSigned || !row.is_second) return;
  const what = 'a second payment under one nonce of a wallet';
  page.wrong({ ...where, what, expected: 'one', found: row.nonce });
}

const NONCES = `
  select n.id, n.payment_id, n.payer_wallet, n.payer_account, w.account_id as wallet_account,
    n.nonce, n.key_id, n.payee_key, n.amount, n.currency, n.claimed_at, n.covered, n.item,
    k.modulus,
    exists (
      select from key_payments as o
      where o.payer_wallet = n.payer_wallet and o.nonce = n.nonce and o.id < n.id
    ) as is_second
  from key_payments as n
  left join wallets as w on w.number = n.payer_wallet
  left join wallet_keys as k on k.id = n.key_id
  order by n.id`;
