import { randomInt } from 'node:crypto';
import { walletNumberWithCheckDigit } from '@sikka/protocol';
import type { Db, Tx } from '../db/index.ts';
import { balances, createAccounts } from '../ledger/index.ts';
import type { AccountId } from '../ledger/index.ts';
import { limits } from './limits.ts';
import {
  houseAccount,
  insertHouseAccount,
  insertWallet,
  readReserved,
  readWallet,
  readWalletOf,
  readWallets,
} from './store/wallets.ts';

export type WalletKind = 'current' | 'offline';

export interface WalletRecord {
  /** Twelve digits with check digit (spec/identifiers.md). */
  readonly number: number;
  readonly accountId: bigint;
  /** The owner's public id. */
  readonly account: string;
  readonly kind: WalletKind;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly ledgerAccount: AccountId;
  readonly status: 'active' | 'inactive';
  /** Of its live key, where it has one (spec/wallet-key.md). */
  readonly modulus?: Uint8Array;
  /** The owner named a bank account for it. */
  readonly hasBankAccount: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface WalletWithMoney extends WalletRecord {
  /** What can be moved now. */
  readonly availableMinor: bigint;
  /** Held for the allowances that are out; reservations are accounts of their own. */
  readonly reservedMinor: bigint;
}

/** An unused number's first eleven digits, uniform and unpredictable. */
export type DrawNumber = () => number;

const drawNumber: DrawNumber = () => randomInt(10_000_000_000, 100_000_000_000);

/** A person's wallet of that kind and currency: the one there is, else a new one. */
export async function openWallet(
  tx: Tx,
  wallet: {
    readonly accountId: bigint;
    readonly kind: WalletKind;
    readonly currency: number;
    readonly at: Date;
  },
  draw: DrawNumber = drawNumber,
): Promise<WalletRecord> {
  const known = await readWalletOf(tx, wallet);
  if (known !== undefined) return known;
  const kind = `wallet_${wallet.kind}` as const;
  const [ledgerAccount] = await createAccounts(
    tx,
    [{ kind, currency: wallet.currency }],
    wallet.at,
  );
  if (ledgerAccount === undefined) throw new Error('The ledger opened no account.');
  for (let attempt = 0; attempt < limits.numberAttempts; attempt += 1) {
    const number = walletNumberWithCheckDigit(draw());
    if (await insertWallet(tx, { ...wallet, number, ledgerAccount })) break;
  }
  const opened = await readWalletOf(tx, wallet);
  if (opened === undefined) throw new Error('No free wallet number was drawn.');
  return opened;
}

export async function walletByNumber(db: Db, number: number): Promise<WalletRecord | undefined> {
  return readWallet(db, number);
}

export async function walletOf(
  db: Db,
  wallet: {
    readonly accountId: bigint;
    readonly kind: WalletKind;
    readonly currency: number;
  },
): Promise<WalletRecord | undefined> {
  return readWalletOf(db, wallet);
}

/** All of a person's wallets with what is in them, oldest first. */
export async function walletsOf(db: Db, accountId: bigint): Promise<readonly WalletWithMoney[]> {
  const records = await readWallets(db, accountId);
  const [money, reserved] = await Promise.all([
    balances(
      db,
      records.map(({ ledgerAccount }) => ledgerAccount),
    ),
    readReserved(
      db,
      records.map(({ number }) => number),
    ),
  ]);
  return records.map((record) => ({
    ...record,
    availableMinor: money.get(record.ledgerAccount)?.balanceMinor ?? 0n,
    reservedMinor: reserved.get(record.number) ?? 0n,
  }));
}

/** What the bank keeps one account of a currency for; customers' money passes by `bank_cash`. */
export type HouseKind = 'bank_cash' | 'suspense' | 'credit_line' | 'guarantee';

/** The bank's own account of a kind. */
export async function openHouseAccount(
  tx: Tx,
  house: { readonly kind: HouseKind; readonly currency: number; readonly at: Date },
): Promise<AccountId> {
  const known = await houseAccount(tx, house);
  if (known !== undefined) return known;
  const [account] = await createAccounts(tx, [house], house.at);
  if (account === undefined) throw new Error('The ledger opened no account.');
  // Of two at once one is kept; the other's account stays empty and unused.
  await insertHouseAccount(tx, { ...house, ledgerAccount: account });
  return (await houseAccount(tx, house)) ?? account;
}
