/** Every limit of this domain, each with its reason. */
export const limits = {
  /** spec/identifiers.md: an amount is exact also where a reader has only doubles. */
  amountMinor: 9_007_199_254_740_991n,
  /** A batch holds 5,000 packets (spec/encoding.md §3); each moves money at most twice. */
  transfersAtOnce: 10_000,
  /** A page of history that one screen or one request can hold. */
  historyRows: 200,
} as const;
