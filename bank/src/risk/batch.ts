/** One item of an upload, as the intake has read and resolved it. */
export interface RiskItem {
  /** Its place in the upload, from 0. */
  readonly item: number;
  /** Who is debited; undefined where no wallet was found (then it is reviewed anyway). */
  readonly payerWallet: bigint | undefined;
  readonly payeeWallet: bigint | undefined;
  /** The device debits its own tenant's float. */
  readonly ownFloat: boolean;
  readonly cashOut: boolean;
  readonly amountMinor: bigint;
  readonly currency: number;
  /** The policy's most for one item, same currency; undefined where there is none. */
  readonly mostMinor: bigint | undefined;
  /** When the device says that it happened. */
  readonly claimedAt: Date;
  /** Of the payer's signed payment, 32 bytes, where there is one. */
  readonly paymentId: Uint8Array | undefined;
  /** Entries missing before it in its chain; 0 where there is no chain. */
  readonly chainGap: number;
  /** Entries out of order, numbers used twice, as the intake found; 0 where there are none. */
  readonly sequenceFaults: number;
}

export interface RiskBatch {
  /** The upload, as the intake calls it: `bundle:…`, 1 to 200 bytes. With `item` a key for ever. */
  readonly subject: string;
  readonly device: { readonly id: string; readonly registeredAt: Date };
  readonly deviceClock: Date;
  readonly receivedAt: Date;
  /** As the device reports since its last upload; 0 where it says nothing. */
  readonly failedPins: number;
  /** In the upload's order. */
  readonly items: readonly RiskItem[];
}

/** A payment that an identity made before. */
export interface PastPayment {
  readonly at: Date;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly to: bigint | undefined;
  /** `at` is when it was made, not when it came in. */
  readonly timed: boolean;
  /** Counts as what is usual; what was held back does not. */
  readonly usual: boolean;
  /** A till paid out its tenant's float. */
  readonly ownFloat: boolean;
}

/** What is known of a person or shop: all wallets of one account. */
export interface Identity {
  readonly openedAt: Date;
  readonly paid: readonly PastPayment[];
}

/** What the bank's tables say about the parties of one batch. */
export interface History {
  /** Account by wallet number. */
  readonly accounts: ReadonlyMap<bigint, bigint>;
  /** By account. */
  readonly identities: ReadonlyMap<bigint, Identity>;
  /** Who was paid by somebody whom a party paid: from → to, within `limits.flowMs`. */
  readonly onward: ReadonlyMap<bigint, ReadonlySet<bigint>>;
  /** When the device says that its earlier items happened, newest first. */
  readonly deviceTimes: readonly Date[];
}

/** Whose wallet it is; undefined for one that is not there. */
export function accountOf(wallet: bigint | undefined, history: History): bigint | undefined {
  return wallet === undefined ? undefined : history.accounts.get(wallet);
}
