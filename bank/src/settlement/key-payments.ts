import { proveWalletKey } from '@sikka/protocol';
import type { VerifiedKeyPayment, Verifier, WalletKeyItem } from '@sikka/protocol';
import type { Pool, Tx } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import type { KeyPayer, KnownKeys, KnownQuestion } from './facts.ts';
import { nonceKeyOf } from './facts.ts';
import { keyOf } from './keys.ts';
import { limits } from './limits.ts';
import { readFunds } from './store/facts.ts';
import { lockKeyWallets, readKeyFacts, readKnownKeys } from './store/key-facts.ts';
import type { KeyPaymentRow, KeyPaymentsPage } from './store/key-payments.ts';
import {
  insertPending,
  requeueOf,
  selectByNonce,
  selectKeyPayment,
  selectKeyPaymentsOf,
  selectPending,
} from './store/key-payments.ts';

/** Why a payment is not stored before it is handed in. */
export type StoreCode =
  | 'nonce_conflict'
  | 'payer_key_retired'
  | 'wrong_currency'
  | 'wallet_inactive'
  | 'too_many_pending'
  | 'insufficient_funds';

export type Stored =
  | { readonly ok: true; readonly row: KeyPaymentRow; readonly repeated: boolean }
  | { readonly ok: false; readonly code: StoreCode };

export interface StoringBy {
  /** Who signed in: the owner of the payer's wallet. */
  readonly accountId: bigint;
  readonly now: Date;
  readonly receipt: string;
}

/** Whether a key of the wallet that a payment claims has signed it. */
export type SignedBy =
  | { readonly ok: true; readonly value: VerifiedKeyPayment }
  | { readonly ok: false; readonly code: 'payer_key_unknown' | 'malformed' };

/** Payments by wallet keys, stored before and read after settling (spec/wallet-key.md §5). */
export interface KeyPayments {
  /** By a key of the claimed wallet; nothing is stored. */
  proveForStore(item: WalletKeyItem): Promise<SignedBy>;
  /** As `proveForStore`, many by one look at the tables; and which of them are settled. */
  proveEach(
    items: readonly WalletKeyItem[],
  ): Promise<readonly { readonly signed: SignedBy; readonly isSettled: boolean }[]>;
  /**
   * Stores a payment that its payer signed in his own session: it keeps its nonce and its time,
   * moves nothing and reserves nothing. The same again is the first row. Throws where the wallet is
   * not the caller's, who has to have looked.
   */
  storePending(verified: VerifiedKeyPayment, by: StoringBy): Promise<Stored>;
  /** Of a payer or payee, newest first. */
  keyPaymentsOf(accountId: bigint, page: KeyPaymentsPage): Promise<readonly KeyPaymentRow[]>;
  keyPayment(id: bigint): Promise<KeyPaymentRow | undefined>;
  /** What this wallet has signed in the last `limits.pendingDays` and not paid, in minor units. */
  pendingMinor(wallet: number): Promise<bigint>;
  /** Queues again what waited for the review of this account, in the transaction that ends it. */
  requeue(tx: Tx, accountId: bigint): Promise<number>;
}

export interface KeyPaymentsOptions {
  readonly pool: Pool;
  readonly verifier: Verifier;
  readonly clock: () => Date;
}

export function createKeyPayments({ pool, verifier, clock }: KeyPaymentsOptions): KeyPayments {
  return {
    proveForStore: async (item) => {
      const known = await readKnownKeys(pool, questionOf([item]));
      return proveItem(item, known, verifier);
    },
    proveEach: async (items) => {
      const known = await readKnownKeys(pool, questionOf(items));
      return Promise.all(
        items.map(async (item) => ({
          signed: await proveItem(item, known, verifier),
          isSettled: known.settled.has(keyOf(item.paymentId)),
        })),
      );
    },
    storePending: (verified, by) => inTransaction(pool, (tx) => storePending(tx, verified, by)),
    keyPaymentsOf: (accountId, page) => selectKeyPaymentsOf(pool, accountId, page),
    keyPayment: (id) => selectKeyPayment(pool, id),
    pendingMinor: async (wallet) => {
      const { minor } = await selectPending(pool, wallet, pendingSince(clock()));
      return minor;
    },
    requeue: requeueOf,
  };
}

function questionOf(items: readonly WalletKeyItem[]): KnownQuestion['keys'] {
  return {
    nonces: items.map(({ claimed: { payerWallet: wallet, nonce } }) => ({ wallet, nonce })),
    paymentIds: items.map(({ paymentId }) => paymentId),
  };
}

async function proveItem(
  item: WalletKeyItem,
  known: KnownKeys,
  verifier: Verifier,
): Promise<SignedBy> {
  const { payerWallet: wallet, nonce } = item.claimed;
  const first = known.byNonce.get(nonceKeyOf({ wallet, nonce }));
  const keys = [...(first === undefined ? [] : [first]), ...(known.byWallet.get(wallet) ?? [])];
  for (const key of keys) {
    const proved = await proveWalletKey(item, key, verifier);
    if (proved.ok) return proved;
    if (proved.code === 'malformed') return { ok: false, code: 'malformed' };
  }
  return { ok: false, code: 'payer_key_unknown' };
}

/** Locks the payer's wallet, under which its nonces are taken and its keys replaced. */
async function storePending(
  tx: Tx,
  verified: VerifiedKeyPayment,
  { accountId, now, receipt }: StoringBy,
): Promise<Stored> {
  const { payerWallet: wallet, nonce, paymentId, amountMinor } = verified;
  const keyIds = [verified.authority.keyId, verified.payeeKey];
  const question = { keyIds, nonces: [{ wallet, nonce }], paymentIds: [paymentId] };
  await lockKeyWallets(tx, question);
  const facts = await readKeyFacts(tx, question, undefined);
  const payer = facts.payers.get(wallet);
  if (payer?.accountId !== accountId) throw new Error('Storing for a wallet of somebody else.');
  const [taken] = facts.taken.values();
  if (taken !== undefined) return storedBefore(tx, verified, taken.paymentId);
  const key = facts.keys.get(keyOf(verified.authority.keyId));
  const isLive = key?.wallet === wallet && key.until === undefined;
  if (!isLive) return { ok: false, code: 'payer_key_retired' };
  const code = refuseWallet(payer, verified);
  if (code !== undefined) return { ok: false, code };
  const pending = await selectPending(tx, wallet, pendingSince(now));
  if (pending.count >= limits.pendingKeyPayments) return { ok: false, code: 'too_many_pending' };
  const funds = (await readFunds(tx, [payer.account])).get(payer.account) ?? 0n;
  if (funds - pending.minor < amountMinor) return { ok: false, code: 'insufficient_funds' };
  const payeeWallet = facts.keys.get(keyOf(verified.payeeKey))?.wallet;
  await insertPending(tx, { verified, payerAccount: accountId, payeeWallet, receipt }, now);
  return { ok: true, row: await rowOf(tx, verified), repeated: false };
}

async function storedBefore(
  tx: Tx,
  verified: VerifiedKeyPayment,
  first: Uint8Array,
): Promise<Stored> {
  if (keyOf(first) !== keyOf(verified.paymentId)) return { ok: false, code: 'nonce_conflict' };
  return { ok: true, row: await rowOf(tx, verified), repeated: true };
}

function refuseWallet(payer: KeyPayer, { currency }: VerifiedKeyPayment): StoreCode | undefined {
  if (payer.kind !== 'offline' || payer.currency !== currency) return 'wrong_currency';
  return payer.active ? undefined : 'wallet_inactive';
}

async function rowOf(tx: Tx, { payerWallet, nonce }: VerifiedKeyPayment): Promise<KeyPaymentRow> {
  const row = await selectByNonce(tx, payerWallet, nonce);
  if (row === undefined) throw new Error('A payment that was just stored is not there.');
  return row;
}

function pendingSince(now: Date): Date {
  return new Date(now.getTime() - limits.pendingDays * 86_400_000);
}
