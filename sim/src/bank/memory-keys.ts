import type { Facts, Known, KnownQuestion, Posting, Question } from '@sikka/bank/deciding';
import { keyOf } from './tables.ts';
import type { Tables } from './tables.ts';

/** Keys of wallets and what they paid: rows of the bank's own three tables. */
export interface KeyTables {
  /** By key id, in the order in which they were registered. */
  readonly walletKeys: Map<string, WalletKeyRow>;
  /** By wallet and nonce. */
  readonly taken: Map<string, TakenRow>;
  /** By payment id. */
  readonly settledKeys: Map<string, SettledKeyRow>;
}

type KnownKey = NonNullable<ReturnType<Known['keys']['byNonce']['get']>>;

export interface WalletKeyRow extends KnownKey {
  readonly wallet: number;
  readonly from: number;
  until: number | undefined;
}

type TakenRow = NonNullable<ReturnType<Facts['keys']['taken']['get']>> & {
  readonly keyId: Uint8Array;
};

export type SettledKeyRow = Posting['decision']['settledKeys'][number]['payment'] & {
  readonly nonce: string;
};

export function createKeyTables(): KeyTables {
  return { walletKeys: new Map(), taken: new Map(), settledKeys: new Map() };
}

/** Makes a key the live one of a wallet; the one before retires at once. */
export function registerWalletKey(
  { log, keys }: Tables,
  { key, wallet, now }: { readonly key: KnownKey; readonly wallet: number; readonly now: number },
): void {
  const live = [...keys.walletKeys.values()].find((row) => {
    return row.wallet === wallet && row.until === undefined;
  });
  if (live !== undefined) log.assign(live, { until: now });
  if (keys.walletKeys.has(keyOf(key.id))) throw new Error('A key is its first wallet’s for ever.');
  const { id, modulus } = key;
  const row: WalletKeyRow = { id, modulus, wallet, from: now, until: undefined };
  log.set(keys.walletKeys, keyOf(id), row);
}

/** Keys that were replaced and are still asked (spec/wallet-key.md §6). */
const RETIRED_ASKED = 2;

export function readKnownKeys(
  { keys }: Tables,
  { nonces, paymentIds }: KnownQuestion['keys'],
): Known['keys'] {
  const byWallet = new Map<number, readonly KnownKey[]>();
  const byNonce = new Map<string, KnownKey>();
  for (const asked of nonces) {
    const own = [...keys.walletKeys.values()].filter(({ wallet }) => wallet === asked.wallet);
    const live = own.filter(({ until }) => until === undefined);
    const retired = own.filter(({ until }) => until !== undefined).reverse();
    byWallet.set(asked.wallet, [...live, ...retired.slice(0, RETIRED_ASKED)]);
    const taken = keys.taken.get(nonceKey(asked));
    const first = taken && keys.walletKeys.get(keyOf(taken.keyId));
    if (first !== undefined) byNonce.set(nonceKey(asked), first);
  }
  return { byWallet, byNonce, settled: settledOf(keys, paymentIds) };
}

export function readKeyFacts(
  tables: Tables,
  { keyIds, nonces, paymentIds }: Question['keys'],
  uploadId: bigint | undefined,
): Facts['keys'] {
  const { keys, rejected } = tables;
  const payers = nonces.flatMap(({ wallet }) => payerOf(tables, wallet) ?? []);
  const refused = nonces.length === 0 ? [] : rejected.filter((row) => row.uploadId === uploadId);
  return {
    payers: new Map(payers),
    keys: new Map(keyIds.flatMap((id) => windowOf(tables, id) ?? [])),
    taken: new Map(
      nonces.flatMap((asked) => {
        const row = keys.taken.get(nonceKey(asked));
        return row === undefined ? [] : [[nonceKey(asked), row] as const];
      }),
    ),
    settled: settledOf(keys, paymentIds),
    refusedBefore: new Set(
      refused.filter(({ kind }) => kind === 'key_payment').map(({ place }) => place),
    ),
  };
}

type Entry<M> = M extends ReadonlyMap<infer K, infer V> ? readonly [K, V] : never;

function payerOf(tables: Tables, number: number): readonly Entry<Facts['keys']['payers']>[] {
  const wallet = tables.wallets.get(number);
  const owner = [...tables.accounts.values()].find(({ id }) => id === wallet?.accountId);
  if (wallet === undefined || owner === undefined) return [];
  const { accountId, ledgerAccount: account, kind, currency, status } = wallet;
  const who = { accountId, owner: owner.publicId, account, kind, currency };
  const isActive = { active: status === 'active', accountActive: owner.status === 'active' };
  return [[number, { ...who, ...isActive, blockedAt: owner.blockedAt ?? -Infinity }]];
}

function windowOf(
  { keys, wallets, accounts }: Tables,
  id: Uint8Array,
): readonly Entry<Facts['keys']['keys']>[] {
  const row = keys.walletKeys.get(keyOf(id));
  if (row === undefined) return [];
  const { wallet, from, until } = row;
  const accountId = wallets.get(wallet)?.accountId;
  const owner = [...accounts.values()].find((account) => account.id === accountId)?.publicId ?? '';
  return [[keyOf(id), { wallet, owner, from, until }]];
}

function settledOf({ settledKeys }: KeyTables, ids: readonly Uint8Array[]) {
  return new Map(
    ids.flatMap((id) => {
      const row = settledKeys.get(keyOf(id));
      return row === undefined ? [] : [[keyOf(id), row] as const];
    }),
  );
}

/** Nonces taken and payments settled, with what the database would refuse as errors. */
export function postKeyPayments({ log, keys }: Tables, { decision }: Posting): void {
  const { claimed, settledKeys, hearing } = decision;
  for (const { verified } of claimed) {
    const { payerWallet: wallet, nonce, paymentId, authority } = verified;
    const name = nonceKey({ wallet, nonce });
    const known = keys.taken.get(name);
    if (known !== undefined && keyOf(known.paymentId) !== keyOf(paymentId)) {
      throw new Error('A nonce twice.');
    }
    const { receivedAt } = hearing;
    const row: TakenRow = { paymentId, receivedAt, bySession: false, keyId: authority.keyId };
    if (known === undefined) log.set(keys.taken, name, row);
  }
  for (const { verified, payment } of settledKeys) {
    const { payerWallet: wallet, nonce } = verified;
    const holder = keys.taken.get(nonceKey({ wallet, nonce }))?.paymentId;
    if (keys.settledKeys.has(keyOf(payment.id))) throw new Error('A payment settled twice.');
    if (holder === undefined || keyOf(holder) !== keyOf(payment.id)) {
      throw new Error('A payment that does not hold its nonce.');
    }
    log.set(keys.settledKeys, keyOf(payment.id), { ...payment, nonce });
  }
}

function nonceKey({ wallet, nonce }: { readonly wallet: number; readonly nonce: string }): string {
  return `${wallet}:${nonce}`;
}
