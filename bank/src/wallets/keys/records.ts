import type { Db } from '../../db/index.ts';
import { readKeysOf, readOwnersOfKeys } from './store.ts';

/** A key by which a wallet pays and is paid without an allowance (spec/wallet-key.md). */
export interface WalletKeyRecord {
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly id: Uint8Array;
  readonly wallet: number;
  /** RSA, 256 bytes; e is 65,537. */
  readonly modulus: Uint8Array;
  /** Who made it. */
  readonly origin: 'escrow' | 'device';
  /** The bank still has its private half. */
  readonly inEscrow: boolean;
  /** Its owner was seen to have the private half; older clients are believed without. */
  readonly proved: boolean;
  /** What it signed and the bank received in [createdAt, retiredAt) is its wallet’s. */
  readonly createdAt: Date;
  readonly retiredAt: Date | undefined;
}

/**
 * The keys of some wallets, by wallet number: the live one first, then at most two retired, the
 * newest first, so that what a payment can be checked against is bounded (spec/wallet-key.md).
 */
export async function keysOf(
  db: Db,
  wallets: readonly number[],
): Promise<ReadonlyMap<number, readonly WalletKeyRecord[]>> {
  const keys = new Map<number, WalletKeyRecord[]>();
  for (const key of await readKeysOf(db, wallets)) {
    const known = keys.get(key.wallet);
    if (known === undefined) keys.set(key.wallet, [key]);
    else known.push(key);
  }
  return keys;
}

/**
 * Whose keys these are: wallet number by key id in lower-case hex. Retired keys too: as an address
 * a key points at its wallet for ever. An unknown key is not in the map.
 */
export async function walletsByKey(
  db: Db,
  ids: readonly Uint8Array[],
): Promise<ReadonlyMap<string, number>> {
  return ids.length === 0 ? new Map() : readOwnersOfKeys(db, ids);
}

/** The number of the wallet of one key, by its id; undefined where the key is unknown. */
export async function walletByKey(db: Db, id: Uint8Array): Promise<number | undefined> {
  const owners = await readOwnersOfKeys(db, [id]);
  return [...owners.values()][0];
}
