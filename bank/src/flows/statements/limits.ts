/** Every limit of statements, each with its reason. */
export const limits = {
  /** Days in a row of one wallet: a leap year, for whoever files his taxes. */
  walletDays: 366,
  /** Days of a wallet's statement that names none. */
  walletUsualDays: 30,
  /**
   * Days back from now that a wallet's statement may begin: ten years, for which records are kept
   * (docs/compliance.md). All that moved since is read, by an index of the wallet's own.
   */
  walletPastDays: 3_653,
  /**
   * The same of the whole ledger, where every transfer since is read: a year and a month, for
   * whoever closes the year's books. What is older is in the file that was made then.
   */
  ledgerPastDays: 397,
  /**
   * A period is closed so long after its end: who decided at a moment before it has written it by
   * then, having waited for a connection (10 s) and for the statements before (30 s each).
   */
  closingMs: 120_000,
  /** Then whoever has written and not committed is waited for: as long as one statement of his. */
  writersMs: 3_000,
  /** How often it is looked whether they have. */
  writersPollMs: 50,
  /** Days in a row of the whole ledger, every transfer of which is read: a month. */
  ledgerDays: 31,
  /** Entries of a CSV file: some 3 MB, held in memory while it is written. */
  csvEntries: 20_000,
  /** Entries of a camt.053: the reader of bank/src/rail, for one, takes no more than 5 MB. */
  camtEntries: 5_000,
} as const;
