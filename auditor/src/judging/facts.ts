import { hex } from '@sikka/protocol';
import type { Claim } from '../claims.ts';
import type { Snapshot } from '../snapshot.ts';
import { readKeyFacts } from './key-facts.ts';
import type { KeyFacts } from './key-facts.ts';
import { readOrderFacts } from './order-facts.ts';
import type { OrderFacts } from './order-facts.ts';

export interface AllowanceFact {
  readonly no: bigint;
  readonly issued_at: Date;
  readonly journal_nonce: Uint8Array;
}

/** A wallet, with the currencies in which its owner can be credited, and since when. */
export interface WalletFact {
  readonly currency: number;
  readonly created_at: Date;
  readonly credited: ReadonlyMap<number, Date>;
}

export interface CredentialFact {
  readonly issued_at: Date;
  readonly revoked_at: Date | null;
  readonly device_status: string | null;
  readonly device_changed_at: Date | null;
}

export interface SettledFact {
  readonly amount: bigint;
  readonly currency: number;
  readonly payee_wallet: bigint;
  readonly settled_at: Date;
}

export interface RefundFact {
  readonly number: number;
  readonly document_id: Uint8Array;
  readonly amount: bigint;
  readonly cumulative: bigint;
  readonly at: Date;
}

/** What the bank has of the documents that some refused packets name. Keys are ids in hex. */
export interface Facts {
  readonly allowances: ReadonlyMap<string, AllowanceFact>;
  readonly wallets: ReadonlyMap<number, WalletFact>;
  readonly credentials: ReadonlyMap<string, CredentialFact>;
  readonly settled: ReadonlyMap<string, SettledFact>;
  /** By payment id, in order of number. */
  readonly refunds: ReadonlyMap<string, readonly RefundFact[]>;
  /** When an issuer key was made, by its number. */
  readonly issuerKeys: ReadonlyMap<number, Date>;
  readonly keys: KeyFacts;
  readonly orders: OrderFacts;
}

export async function readFacts(snapshot: Snapshot, claims: readonly Claim[]): Promise<Facts> {
  const asked = askedBy(claims);
  return {
    allowances: byId(await snapshot.query(ALLOWANCES, [asked.allowanceIds])),
    wallets: await readWallets(snapshot, asked.wallets),
    credentials: byId(await snapshot.query(CREDENTIALS, [asked.credentialIds])),
    settled: byId(await snapshot.query(SETTLED, [asked.paymentIds])),
    refunds: await readRefunds(snapshot, asked.paymentIds),
    issuerKeys: await readIssuerKeys(snapshot),
    keys: await readKeyFacts(snapshot, claims),
    orders: await readOrderFacts(snapshot, claims),
  };
}

function askedBy(claims: readonly Claim[]) {
  const allowanceIds: Uint8Array[] = [];
  const credentialIds: Uint8Array[] = [];
  const paymentIds: Uint8Array[] = [];
  const wallets: number[] = [];
  for (const claim of claims) {
    if (claim.kind === 'refund') {
      credentialIds.push(claim.packet.credentialId);
      paymentIds.push(claim.packet.refund.fields.paymentId);
    }
    if (claim.kind === 'payment' || claim.kind === 'return') {
      allowanceIds.push(claim.packet.allowanceId);
    }
    if (claim.kind === 'payment') wallets.push(claim.packet.payment.fields.payeeWallet);
  }
  return { allowanceIds, credentialIds, paymentIds, wallets };
}

function byId<R extends object>(
  rows: readonly (R & { readonly id: Uint8Array })[],
): ReadonlyMap<string, R> {
  return new Map(rows.map((row) => [hex(row.id), row]));
}

interface WalletRow {
  readonly number: bigint;
  readonly currency: number;
  readonly created_at: Date;
  readonly credited: number | null;
  readonly credited_since: Date | null;
}

async function readWallets(
  snapshot: Snapshot,
  numbers: readonly number[],
): Promise<Facts['wallets']> {
  const wallets = new Map<number, WalletFact & { readonly credited: Map<number, Date> }>();
  for (const row of await snapshot.query<WalletRow>(WALLETS, [numbers])) {
    const { currency, created_at } = row;
    const number = Number(row.number);
    const wallet = wallets.get(number) ?? { currency, created_at, credited: new Map() };
    wallets.set(number, wallet);
    if (row.credited === null || row.credited_since === null) continue;
    wallet.credited.set(row.credited, row.credited_since);
  }
  return wallets;
}

async function readRefunds(
  snapshot: Snapshot,
  paymentIds: readonly Uint8Array[],
): Promise<Facts['refunds']> {
  const refunds = new Map<string, RefundFact[]>();
  type RefundRow = RefundFact & { readonly payment_id: Uint8Array };
  for (const row of await snapshot.query<RefundRow>(REFUNDS, [paymentIds])) {
    const key = hex(row.payment_id);
    const known = refunds.get(key) ?? [];
    known.push(row);
    refunds.set(key, known);
  }
  return refunds;
}

async function readIssuerKeys(snapshot: Snapshot): Promise<Facts['issuerKeys']> {
  type KeyRow = { readonly number: number; readonly created_at: Date };
  const rows = await snapshot.query<KeyRow>('select number, created_at from issuer_keys');
  return new Map(rows.map(({ number, created_at }) => [number, created_at]));
}

const ALLOWANCES = `
  select id, no, issued_at, journal_nonce from allowances where id = any ($1::bytea[])`;

const WALLETS = `
  select w.number, w.currency, w.created_at, c.currency as credited,
    c.created_at as credited_since
  from wallets as w
  left join wallets as c on c.account_id = w.account_id and c.kind = 'current'
  where w.number = any ($1::bigint[])`;

const CREDENTIALS = `
  select c.id, c.issued_at, c.revoked_at, d.status as device_status,
    d.status_changed_at as device_changed_at
  from credentials as c
  left join devices as d on d.no = c.device_no
  where c.id = any ($1::bytea[])`;

const SETTLED = `
  select payment_id as id, amount, currency, payee_wallet, settled_at
  from settled_payments where payment_id = any ($1::bytea[])`;

const REFUNDS = `
  select payment_id, number, document_id, amount, cumulative, at
  from refunds where payment_id = any ($1::bytea[])
  order by payment_id, number`;
