import type { Verifier } from '@sikka/protocol';
import { hex, readSpki, walletKeyPossessionBytes } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import { announceWallet } from '../store/wallets.ts';
import type { KeyOrder, TellOwner } from './escrow.ts';
import { limits } from './limits.ts';
import type { WalletKeyRecord } from './records.ts';
import {
  countRegistrations,
  destroyPrivate,
  displaceKey,
  insertKey,
  lockOwnWallet,
  markProved,
  readKey,
  readLiveKey,
  retireKey,
} from './store.ts';

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
  readonly tellOwner: TellOwner;
}

export interface RegisterOrder extends KeyOrder {
  /** SubjectPublicKeyInfo, PEM. */
  readonly pem: string;
  /** Left out by older clients, who are believed until somebody proves to have the key. */
  readonly proof?: { readonly challenge: Uint8Array; readonly signature: Uint8Array };
}

export type RegisterRefusal =
  | 'wallet/key_invalid'
  | 'wallet/possession_unproven'
  | 'device/challenge_invalid'
  | 'wallet/not_found'
  | 'wallet/key_taken'
  | 'rate/limited';

export type Registered =
  { readonly ok: true } | { readonly ok: false; readonly code: RegisterRefusal };

/**
 * Makes a key that a device holds the wallet's own: the key before retires at once, and where the
 * bank had its private half, that is destroyed in the same transaction. The wallet's own live key
 * again changes nothing but that. A key is one wallet's for ever; only one that nobody ever proved
 * is handed to who proves it.
 */
export async function registerKey(deps: RegisterDeps, order: RegisterOrder): Promise<Registered> {
  const key = readSpki(order.pem);
  if (!key.ok) return { ok: false, code: 'wallet/key_invalid' };
  const { id, modulus } = key.value;
  if (order.proof !== undefined) {
    const { account, wallet, proof } = order;
    const bytes = walletKeyPossessionBytes({ ...proof, account, wallet, keyId: id });
    const holds = await deps.verifier.verify('PS256', modulus, bytes, proof.signature);
    if (!holds) return { ok: false, code: 'wallet/possession_unproven' };
  }
  try {
    await inTransaction(deps.pool, (tx) => register(deps, tx, { ...order, id, modulus }));
    return { ok: true };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, code: error.refused };
    throw error;
  }
}

/** Thrown to undo the transaction, and answered as a value. */
class Refusal extends Error {
  readonly refused: RegisterRefusal;

  constructor(refused: RegisterRefusal) {
    super(refused);
    this.refused = refused;
  }
}

interface Registering extends RegisterOrder {
  readonly id: Uint8Array;
  readonly modulus: Uint8Array;
}

async function register(deps: RegisterDeps, tx: Tx, order: Registering): Promise<void> {
  const { accountId, account, wallet, id, now, proof } = order;
  const own = await lockOwnWallet(tx, { wallet, accountId });
  if (own === undefined) throw new Refusal('wallet/not_found');
  if (own.kind !== 'offline') throw new Refusal('wallet/key_invalid');
  if (proof !== undefined) {
    const { challenge } = proof;
    const use = { challenge, accountId, purpose: 'wallet_key', now } as const;
    if (!(await deps.consumeChallenge(tx, use))) throw new Refusal('device/challenge_invalid');
  }
  const outcome = await place(tx, order, await readKey(tx, id));
  if (outcome === 'unchanged') return;
  const event = { action: 'wallet.key_registered', subject: `wallet:${wallet}`, outcome };
  const details = { key: hex(id), proved: proof !== undefined };
  await record(tx, [{ actor: `account:${account}`, ...event, details }], now);
  await announceWallet(tx, wallet, now);
  await deps.tellOwner(tx, { accountId, template: 'key_changed', at: now });
}

async function place(
  tx: Tx,
  order: Registering,
  known: WalletKeyRecord | undefined,
): Promise<'registered' | 'taken_over' | 'withdrawn' | 'proved' | 'unchanged'> {
  const { wallet, id, modulus, now, proof } = order;
  const proved = proof !== undefined;
  if (known === undefined) {
    await makeRoom(tx, order);
    const provedAt = proved ? now : undefined;
    const key = { id, wallet, modulus, origin: 'device', provedAt, sealed: undefined } as const;
    // Somebody else's registration of the same key came first.
    if (!(await insertKey(tx, { ...key, at: now }))) throw new Refusal('wallet/key_taken');
    return 'registered';
  }
  if (known.wallet !== wallet) {
    if (!proved || known.proved) throw new Refusal('wallet/key_taken');
    await makeRoom(tx, order);
    const moved = await displaceKey(tx, { id, from: known.wallet, to: wallet, at: now });
    if (!moved) throw new Refusal('wallet/key_taken');
    return 'taken_over';
  }
  // What it signed while it was retired must not become good afterwards.
  if (known.retiredAt !== undefined) throw new Refusal('wallet/key_taken');
  if (known.inEscrow) {
    await destroyPrivate(tx, id);
    return 'withdrawn';
  }
  if (!proved || known.proved) return 'unchanged';
  await markProved(tx, [id], now);
  return 'proved';
}

/** The live key retires; at most so many are registered in a day. */
async function makeRoom(tx: Tx, { wallet, now }: Registering): Promise<void> {
  const dayAgo = new Date(now.getTime() - 86_400_000);
  if ((await countRegistrations(tx, wallet, dayAgo)) >= limits.registrationsPerDay) {
    throw new Refusal('rate/limited');
  }
  const live = await readLiveKey(tx, wallet);
  if (live !== undefined) await retireKey(tx, live.id, { reason: 'replaced', at: now });
}

/**
 * Notes that the owners of these keys were seen to have them: a payment that one of them signed was
 * settled. Later nobody else can take them over.
 */
export async function noteKeysProved(tx: Tx, ids: readonly Uint8Array[], at: Date): Promise<void> {
  if (ids.length > 0) await markProved(tx, ids, at);
}
