import type { DeviceKey } from '@sikka/protocol';
import type { AccountId } from '../ledger/index.ts';

/** Who signs orders: a ledger's sender, or a till (spec/settlement.md §7). */
export type OrderKind = 'ledger_entry' | 'device_transaction';

/** An order that moved money. */
export interface SettledOrder {
  readonly kind: OrderKind;
  readonly id: Uint8Array;
  /** SHA-256 of what it says: a till's id is only a name. */
  readonly content: Uint8Array;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payeeWallet: number;
  readonly settledAt: number;
  /** Of the item's bytes. */
  readonly sha256: Uint8Array;
}

/** What is asked before anything is proved. */
export interface KnownOrderQuestion {
  readonly userIds: readonly string[];
  readonly deviceIds: readonly string[];
  readonly documentIds: readonly Uint8Array[];
}

/** Keys that may have signed, and what is final; read without locks. */
export interface KnownOrders {
  /** Registered keys, 33 bytes, by user id. */
  readonly senders: ReadonlyMap<string, Uint8Array>;
  /** By device id. */
  readonly tills: ReadonlyMap<string, DeviceKey>;
  /** By document id. */
  readonly settled: ReadonlyMap<string, SettledOrder>;
  /** What tills' orders were taken in with, by document id. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

export const NO_KNOWN_ORDERS: KnownOrders = {
  senders: new Map(),
  tills: new Map(),
  settled: new Map(),
  contents: new Map(),
};

export interface AskedEntry {
  readonly userId: string;
  readonly txnId: string;
  readonly toId: string;
}

export interface AskedTransaction {
  readonly deviceId: string;
  readonly localId: string;
}

/** What is asked under lock; nothing is read where there is neither a carrier nor an order. */
export interface OrderQuestion {
  /** Whether the upload holds a bundle or a sealed ledger: it may have had a review. */
  readonly carried: boolean;
  readonly ledger: readonly AskedEntry[];
  readonly device: readonly AskedTransaction[];
  readonly documentIds: readonly Uint8Array[];
}

export const NO_ORDER_QUESTION: OrderQuestion = {
  carried: false,
  ledger: [],
  device: [],
  documentIds: [],
};

/** A ledger's sender as he stands now, with the money set aside for what he signs. */
export interface LedgerSender {
  /** Of kyc_users. */
  readonly no: bigint;
  /** Of his registered key. */
  readonly keyId: Uint8Array;
  /** The limit wallet, once it was funded. */
  readonly limit:
    | {
        readonly walletId: string;
        readonly account: AccountId;
        readonly currency: number;
      }
    | undefined;
  /** He, his account and his limit wallet all are. */
  readonly approved: boolean;
}

export interface LedgerReceiver {
  readonly approved: boolean;
  /** His account's current wallets, by currency. */
  readonly wallets: ReadonlyMap<
    number,
    {
      readonly number: number;
      readonly account: AccountId;
    }
  >;
}

export interface KnownTill {
  /** Of tills. */
  readonly no: bigint;
  readonly keyId: Uint8Array;
  /** A suspended one may be let in again; a revoked one never is. */
  readonly status: 'active' | 'suspended' | 'revoked';
  /** Of its tenant, by currency. */
  readonly floats: ReadonlyMap<number, AccountId>;
}

/** A till's transaction as its bundle's intake took it in. */
export interface TakenTransaction {
  readonly bundle: bigint;
  /** Of that bundle. */
  readonly payloadHash: Uint8Array;
  /** Accepted, or released by review. */
  readonly cleared: boolean;
  readonly content: Uint8Array;
  /** Debits its own tenant's float. */
  readonly own: boolean;
  /** Whom the receiver's text named. */
  readonly payeeWallet: number | undefined;
}

/** What was first proved under a signer's number, settled or not. */
export interface TakenNumber {
  readonly documentId: Uint8Array;
  readonly content: Uint8Array;
}

/** What deciding about orders needs, under the locks of what they debit. */
export interface OrderFacts {
  /** Of this upload; read only where there is a carrier. */
  readonly review: 'rejected' | undefined;
  /** By user id. */
  readonly senders: ReadonlyMap<string, LedgerSender>;
  /** By user id. */
  readonly receivers: ReadonlyMap<string, LedgerReceiver>;
  /** By device id. */
  readonly tills: ReadonlyMap<string, KnownTill>;
  /** By document id. */
  readonly transactions: ReadonlyMap<string, TakenTransaction>;
  /** By `orderNameOf`. */
  readonly taken: ReadonlyMap<string, TakenNumber>;
  /** By document id. */
  readonly settled: ReadonlyMap<string, SettledOrder>;
}

export const NO_ORDER_FACTS: OrderFacts = {
  review: undefined,
  senders: new Map(),
  receivers: new Map(),
  tills: new Map(),
  transactions: new Map(),
  taken: new Map(),
  settled: new Map(),
};

export interface OrderName {
  readonly kind: OrderKind;
  /** Number of the signer's row. */
  readonly signer: bigint;
  /** txn_id or local_id. */
  readonly number: string;
}

/** Under which an order is unique for ever. */
export function orderNameOf({ kind, signer, number }: OrderName): string {
  return `${kind}:${signer}:${number}`;
}
