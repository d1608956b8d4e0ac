/** What truly was signed and loaded about orders: invariants compare the bank's books with it. */
export interface OrderTruth {
  /** By {@link orderKey}. */
  readonly signed: ReadonlyMap<string, SignedOrder>;
  /** What was ever put into limits (by user id) and floats (by tenant). */
  readonly loaded: ReadonlyMap<string, bigint>;
  /** Current wallets of people of ledgers and of tenants, by number. */
  readonly wallets: ReadonlyMap<number, string>;
  /** First final answers, by {@link orderKey}. */
  readonly answers: ReadonlyMap<string, string>;
}

/** An order as its signer's registered key signed it. */
export interface SignedOrder {
  readonly kind: 'ledger_entry' | 'device_transaction';
  readonly id: string;
  /** Of what it says: a till's id is only a name. */
  readonly content: string;
  /** User id or device id. */
  readonly signer: string;
  /** Whose money it is: a user id, or a tenant. */
  readonly debits: string;
  readonly number: string;
  /** Undefined where it says no amount of the currency. */
  readonly amountMinor: bigint | undefined;
  /** 0 where nobody is named whom the bank knows. */
  readonly payeeWallet: number;
  /** Of a ledger's: whom it names. */
  readonly toId: string | undefined;
  /** Of a ledger's: the limit that it names; empty for none. */
  readonly walletId: string;
  /** Of a till's: whether it debits its own tenant, as its maker meant it. */
  readonly own: boolean;
}

export interface OrderRecords {
  readonly truth: OrderTruth;
  signed(order: SignedOrder): void;
  loaded(signer: string, amountMinor: bigint): void;
  wallet(number: number, owner: string): void;
  /** Answers what was said first where it was something else. */
  answered(key: string, said: string): string | undefined;
}

export function orderKey({ id, content }: Pick<SignedOrder, 'content' | 'id'>): string {
  return `${id}:${content}`;
}

export function createOrderRecords(): OrderRecords {
  const signed = new Map<string, SignedOrder>();
  const loaded = new Map<string, bigint>();
  const wallets = new Map<number, string>();
  const answers = new Map<string, string>();
  return {
    truth: { signed, loaded, wallets, answers },
    signed(order) {
      if (!signed.has(orderKey(order))) signed.set(orderKey(order), order);
    },
    loaded: (signer, minor) => void loaded.set(signer, (loaded.get(signer) ?? 0n) + minor),
    wallet: (number, owner) => void wallets.set(number, owner),
    answered(key, said) {
      const first = answers.get(key) ?? said;
      answers.set(key, first);
      return first === said ? undefined : first;
    },
  };
}
