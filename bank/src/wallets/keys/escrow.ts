import { generateNodeSigningKey } from '@sikka/protocol/node';
import { hex, publicKeySpki, sha256 } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import type { Notices, SlowLane } from '../../identity/index.ts';
import { openPrivateKey, sealPrivateKey } from '../../keys/index.ts';
import type { KeyVault } from '../../keys/index.ts';
import { limits } from './limits.ts';
import type { WalletKeyRecord } from './records.ts';
import {
  countReleases,
  insertKey,
  insertRelease,
  lockOwnWallet,
  readLiveKey,
  readSealed,
} from './store.ts';

export interface EscrowDeps {
  readonly pool: Pool;
  readonly vault: KeyVault;
  readonly lane: SlowLane;
}

export interface KeyOrder {
  readonly accountId: bigint;
  /** The owner's public id. */
  readonly account: string;
  readonly wallet: number;
  readonly now: Date;
}

export type Ensured =
  | { readonly ok: true; readonly key: WalletKeyRecord }
  | { readonly ok: false; readonly code: 'server/busy' | 'wallet/not_found' };

/**
 * The live key of a person's offline wallet: the one there is, else a pair made now, its private
 * half sealed. Made before the transaction begins, so that nothing is locked meanwhile; of two at
 * once one is kept. Refuses with `wallet/not_found` for somebody else's wallet or a current one,
 * `server/busy` where too many are being made.
 */
export async function ensureWalletKey(deps: EscrowDeps, order: KeyOrder): Promise<Ensured> {
  const known = await readLiveKey(deps.pool, order.wallet);
  if (known !== undefined) return { ok: true, key: known };
  const made = await deps.lane.run(() => makeKey(deps.vault));
  if (!made.ok) return made;
  const key = await inTransaction(deps.pool, (tx) => keepKey(tx, order, made.value));
  return key === undefined ? { ok: false, code: 'wallet/not_found' } : { ok: true, key };
}

interface MadeKey {
  readonly id: Uint8Array;
  readonly modulus: Uint8Array;
  readonly sealed: { readonly bytes: Uint8Array; readonly vault: string };
}

async function makeKey(vault: KeyVault): Promise<MadeKey> {
  const { privateKey, publicKey: modulus } = await generateNodeSigningKey('PS256');
  const id = sha256(publicKeySpki('PS256', modulus));
  const bytes = await sealPrivateKey(vault, privateKey, contextOf(id));
  return { id, modulus, sealed: { bytes, vault: vault.name } };
}

async function keepKey(
  tx: Tx,
  { accountId, account, wallet, now }: KeyOrder,
  made: MadeKey,
): Promise<WalletKeyRecord | undefined> {
  const own = await lockOwnWallet(tx, { wallet, accountId });
  if (own?.kind !== 'offline') return undefined;
  const known = await readLiveKey(tx, wallet);
  if (known !== undefined) return known;
  await insertKey(tx, { ...made, wallet, origin: 'escrow', provedAt: undefined, at: now });
  const event = { action: 'wallet.key_made', subject: `wallet:${wallet}`, outcome: 'escrow' };
  await record(
    tx,
    [{ actor: `account:${account}`, ...event, details: { key: hex(made.id) } }],
    now,
  );
  return readLiveKey(tx, wallet);
}

export type Released =
  | { readonly ok: true; readonly pem: string }
  | {
      readonly ok: false;
      readonly code: 'wallet/not_found' | 'wallet/key_device_held' | 'rate/limited' | 'server/busy';
    };

/**
 * Hands the private half of an escrowed key to its owner, as PKCS #8 PEM. Each release is a row, an
 * audit event and a mail, in one transaction; at most `limits.releasesPerHour` for a wallet.
 */
export async function releaseKey(
  deps: EscrowDeps & { readonly notices: Notices },
  order: KeyOrder,
): Promise<Released> {
  const ensured = await ensureWalletKey(deps, order);
  if (!ensured.ok && ensured.code === 'server/busy') return { ok: false, code: 'server/busy' };
  const released = await inTransaction(deps.pool, (tx) => release(deps, tx, order));
  if (!released.ok) return released;
  const key = await openPrivateKey(deps.vault, released.sealed, contextOf(released.id));
  return { ok: true, pem: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

async function release(
  { notices }: { readonly notices: Notices },
  tx: Tx,
  { accountId, account, wallet, now }: KeyOrder,
): Promise<
  | { readonly ok: true; readonly id: Uint8Array; readonly sealed: Uint8Array }
  | Extract<Released, { ok: false }>
> {
  // The lock under which releases are counted.
  const own = await lockOwnWallet(tx, { wallet, accountId });
  if (own === undefined) return { ok: false, code: 'wallet/not_found' };
  const live = await readLiveKey(tx, wallet);
  const sealed = live === undefined ? undefined : await readSealed(tx, live.id);
  if (live === undefined || sealed === undefined) {
    return { ok: false, code: 'wallet/key_device_held' };
  }
  const hourAgo = new Date(now.getTime() - 3_600_000);
  if ((await countReleases(tx, wallet, hourAgo)) >= limits.releasesPerHour) {
    return { ok: false, code: 'rate/limited' };
  }
  await insertRelease(tx, { key: live.id, wallet, at: now });
  const event = { action: 'wallet.key_released', subject: `wallet:${wallet}`, outcome: 'released' };
  await record(
    tx,
    [{ actor: `account:${account}`, ...event, details: { key: hex(live.id) } }],
    now,
  );
  const values = { wallet: String(wallet) };
  await notices.tell(tx, { accountId, template: 'key_released', values, at: now });
  return { ok: true, id: live.id, sealed };
}

/** One row's: a sealed key moved into another row does not open. */
export function contextOf(id: Uint8Array): string {
  return `wallet_keys:${hex(id)}`;
}
