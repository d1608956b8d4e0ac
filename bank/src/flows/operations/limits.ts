/** Every limit of the nightly check, each with its reason. */
export const limits = {
  /** Milliseconds. Longer than any check; a worker that was killed leaves the day to another. */
  nightlyLostMs: 7_200_000,
  /** Milliseconds for one statement, which may read the whole ledger. */
  nightlyStatementMs: 1_800_000,
  /** Of each kind: whoever reads a report looks further with `sikka audit`. */
  nightlyFindings: 100,
} as const;
