import type { Verifier } from '@sikka/protocol';
import { hex, readSpki, walletKeyPossessionBytes } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import type { AccountRecord, Notices } from '../../identity/index.ts';
import { balances } from '../../ledger/index.ts';
import { announceWallet } from '../store/wallets.ts';
import type { KeyOrder } from './escrow.ts';
import { limits } from './limits.ts';
import {
  countRegistrations,
  destroyPrivate,
  insertKey,
  lockOwnWallet,
  markProved,
  readAccounts,
  readKey,
  readLiveKey,
  retireKey,
  retireUnproved,
} from './store.ts';
import type { LockedWallet } from './store.ts';

/** Uses up the bank's challenge, in the transaction of its effect; devices keep them. */
export type ConsumeKeyChallenge = (
  tx: Tx,
  use: {
    readonly challenge: Uint8Array;
    readonly accountId: bigint;
    readonly purpose: 'wallet_key';
    readonly now: Date;
  },
) => Promise<boolean>;

export interface RegisterDeps {
  readonly pool: Pool;
  readonly verifier: Verifier;
  readonly consumeChallenge: ConsumeKeyChallenge;
  readonly notices: Notices;
  /** What a session without a fresh second factor may put at risk; minor units. */
  readonly unprovedLimit: (currency: number) => bigint;
}

export interface RegisterOrder extends KeyOrder {
  /** SubjectPublicKeyInfo, PEM. */
  readonly pem: string;
  /** Left out by older clients, who are believed. */
  readonly proof?: { readonly challenge: Uint8Array; readonly signature: Uint8Array };
  /** The owner has just proved a second factor. */
  readonly fresh: boolean;
}

export type RegisterRefusal =
  | 'wallet/key_invalid'
  | 'wallet/possession_unproven'
  | 'device/challenge_invalid'
  | 'wallet/not_found'
  | 'wallet/key_taken'
  | 'auth/step_up_required'
  | 'rate/limited';

/** Thrown to undo the transaction, and answered as a value. */
export class KeyRefused extends Error {
  readonly refused: RegisterRefusal;

  constructor(refused: RegisterRefusal) {
    super(refused);
    this.refused = refused;
  }
}

/**
 * Makes a key that a device holds the wallet's own: the key before retires at once, and where the
 * bank had its private half, that is destroyed in the same transaction. The wallet's own live key
 * again changes nothing but that. A key is for ever the wallet's that had it first.
 */
export async function registerKey(
  deps: RegisterDeps,
  order: RegisterOrder,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly code: RegisterRefusal }> {
  const key = readSpki(order.pem);
  if (!key.ok) return { ok: false, code: 'wallet/key_invalid' };
  if (order.proof !== undefined) {
    const { account, wallet, proof } = order;
    const { id, modulus } = key.value;
    const bytes = walletKeyPossessionBytes({ ...proof, account, wallet, keyId: id });
    const holds = await deps.verifier.verify('PS256', modulus, bytes, proof.signature);
    if (!holds) return { ok: false, code: 'wallet/possession_unproven' };
  }
  try {
    await inTransaction(deps.pool, (tx) => registerKeyIn(tx, deps, order));
    return { ok: true };
  } catch (error) {
    if (error instanceof KeyRefused) return { ok: false, code: error.refused };
    throw error;
  }
}

/** The same as part of a larger transaction, its proof verified before. Throws `KeyRefused`. */
export async function registerKeyIn(
  tx: Tx,
  deps: RegisterDeps,
  order: RegisterOrder,
): Promise<void> {
  const { accountId, account, wallet, now, proof } = order;
  const key = readSpki(order.pem);
  if (!key.ok) throw new KeyRefused('wallet/key_invalid');
  const own = await lockOwnWallet(tx, { wallet, accountId });
  if (own === undefined) throw new KeyRefused('wallet/not_found');
  if (own.kind !== 'offline') throw new KeyRefused('wallet/key_invalid');
  if (proof !== undefined) {
    const use = { challenge: proof.challenge, accountId, purpose: 'wallet_key', now } as const;
    if (!(await deps.consumeChallenge(tx, use))) throw new KeyRefused('device/challenge_invalid');
  }
  const outcome = await place(tx, deps, { ...order, own, ...key.value });
  if (outcome === 'unchanged') return;
  const event = { action: 'wallet.key_registered', subject: `wallet:${wallet}`, outcome };
  const details = { key: hex(key.value.id), proved: proof !== undefined };
  await record(tx, [{ actor: `account:${account}`, ...event, details }], now);
  await announceWallet(tx, wallet, now);
  const values = { wallet: String(wallet) };
  await deps.notices.tell(tx, { accountId, template: 'key_changed', values, at: now });
}

interface Registering extends RegisterOrder {
  readonly own: LockedWallet;
  readonly id: Uint8Array;
  readonly modulus: Uint8Array;
}

async function place(
  tx: Tx,
  deps: RegisterDeps,
  order: Registering,
): Promise<'registered' | 'withdrawn' | 'proved' | 'unchanged'> {
  const { wallet, id, modulus, now } = order;
  const proved = order.proof !== undefined;
  const known = await readKey(tx, id);
  if (known === undefined) {
    await makeRoom(tx, deps, order);
    const provedAt = proved ? now : undefined;
    const key = { id, wallet, modulus, origin: 'device', provedAt, sealed: undefined } as const;
    // Somebody else's registration of the same key came first.
    if (!(await insertKey(tx, { ...key, at: now }))) throw new KeyRefused('wallet/key_taken');
    return 'registered';
  }
  // Another's; or retired, and what it signed since then must not become good afterwards.
  if (known.wallet !== wallet || known.retiredAt !== undefined) {
    throw new KeyRefused('wallet/key_taken');
  }
  if (known.inEscrow) {
    await destroyPrivate(tx, id);
    return 'withdrawn';
  }
  if (!proved || known.proved) return 'unchanged';
  await markProved(tx, id, now);
  return 'proved';
}

/**
 * The live key retires. Whoever has stolen a token could spend with a key of his own until the
 * loss is noticed, so where that is much, or a device's key would stop, a fresh proof is asked for.
 */
async function makeRoom(tx: Tx, deps: RegisterDeps, order: Registering): Promise<void> {
  const { wallet, own, now, fresh } = order;
  const dayAgo = new Date(now.getTime() - 86_400_000);
  if ((await countRegistrations(tx, wallet, dayAgo)) >= limits.registrationsPerDay) {
    throw new KeyRefused('rate/limited');
  }
  const live = await readLiveKey(tx, wallet);
  if (!fresh) {
    // All wallets of the currency: what is in the others can be loaded without a fresh proof.
    const accounts = await readAccounts(tx, order.accountId, own.currency);
    const money = await balances(tx, accounts);
    const held = [...money.values()].reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n);
    const ofDevice = live !== undefined && !live.inEscrow;
    if (held > deps.unprovedLimit(own.currency) || ofDevice) {
      throw new KeyRefused('auth/step_up_required');
    }
  }
  if (live !== undefined) await retireKey(tx, live.id, { reason: 'replaced', at: now });
}

/**
 * After a password was reset: whoever had stolen a token may have registered a key of his own, so
 * keys that nobody showed to have stop. The owner registers his again.
 */
export async function retireUnprovedKeys(
  tx: Tx,
  { id, publicId }: Pick<AccountRecord, 'id' | 'publicId'>,
  now: Date,
): Promise<void> {
  const retired = await retireUnproved(tx, id, { reason: 'password_reset', at: now });
  if (retired === 0) return;
  const subject = `account:${publicId}`;
  const event = { actor: subject, action: 'wallet.keys_retired', subject, outcome: 'retired' };
  await record(tx, [{ ...event, details: { retired } }], now);
}
