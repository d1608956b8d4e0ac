/** Every limit of wallets, transfers and bulletins, each with its reason. */
export const limits = {
  /** Ten thousand million numbers are free: two collisions in a row mean broken randomness. */
  numberAttempts: 8,
  /** Orders in one transaction: they wait for the slowest of their locks together. */
  transfersTogether: 32,
  /** One group is posted while the next is on its way; the rest of the pool is for others. */
  transferGroupsAtOnce: 2,
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
  /** Modules of a greater version are drawn smaller: the picture stays within a phone's width. */
  qrLargeModuleVersion: 12,
  /** Six device pixels a module read from a cheap screen at half a metre. */
  qrModulePixels: 6,
  qrSmallPixels: 4,
  /** Above this version, level M costs more in module size than it saves in torn corners. */
  qrMediumLevelVersion: 20,
} as const;
