import { hex } from '@sikka/protocol';
import type { WalletKey } from '@sikka/protocol';
import type { Claim } from '../claims.ts';
import type { Snapshot } from '../snapshot.ts';

/** A wallet that keys pay from or are paid to. */
export interface KeyWalletFact {
  readonly kind: string;
  readonly currency: number;
  /** Public id of its owner. */
  readonly owner: string;
  /** Every key that it has or had. */
  readonly keys: readonly WalletKey[];
}

/** What the bank has of the wallets, keys and nonces that refused payments by keys name. */
export interface KeyFacts {
  readonly wallets: ReadonlyMap<number, KeyWalletFact>;
  /** Whose a payee's key is, by its id in hex, and since when its owner can be credited. */
  readonly payees: ReadonlyMap<string, PayeeFact>;
  /** Ids of the payments that hold a nonce, by wallet and nonce. */
  readonly holders: ReadonlyMap<string, Uint8Array>;
}

export interface PayeeFact {
  readonly wallet: number;
  readonly owner: string;
  readonly credited: ReadonlyMap<number, Date>;
}

export function nonceName(wallet: number, nonce: string): string {
  return `${wallet} ${nonce}`;
}

export async function readKeyFacts(
  snapshot: Snapshot,
  claims: readonly Claim[],
): Promise<KeyFacts> {
  const claimed = claims.flatMap((claim) =>
    claim.kind === 'key_payment' ? [claim.item.claimed] : [],
  );
  if (claimed.length === 0) return { wallets: new Map(), payees: new Map(), holders: new Map() };
  const wallets = claimed.map(({ payerWallet }) => payerWallet);
  const nonces = claimed.map(({ nonce }) => nonce);
  return {
    wallets: await readWallets(snapshot, wallets),
    payees: await readPayees(
      snapshot,
      claimed.map(({ payeeKey }) => payeeKey),
    ),
    holders: await readHolders(snapshot, wallets, nonces),
  };
}

interface WalletRow {
  readonly number: bigint;
  readonly kind: string;
  readonly currency: number;
  readonly owner: string;
  readonly id: Uint8Array | null;
  readonly modulus: Uint8Array | null;
}

async function readWallets(
  snapshot: Snapshot,
  numbers: readonly number[],
): Promise<KeyFacts['wallets']> {
  const wallets = new Map<number, KeyWalletFact>();
  for (const row of await snapshot.query<WalletRow>(WALLETS, [numbers])) {
    const { kind, currency, owner, id, modulus } = row;
    const keys = wallets.get(Number(row.number))?.keys ?? [];
    const more = id === null || modulus === null ? [] : [{ id, modulus }];
    wallets.set(Number(row.number), { kind, currency, owner, keys: [...keys, ...more] });
  }
  return wallets;
}

interface PayeeRow {
  readonly id: Uint8Array;
  readonly wallet: bigint;
  readonly owner: string;
  readonly credited: number | null;
  readonly credited_since: Date | null;
}

async function readPayees(
  snapshot: Snapshot,
  ids: readonly Uint8Array[],
): Promise<KeyFacts['payees']> {
  const payees = new Map<string, PayeeFact & { readonly credited: Map<number, Date> }>();
  for (const row of await snapshot.query<PayeeRow>(PAYEES, [ids])) {
    const { owner } = row;
    const fresh = { wallet: Number(row.wallet), owner, credited: new Map<number, Date>() };
    const payee = payees.get(hex(row.id)) ?? fresh;
    payees.set(hex(row.id), payee);
    if (row.credited === null || row.credited_since === null) continue;
    payee.credited.set(row.credited, row.credited_since);
  }
  return payees;
}

async function readHolders(
  snapshot: Snapshot,
  wallets: readonly number[],
  nonces: readonly string[],
): Promise<KeyFacts['holders']> {
  type HolderRow = { readonly wallet: bigint; readonly nonce: string; readonly id: Uint8Array };
  const rows = await snapshot.query<HolderRow>(HOLDERS, [wallets, nonces]);
  return new Map(rows.map(({ wallet, nonce, id }) => [nonceName(Number(wallet), nonce), id]));
}

const WALLETS = `
  select w.number, w.kind, w.currency, a.public_id as owner, k.id, k.modulus
  from wallets as w
  join accounts as a on a.id = w.account_id
  left join wallet_keys as k on k.wallet = w.number
  where w.number = any ($1::bigint[])
  order by w.number, k.created_at desc`;

const PAYEES = `
  select k.id, k.wallet, a.public_id as owner, c.currency as credited,
    c.created_at as credited_since
  from wallet_keys as k
  join wallets as w on w.number = k.wallet
  join accounts as a on a.id = w.account_id
  left join wallets as c on c.account_id = w.account_id and c.kind = 'current'
  where k.id = any ($1::bytea[])`;

const HOLDERS = `
  select n.payer_wallet as wallet, n.nonce, n.payment_id as id
  from unnest($1::bigint[], $2::text[]) as asked (wallet, nonce)
  join key_payments as n on n.payer_wallet = asked.wallet and n.nonce = asked.nonce`;
