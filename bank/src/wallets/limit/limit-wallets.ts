import { randomUUID } from 'node:crypto';
import type { Db, Tx } from '../../db/index.ts';
import { balances, createAccounts, post } from '../../ledger/index.ts';
import type { AccountId } from '../../ledger/index.ts';
import { houseAccount } from '../store/wallets.ts';
import { walletOf } from '../wallets.ts';
import { insertLimitWallet, readLimitWallet, updateLimitWallet } from './store.ts';

/** What a sender may spend by sealed ledgers: the balance of an account of its own. */
export interface LimitWallet {
  readonly no: bigint;
  /** Random: whoever knows it may read it. */
  readonly walletId: string;
  /** Whose: the row and the id of the person. */
  readonly kycUser: bigint;
  readonly userId: string;
  readonly accountId: bigint | undefined;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly ledgerAccount: AccountId | undefined;
  readonly requestedMinor: bigint;
  readonly approvedMinor: bigint | undefined;
  readonly status: 'pending' | 'approved' | 'rejected' | 'suspended';
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The new wallet's id; undefined where the person has one. */
export async function requestLimitWallet(
  tx: Tx,
  wallet: { readonly kycUser: bigint; readonly currency: number; readonly requestedMinor: bigint },
  at: Date,
): Promise<string | undefined> {
  const walletId = randomUUID();
  return (await insertLimitWallet(tx, { ...wallet, walletId }, at)) ? walletId : undefined;
}

export async function limitWalletById(db: Db, walletId: string): Promise<LimitWallet | undefined> {
  return readLimitWallet(db, walletId, 'byWallet');
}

/** Of the person with this id. */
export async function limitWalletOf(db: Db, userId: string): Promise<LimitWallet | undefined> {
  return readLimitWallet(db, userId, 'byUser');
}

/** Locked until the transaction ends, after its person's row. */
export async function lockLimitWallet(tx: Tx, walletId: string): Promise<LimitWallet | undefined> {
  return readLimitWallet(tx, walletId, 'locked');
}

/**
 * Moves the limit's money into an account of its own: from the person's current wallet where that
 * covers all of it, else from the credit line. False, and nothing is done, where neither does. The
 * wallet is locked by the caller; this is the last thing of the transaction.
 */
export async function fundLimitWallet(
  tx: Tx,
  wallet: LimitWallet,
  order: {
    readonly approvedMinor: bigint;
    readonly notes: string | undefined;
    readonly at: Date;
  },
): Promise<'current' | 'credit_line' | undefined> {
  const { currency } = wallet;
  const { approvedMinor, notes, at } = order;
  const [limit] = await createAccounts(tx, [{ kind: 'limit', currency }], at);
  if (limit === undefined) throw new Error('The ledger opened no account.');
  for (const source of await sourcesOf(tx, wallet)) {
    const transfer = {
      ...{ kind: 'limit_funding', currency, debit: source.account, credit: limit },
      amountMinor: approvedMinor,
      reference: new TextEncoder().encode(`limit:${wallet.no}`),
    };
    const posted = await post(tx, [transfer], at);
    if (!posted.ok && posted.code !== 'insufficient_funds') {
      throw new Error(`A limit's funding was refused: ${posted.code}.`);
    }
    if (!posted.ok) continue;
    const funded = { ledgerAccount: limit, approvedMinor, fundedFrom: source.from };
    await updateLimitWallet(tx, wallet.no, { status: 'approved', notes, funded, at });
    return source.from;
  }
  return undefined;
}

/** Whether there is money for it at this moment. */
export async function canFundLimitWallet(
  tx: Tx,
  wallet: LimitWallet,
  approvedMinor: bigint,
): Promise<boolean> {
  const accounts = (await sourcesOf(tx, wallet)).map(({ account }) => account);
  const held = await balances(tx, accounts);
  return [...held.values()].some(({ balanceMinor }) => balanceMinor >= approvedMinor);
}

export async function rejectLimitWallet(
  tx: Tx,
  wallet: LimitWallet,
  order: { readonly notes: string | undefined; readonly at: Date },
): Promise<void> {
  await updateLimitWallet(tx, wallet.no, { status: 'rejected', funded: undefined, ...order });
}

/** What of the limit is still there, and what is spent. */
export async function usedOf(
  db: Db,
  wallet: LimitWallet,
): Promise<{ readonly balanceMinor: bigint; readonly usedMinor: bigint }> {
  const { ledgerAccount: account, approvedMinor = 0n } = wallet;
  if (account === undefined) return { balanceMinor: 0n, usedMinor: 0n };
  const balanceMinor = (await balances(db, [account])).get(account)?.balanceMinor ?? 0n;
  return { balanceMinor, usedMinor: approvedMinor - balanceMinor };
}

interface Source {
  readonly from: 'current' | 'credit_line';
  readonly account: AccountId;
}

async function sourcesOf(tx: Tx, wallet: LimitWallet): Promise<readonly Source[]> {
  const { accountId, currency } = wallet;
  const own = { kind: 'current', currency } as const;
  const current = accountId === undefined ? undefined : await walletOf(tx, { accountId, ...own });
  const line = await houseAccount(tx, { kind: 'credit_line', currency });
  return [
    ...(current === undefined
      ? []
      : [{ from: 'current', account: current.ledgerAccount } as const]),
    ...(line === undefined ? [] : [{ from: 'credit_line', account: line } as const]),
  ];
}
