/** The checks, in the order of the report. */
export const CHECKS = {
  'issuer keys': 'the keys that everything the bank signed answers to',
  uploads: 'what was handed in, byte for byte, and how many packets it holds',
  answers: 'every packet handed in has its answer',
  devices: 'each key proved that its holder has it',
  credentials: "the bank's word for a name and a wallet",
  allowances: 'the right to spend that the bank signed, and the request it answers',
  'wallet keys': 'each is the hash of itself, and one at most is live',
  payments: 'each settled payment, proved again from the bytes received',
  'key payments': 'each payment by a wallet’s key, proved again from the bytes received',
  orders: 'each order of a ledger or a till, proved again from the bytes received',
  'sealed ledgers': 'each entry and fork, proved by its receiver’s signature over the whole',
  reviews: 'each decided once by as many people as it took, and cases; what waits is not decided',
  contradictions: 'inside an allowance: no contradiction, within limit and count',
  'extra payments': 'the first payment of a request is not extra, later ones are',
  rejections: 'every refusal judged again',
  proofs: 'whoever was accused signed both documents',
  guarantees: 'what the bank paid of double spends: refused, once, within caps',
  returns: 'what payers gave back, compared with everything settled',
  refunds: 'signed by the payee, in order, never more than the payment',
  'settlement transfers': 'each settled payment moved its money once',
  reservations: 'funded once, released only by the two rules',
  'other transfers': 'refunds, online transfers and fundings, and who they moved money between',
  balances: 'each is the sum of its transfers and above its floor; zero in all',
  'allowance states': 'what is settled and released of each allowance',
  'stored columns': 'what no signature names follows from the rows that it speaks of',
  'audit chain': 'every decision chained once, in order',
  log: 'every settled payment is one leaf of the Merkle log',
  checkpoints: 'what the bank signed about both, in an unbroken row',
  consistency: 'each checkpoint, stored or kept, continues the one before it, by a proof',
  'kept checkpoints': 'what was kept outside fits what is there now',
  bulletins: 'what the bank told everybody, in an unbroken row',
} as const;

export type CheckName = keyof typeof CHECKS;

/** One row that is wrong, so that a person can look at it. */
export interface WrongRow {
  readonly table: string;
  /** The columns that name the row, or the place where a row is missing. */
  readonly key: Readonly<Record<string, string>>;
  /** One sentence. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface CheckResult {
  readonly name: CheckName;
  readonly ok: boolean;
  /** Rows or documents looked at. */
  readonly rows: number;
  /** Rows found wrong. */
  readonly wrong: number;
  readonly firstWrong: WrongRow | undefined;
  /** What was looked at, in words; also what could not be recomputed. */
  readonly detail: string;
}

export interface WalletBalance {
  readonly wallet: bigint;
  readonly kind: string;
  readonly currency: number;
  /** The sum of its transfers. */
  readonly balanceMinor: bigint;
  /** The same by kind of transfer: `settlement` is what was paid to it, or by its key, offline. */
  readonly movedMinor: Readonly<Record<string, bigint>>;
}

export interface CurrencyTotal {
  readonly currency: number;
  readonly currentMinor: bigint;
  readonly offlineMinor: bigint;
  /** Held for allowances that are out. */
  readonly reservedMinor: bigint;
  /** Every other account that is the bank's: negative where customers hold money. */
  readonly bankMinor: bigint;
  /** Settled payments, from evidence. */
  readonly settledMinor: bigint;
  /** Must be 0. */
  readonly sumMinor: bigint;
}

export interface Balances {
  /** By number, at most 1,000. */
  readonly wallets: readonly WalletBalance[];
  readonly walletCount: number;
  readonly totals: readonly CurrencyTotal[];
}

export interface AuditReport {
  /** Whether every check is. */
  readonly ok: boolean;
  /** The moment of the snapshot, by the database's clock, where none was given. */
  readonly at: Date;
  /** The bank's id, as its documents name it; undefined before the first device. */
  readonly bank: string | undefined;
  /** What the verdict does not cover; empty where the trusted keys were given. */
  readonly warnings: readonly string[];
  /** In the order of {@link CHECKS}. */
  readonly checks: readonly CheckResult[];
  readonly balances: Balances;
}
