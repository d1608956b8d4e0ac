import type { Facts, Known, KnownQuestion, Posting, Question } from '@sikka/bank/deciding';
import type { DeviceKey } from '@sikka/protocol';
import { keyHash } from '@sikka/protocol';
import type { LedgerTransfer } from './ledger.ts';
import { byId, keyOf, pick } from './tables.ts';
import type { Tables } from './tables.ts';

/** Senders, tills, what their intakes brought, and what orders paid: rows as the bank's are. */
export interface OrderTables {
  /** By user id. */
  readonly people: Map<string, PersonRow>;
  /** By device id. */
  readonly tills: Map<string, TillRow>;
  /** By bundle id. */
  readonly bundles: Map<string, BundleRow>;
  /** By document id. */
  readonly transactions: Map<string, TransactionRow>;
  /** Of tills, `till:nonce`. */
  readonly nonces: Map<string, true>;
  /** Contents of everything that tills brought, `till:local_id`. */
  readonly locals: Map<string, Uint8Array>;
  /** Signed payments that tills brought, `till:payment`. */
  readonly payments: Map<string, true>;
  /** By the name under which an order is unique for ever. */
  readonly numbers: Map<string, NumberRow>;
  /** By document id. */
  readonly settled: Map<string, SettledOrderRow>;
  /** By number, which an upload's row in the inbox names. */
  readonly reviews: Map<bigint, ReviewRow>;
  /** Entries of sealed ledgers, by receiver and hash. */
  readonly entries: Map<string, EntryRow>;
}

export interface PersonRow {
  readonly no: bigint;
  readonly userId: string;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly accountId: bigint;
  readonly walletId: string;
  /** Of the limit. */
  readonly account: bigint;
  readonly currency: number;
  approved: boolean;
}

export interface TillRow {
  readonly no: bigint;
  readonly deviceId: string;
  readonly key: DeviceKey;
  readonly tenant: string;
  readonly tenantAccount: bigint;
  readonly floats: ReadonlyMap<number, bigint>;
  status: 'active' | 'suspended' | 'revoked';
}

export interface BundleRow {
  readonly no: bigint;
  readonly deviceId: string;
  readonly payloadHash: Uint8Array;
  cleared: boolean;
}

type Taken = NonNullable<ReturnType<Facts['orders']['transactions']['get']>>;

export type TransactionRow = Omit<Taken, 'bundle' | 'cleared' | 'payloadHash'> & {
  readonly documentId: Uint8Array;
  readonly bundleId: string;
};

type Ordering = Posting['decision']['ordered'][number];
export type NumberRow = Pick<Ordering, 'content' | 'documentId' | 'kind' | 'number' | 'signer'>;

type SettlingOrder = Posting['decision']['settledOrders'][number];
export type SettledOrderRow = SettlingOrder['order'] & {
  readonly name: string;
  /** That settled it. */
  readonly uploadId: bigint;
};

export interface ReviewRow {
  readonly no: bigint;
  readonly uploadId: bigint;
  readonly bundleId: string | undefined;
  /** Entries after one and the same, of a ledger that forks. */
  readonly pairs: readonly string[];
  outcome: 'released' | 'rejected' | undefined;
}

export interface EntryRow {
  readonly previous: string;
  readonly uploadId: bigint;
}

export function createOrderTables(): OrderTables {
  return {
    people: new Map(),
    tills: new Map(),
    bundles: new Map(),
    transactions: new Map(),
    nonces: new Map(),
    locals: new Map(),
    payments: new Map(),
    numbers: new Map(),
    settled: new Map(),
    reviews: new Map(),
    entries: new Map(),
  };
}

export function readKnownOrders(
  { orders }: Tables,
  { userIds, deviceIds, documentIds }: KnownQuestion['orders'],
): Known['orders'] {
  return {
    senders: pick(orders.people, userIds, ({ publicKey }) => publicKey),
    tills: pick(orders.tills, deviceIds, ({ key }) => key),
    settled: byId(orders.settled, documentIds),
    contents: pick(orders.transactions, documentIds.map(keyOf), ({ content }) => content),
  };
}

export function readOrderFacts(
  tables: Tables,
  { carried, ledger, device, documentIds }: Question['orders'],
  uploadId: bigint | undefined,
): Facts['orders'] {
  const { orders } = tables;
  const ids = documentIds.map(keyOf);
  const rejected = [...orders.reviews.values()].some((row) => {
    return carried && row.uploadId === uploadId && row.outcome === 'rejected';
  });
  const senders = pick(
    orders.people,
    ledger.map(({ userId }) => userId),
    senderOf,
  );
  const tills = pick(
    orders.tills,
    device.map(({ deviceId }) => deviceId),
    tillOf,
  );
  const names = [
    ...ledger.map(({ userId, txnId: number }) => {
      return { kind: 'ledger_entry', signer: senders.get(userId)?.no, number } as const;
    }),
    ...device.map(({ deviceId, localId: number }) => {
      return { kind: 'device_transaction', signer: tills.get(deviceId)?.no, number } as const;
    }),
  ];
  return {
    review: rejected ? 'rejected' : undefined,
    senders,
    receivers: pick(
      orders.people,
      ledger.map(({ toId }) => toId),
      (row) => {
        return { approved: row.approved, wallets: currentWallets(tables, row.accountId) };
      },
    ),
    tills,
    transactions: pick(orders.transactions, ids, (row) => takenOf(orders, row)),
    taken: pick(orders.numbers, names.map(nameOf), (row) => row),
    settled: byId(orders.settled, documentIds),
  };
}

/** Accounts whose balance decides, and wallets that are paid. */
export function askedOf({ senders, tills, transactions }: Facts['orders']) {
  const limits = [...senders.values()].flatMap(({ limit }) => limit?.account ?? []);
  const floats = [...tills.values()].flatMap((till) => [...till.floats.values()]);
  const wallets = [...transactions.values()].flatMap(({ payeeWallet }) => payeeWallet ?? []);
  return { debited: [...limits, ...floats], wallets };
}

function senderOf({ no, publicKey, account, walletId, currency, approved }: PersonRow) {
  const limit = { walletId, account, currency };
  return { no, keyId: keyHash('ES256', publicKey), limit, approved };
}

function tillOf({ no, key, status, floats }: TillRow) {
  return { no, keyId: key.id, status, floats };
}

function takenOf({ bundles }: OrderTables, taken: TransactionRow): Taken {
  const { bundleId, content, own, payeeWallet } = taken;
  const bundle = bundles.get(bundleId);
  if (bundle === undefined) throw new Error('A transaction without its bundle.');
  const { no, payloadHash, cleared } = bundle;
  return { content, own, payeeWallet, bundle: no, payloadHash, cleared };
}

function currentWallets({ wallets }: Tables, accountId: bigint) {
  const own = [...wallets.values()].filter((row) => {
    return row.accountId === accountId && row.kind === 'current';
  });
  return new Map(
    own.map(({ currency, number, ledgerAccount: account }) => [currency, { number, account }]),
  );
}

interface Name {
  readonly kind: NumberRow['kind'];
  readonly signer: bigint | undefined;
  readonly number: string;
}

function nameOf({ kind, signer, number }: Name): string {
  return `${kind}:${signer ?? ''}:${number}`;
}

/** Numbers taken and orders settled, with what the database would refuse as errors. */
export function postOrders({ log, orders }: Tables, { decision }: Posting): void {
  for (const { kind, signer, number, documentId, content } of decision.ordered) {
    const name = nameOf({ kind, signer, number });
    const known = orders.numbers.get(name);
    if (known !== undefined && keyOf(known.documentId) !== keyOf(documentId)) {
      throw new Error('A number of two orders.');
    }
    const row = { kind, signer, number, documentId, content };
    if (known === undefined) log.set(orders.numbers, name, row);
  }
  for (const { order } of decision.settledOrders) {
    const key = keyOf(order.id);
    const found = [...orders.numbers].find(([, row]) => keyOf(row.documentId) === key);
    if (orders.settled.has(key)) throw new Error('An order settled twice.');
    if (found === undefined) throw new Error('An order that does not hold its number.');
    const [name] = found;
    const { uploadId } = decision.hearing;
    log.set<string, SettledOrderRow>(orders.settled, key, { ...order, name, uploadId });
  }
}

export function transfersOf({ decision }: Posting): readonly LedgerTransfer[] {
  const at = decision.hearing.decidedAt;
  return decision.settledOrders.map(({ order, debit, credit }) => {
    const { currency, amountMinor, id: reference } = order;
    return { kind: 'settlement', currency, at, reference, debit, credit, amountMinor };
  });
}

/** Passing codes whose cause money or a verdict takes away. */
const WAITS: readonly string[] = [
  ...['insufficient_funds', 'device_not_active', 'limit_wallet_inactive'],
];

/** Queues again what waited for something about this account. */
export function requeueOrders(tables: Tables, debit: bigint, now: number): void {
  const { log, orders, rejected, inbox } = tables;
  const people = [...orders.people.values()].filter(({ account }) => account === debit);
  const tills = [...orders.tills.values()].filter(({ floats }) => {
    return [...floats.values()].includes(debit);
  });
  const signers = new Map<string, readonly bigint[]>([
    ['ledger_entry', people.map(({ no }) => no)],
    ['device_transaction', tills.map(({ no }) => no)],
  ]);
  for (const { kind, signer, documentId } of orders.numbers.values()) {
    const isTheirs = signers.get(kind)?.includes(signer) === true;
    const key = keyOf(documentId);
    if (!isTheirs || orders.settled.has(key)) continue;
    for (const row of rejected) {
      const isOf = row.orderId !== undefined && keyOf(row.orderId) === key;
      if (!isOf || !WAITS.includes(row.code) || inbox.has(row.uploadId)) continue;
      log.set(inbox, row.uploadId, { visibleAt: now * 1000, attempts: 0 });
    }
  }
}
