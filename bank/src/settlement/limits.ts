import { MAX_BATCH_BYTES, MAX_BATCH_PACKETS } from '@sikka/protocol';

/** Every limit of this domain, each with its reason. */
export const limits = {
  /** spec/encoding.md §3: bounded work a request; also the size of the column. */
  batchBytes: MAX_BATCH_BYTES,
  batchPackets: MAX_BATCH_PACKETS,

  /** Payments by wallet keys in one batch: each may take 24 verifications before it is refused. */
  batchKeyPayments: 500,
  /** Keys tried beside the live one: a phone replaced while payments are under way. */
  retiredKeysTried: 2,
  /** Payments stored for a wallet and not settled: what a person signs offline in a month. */
  pendingKeyPayments: 200,
  /** After so long a payment that was never settled is no longer counted as pending. */
  pendingDays: 30,

  /** Claims being proved at once in one batch: enough for every verifying thread's chunk. */
  provingAtOnce: 1_024,
  /** Packets decoded before others get a turn: about 5 ms of the one thread everybody shares. */
  decodedAtOnce: 128,
  /** Allowances whose terms are known and whose signature was verified: about 3 kB each. */
  cachedAllowances: 20_000,

  /**
   * How long the worker leaves an upload to the caller who waits for it: longer than a full batch
   * takes on a small machine, so that it is rarely proved twice. A caller that died loses this.
   */
  waitingCallerMs: 15_000,
  /** The same for a worker that took an upload; after that another may try. */
  leaseMs: 60_000,
  /** Pause after a failed attempt: the first, doubled up to the last. Nothing is ever dropped. */
  retryPauseMs: 1_000,
  retryPauseMaxMs: 600_000,
  /** Failures of an upload as a whole before its items are decided one by one. */
  wholeAttempts: 5,

  /**
   * Tries of a batch whose refunds found the money gone between reading and posting. Each reads
   * the balance again, so a second failure takes another spender in the same milliseconds.
   */
  postAttempts: 5,

  /** Allowances closed in one transaction: their rows stay locked until it commits. */
  closedAtOnce: 200,

  /** Proofs on one page. */
  proofsPage: 200,
} as const;
