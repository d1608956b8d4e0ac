import { randomBytes } from 'node:crypto';
import { record } from '../audit/index.ts';
import type { Tx } from '../db/index.ts';
import { openAccount } from '../identity/index.ts';
import { openWallet } from '../wallets/index.ts';
import type { WalletRecord } from '../wallets/index.ts';

export interface BareAccount {
  readonly accountId: bigint;
  /** The new account's id, which documents name. */
  readonly account: string;
  readonly current: WalletRecord;
}

/**
 * An account with a current wallet that no person signs in to: of a tenant, or of somebody known
 * to the bank by papers alone. It holds no personal data and has no role. The public id is
 * `prefix`, a dash and 128 random bits.
 */
export async function openBareAccount(
  tx: Tx,
  order: {
    readonly prefix: 'k' | 't';
    /** ISO 4217 numeric. */
    readonly currency: number;
    /** As audit events name who asked: `account:finance-1`. */
    readonly actor: string;
    readonly now: Date;
  },
): Promise<BareAccount> {
  const { prefix, currency, actor, now } = order;
  const account = `${prefix}-${randomBytes(16).toString('hex')}`;
  const accountId = await openAccount(tx, { publicId: account, currency, roles: [] }, now);
  if (accountId === undefined) throw new Error('A public id was drawn twice.');
  const current = await openWallet(tx, { accountId, kind: 'current', currency, at: now });
  const subject = `account:${account}`;
  await record(tx, [{ actor, action: 'account.open', subject, outcome: 'ok' }], now);
  return { accountId, account, current };
}
