import { hex } from '@sikka/protocol';
import type { Claim } from '../claims.ts';
import type { OrderClaim, OrderKey } from '../proving-orders.ts';
import type { Snapshot } from '../snapshot.ts';

/** A ledger's sender, with his limit. */
export interface SenderFact {
  readonly no: bigint;
  readonly public_key: Uint8Array;
  readonly key_id: Uint8Array;
  readonly wallet_id: string | null;
  readonly currency: number | null;
}

export interface TillFact extends OrderKey {
  readonly no: bigint;
  readonly revoked_at: Date | null;
}

/** A till's transaction as its bundle was taken in. */
export interface TakenFact {
  readonly content: Uint8Array;
  readonly own: boolean;
  readonly payee_wallet: bigint | null;
}

export interface NumberFact {
  readonly id: Uint8Array;
  readonly content: Uint8Array;
}

/** What the bank has of the signers, numbers and payees that refused orders name. */
export interface OrderFacts {
  readonly senders: ReadonlyMap<string, SenderFact>;
  readonly tills: ReadonlyMap<string, TillFact>;
  /** By document id in hex. */
  readonly taken: ReadonlyMap<string, TakenFact>;
  /** The first order under a number. */
  readonly numbers: ReadonlyMap<string, NumberFact>;
  /** Since when a ledger's receiver can be credited in a currency. */
  readonly receivers: ReadonlyMap<string, Date>;
  /** The same of a wallet's owner. */
  readonly payees: ReadonlyMap<string, Date>;
}

export function numberName(kind: string, signer: bigint, number: string): string {
  return `${kind} ${signer} ${number}`;
}

export function creditName(payee: string | bigint, currency: number): string {
  return `${payee} ${currency}`;
}

export async function readOrderFacts(
  snapshot: Snapshot,
  claims: readonly Claim[],
): Promise<OrderFacts> {
  const orders = claims.filter((claim): claim is OrderClaim => isOrder(claim));
  if (orders.length === 0) return NO_FACTS;
  const entries = orders.flatMap((claim) => (claim.kind === 'ledger_entry' ? [claim] : []));
  const ids = orders.map(({ id }) => id);
  const senders = await readSenders(
    snapshot,
    entries.map(({ transaction }) => transaction.fromId),
  );
  const taken = await readTaken(snapshot, ids);
  return {
    senders,
    taken,
    tills: await readTills(
      snapshot,
      orders.flatMap((claim) =>
        claim.kind === 'device_transaction' ? [claim.carrier.deviceId] : [],
      ),
    ),
    numbers: await readNumbers(snapshot, orders.map(numberIn)),
    receivers: await readSince(
      snapshot,
      RECEIVERS,
      entries.map(({ transaction }) => transaction.toId),
    ),
    payees: await readSince(
      snapshot,
      PAYEES,
      [...taken.values()].flatMap(({ payee_wallet: payee }) => (payee === null ? [] : [payee])),
    ),
  };
}

const NO_FACTS: OrderFacts = {
  senders: new Map(),
  tills: new Map(),
  taken: new Map(),
  numbers: new Map(),
  receivers: new Map(),
  payees: new Map(),
};

function isOrder({ kind }: Claim): boolean {
  return kind === 'ledger_entry' || kind === 'device_transaction';
}

function numberIn(claim: OrderClaim): string {
  if (claim.kind === 'ledger_entry') return claim.transaction.txnId;
  return claim.carrier.transactions[claim.ordinal]?.transaction.localId ?? '';
}

async function readSenders(
  snapshot: Snapshot,
  ids: readonly string[],
): Promise<OrderFacts['senders']> {
  type Row = SenderFact & { readonly user_id: string };
  const rows = await snapshot.query<Row>(SENDERS, [ids]);
  return new Map(rows.map((row) => [row.user_id, row]));
}

async function readTills(snapshot: Snapshot, ids: readonly string[]): Promise<OrderFacts['tills']> {
  type Row = TillFact & { readonly device_id: string; readonly public_key: Uint8Array };
  const rows = await snapshot.query<Row>(TILLS, [ids]);
  return new Map(rows.map((row) => [row.device_id, { ...row, publicKey: row.public_key }]));
}

async function readTaken(
  snapshot: Snapshot,
  ids: readonly Uint8Array[],
): Promise<OrderFacts['taken']> {
  const rows = await snapshot.query<TakenFact & { readonly id: Uint8Array }>(TAKEN, [ids]);
  return new Map(rows.map((row) => [hex(row.id), row]));
}

async function readNumbers(
  snapshot: Snapshot,
  numbers: readonly string[],
): Promise<OrderFacts['numbers']> {
  type Row = NumberFact & {
    readonly kind: string;
    readonly signer: bigint;
    readonly number: string;
  };
  const rows = await snapshot.query<Row>(NUMBERS, [numbers]);
  return new Map(rows.map((row) => [numberName(row.kind, row.signer, row.number), row]));
}

async function readSince(
  snapshot: Snapshot,
  sql: string,
  names: readonly (string | bigint)[],
): Promise<ReadonlyMap<string, Date>> {
  type Row = { readonly payee: string | bigint; readonly currency: number; readonly since: Date };
  const rows = await snapshot.query<Row>(sql, [names]);
  return new Map(rows.map(({ payee, currency, since }) => [creditName(payee, currency), since]));
}

const SENDERS = `
  select k.user_id, k.no, k.public_key, k.key_id, l.wallet_id, l.currency
  from kyc_users as k
  left join limit_wallets as l on l.kyc_user = k.no
  where k.user_id = any ($1::text[])`;

const TILLS = `
  select device_id, no, scheme, public_key, key_id as id,
    case when status = 'revoked' then status_changed_at end as revoked_at
  from tills where device_id = any ($1::text[])`;

const TAKEN = `
  select document_id as id, content_sha256 as content, own, payee_wallet
  from till_transactions where document_id = any ($1::bytea[])`;

const NUMBERS = `
  select kind, signer, number, document_id as id, content_sha256 as content
  from signed_orders where number = any ($1::text[])`;

const RECEIVERS = `
  select k.user_id as payee, w.currency, w.created_at as since
  from kyc_users as k
  join wallets as w on w.account_id = k.account_id and w.kind = 'current'
  where k.user_id = any ($1::text[])`;

const PAYEES = `
  select w.number as payee, c.currency, c.created_at as since
  from wallets as w
  join wallets as c on c.account_id = w.account_id and c.kind = 'current'
  where w.number = any ($1::bigint[])`;
