/** Every limit of wallets, transfers and bulletins, each with its reason. */
export const limits = {
  /** Ten thousand million numbers are free: two collisions in a row mean broken randomness. */
  numberAttempts: 8,
  /** Rows of a history where the caller does not say. */
  historyRows: 50,
  /** Hourly: its bank time is what phones know the time by. */
  bulletinIntervalSeconds: 3_600,
  /** After two misses a verifier knows that it has not heard from the bank. */
  bulletinDueSeconds: 7_200,
  /**
   * Of each kind, those that end last. Three kinds of 34 bytes each stay within the 262,144 bytes
   * of spec/encoding.md §3.
   */
  revocationsOfEachKind: 2_300,
  /** Of several that issue at one moment one wins; the others count on. */
  bulletinAttempts: 10,
} as const;
