import { walletKeyOf } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { compareColumns } from '../columns.ts';
import { rowsOf } from '../snapshot.ts';

interface KeyRow {
  readonly id: Uint8Array;
  readonly wallet: bigint;
  readonly modulus: Uint8Array;
  readonly retired_at: Date | null;
  readonly is_kept: boolean;
  readonly is_second: boolean;
  readonly wallet_kind: string | null;
}

const MODULUS_BYTES = 256;

/**
 * Each key is the hash of itself (spec/wallet-key.md §3) and an offline wallet's; of a wallet one
 * at most is live; of a retired key the bank has forgotten the private half.
 */
export async function auditWalletKeys({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('wallet keys');
  for await (const row of rowsOf<KeyRow>(snapshot, KEYS)) {
    page.saw();
    const where = { table: 'wallet_keys', key: { id: row.id } };
    const isKey = row.modulus.length === MODULUS_BYTES;
    const isItself = compareColumns(page, where, [
      ['id', isKey ? walletKeyOf(row.modulus).id : undefined, row.id],
      ['wallet', 'offline', row.wallet_kind],
    ]);
    if (!isItself) continue;
    if (row.is_second) {
      const what = 'a second live key of one wallet';
      page.wrong({ ...where, what, expected: 'one', found: `two of wallet ${row.wallet}` });
    }
    if (row.retired_at !== null && row.is_kept) {
      const what = 'the bank still has the private half of a retired key';
      page.wrong({ ...where, what, expected: undefined, found: 'a sealed key' });
    }
    if (row.is_kept) page.note('live keys of which the bank has the private half');
  }
}

/** Where there is a private half there is a vault that sealed it: the auditor need not see it. */
const KEYS = `
  select k.id, k.wallet, k.modulus, k.retired_at, k.vault is not null as is_kept,
    k.retired_at is null and exists (
      select from wallet_keys as o
      where o.wallet = k.wallet and o.retired_at is null and o.id < k.id
    ) as is_second,
    w.kind as wallet_kind
  from wallet_keys as k
  left join wallets as w on w.number = k.wallet
  order by k.wallet, k.created_at, k.id`;
