import { record } from '../audit/index.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool } from '../db/index.ts';
import { announceWallet, updateWalletStatus } from './store/wallets.ts';
import type { WalletRecord } from './wallets.ts';

/**
 * Lets nothing move from or to a wallet, or lets it move again. What was reserved before for
 * allowances settles as ever. Nothing happens where it is so already, or is somebody else's.
 */
export async function setWalletStatus(
  pool: Pool,
  change: {
    readonly accountId: bigint;
    readonly account: string;
    readonly number: number;
    readonly status: WalletRecord['status'];
    readonly now: Date;
  },
): Promise<void> {
  const { number, account, status, now } = change;
  await inTransaction(pool, async (tx) => {
    // The wallet's row is the first lock, as everywhere.
    if (!(await updateWalletStatus(tx, { ...change, at: now }))) return;
    const event = { action: 'wallet.status', subject: `wallet:${number}`, outcome: status };
    await record(tx, [{ actor: `account:${account}`, ...event }], now);
    await announceWallet(tx, number, now);
  });
}
