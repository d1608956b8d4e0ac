import { createSecretKey, randomBytes } from 'node:crypto';
import { createWebCryptoVerifier } from '@sikka/protocol';
import { consumeChallenge } from '../../src/devices/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import type { Notice } from '../../src/identity/index.ts';
import { createSlowLane, openAccount } from '../../src/identity/index.ts';
import { createLocalVault } from '../../src/keys/index.ts';
import { post } from '../../src/ledger/index.ts';
import { openHouseAccount, openWallet } from '../../src/wallets/index.ts';
import type { WalletRecord } from '../../src/wallets/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';

export const RUPEE = 586;
export const DOLLAR = 840;
export const AT = new Date('2026-11-21T10:00:00.000Z');

export interface Somebody {
  readonly accountId: bigint;
  readonly account: string;
  readonly current: WalletRecord;
  readonly offline: WalletRecord;
}

/** A database with people in it, and what wallets and their keys need. */
export interface PeopleWithWallets {
  readonly database: TestDatabase;
  /** What was told to whom. */
  readonly told: Notice[];
  readonly keyDeps: ReturnType<typeof keyDepsOf>;
  somebody(account: string, currentMinor?: bigint, currency?: number): Promise<Somebody>;
  deposit(wallet: WalletRecord, amountMinor: bigint): Promise<void>;
  balance(wallet: WalletRecord): Promise<bigint>;
}

export async function createPeopleWithWallets(): Promise<PeopleWithWallets> {
  const database = await createTestDatabase();
  const { serverPool: pool } = database;
  const told: Notice[] = [];
  const deposit = (wallet: WalletRecord, amountMinor: bigint) =>
    inTransaction(pool, async (tx) => {
      const { currency, ledgerAccount: credit } = wallet;
      const debit = await openHouseAccount(tx, { kind: 'bank_cash', currency, at: AT });
      const posted = await post(
        tx,
        [{ kind: 'deposit', currency, debit, credit, amountMinor }],
        AT,
      );
      if (!posted.ok) throw new Error(posted.code);
    });
  return {
    database,
    told,
    keyDeps: keyDepsOf(pool, told),
    deposit,
    somebody: async (account, currentMinor = 0n, currency = RUPEE) => {
      const opened = await inTransaction(pool, async (tx) => {
        const accountId = await openAccount(tx, { publicId: account, currency, roles: [] }, AT);
        if (accountId === undefined) throw new Error('The id is taken.');
        const wallet = { accountId, currency, at: AT };
        const current = await openWallet(tx, { ...wallet, kind: 'current' });
        const offline = await openWallet(tx, { ...wallet, kind: 'offline' });
        return { accountId, account, current, offline };
      });
      if (currentMinor > 0n) await deposit(opened.current, currentMinor);
      return opened;
    },
    balance: async ({ ledgerAccount }) => {
      const { rows } = await pool.query<{ balance: bigint }>(
        'select balance from ledger_balances where account_id = $1',
        [ledgerAccount],
      );
      return rows[0]?.balance ?? 0n;
    },
  };
}

function keyDepsOf(pool: TestDatabase['serverPool'], told: Notice[]) {
  return {
    pool,
    vault: createLocalVault([createSecretKey(randomBytes(32))]),
    lane: createSlowLane({ atOnce: 1, queued: 64 }),
    verifier: createWebCryptoVerifier(),
    consumeChallenge,
    notices: { tell: async (_tx: unknown, notice: Notice) => void told.push(notice) },
    unprovedLimit: () => 10_000_000n,
  };
}
