/** Every limit of this domain, each with its reason. */
export const limits = {
  /** An event says what was decided and points to the evidence; it does not hold it. */
  detailsBytes: 8_192,
  /** `account:…`, `device:…`, a payment id in hex: 64 characters and a prefix. */
  nameBytes: 200,
  /** A verb, a result code. */
  wordBytes: 64,
  /** A batch of 5,000 packets may refuse and prove each one. */
  eventsAtOnce: 10_000,

  /** Events chained in one transaction: some 20 ms of hashing, then others get the processor. */
  eventsPerStep: 1_000,
  /** Leaves hashed without letting requests in between: some 5 ms. */
  leavesAtOnce: 250,
  /** Leaves appended in one transaction, unless one batch alone has more. */
  leavesPerStep: 5_000,
  /** Batches looked at for one step: as many batches of one payment. */
  batchesPerStep: 5_000,
  /** Subtrees of 2^8 leaves and more are stored; smaller ones are hashed again when asked for. */
  storedLevel: 8,

  /** Rows read at once while everything is recomputed. */
  verifyRows: 2_000,
  /** Findings named by one verification: more say nothing more. */
  findings: 100,
  /** Checkpoints in one answer. */
  checkpoints: 500,
} as const;
