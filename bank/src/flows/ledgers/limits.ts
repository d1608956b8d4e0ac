/** Limits of sealed ledgers at the bank, each with its reason. */
export const limits = {
  /** The older format names no currency: ledgers are in the bank's first one. */
  currency: 586,
  /** A page that somebody reads. */
  peoplePage: 200,
  /** A JWK is one flat object. */
  jwk: { depth: 4, nodes: 64 },
  /** With its carrier a sealed ledger is a batch of 5,000 items (spec/encoding.md §3). */
  sealedEntries: 4_999,
  /** Sentences of one answer: a ledger that is all wrong is not spelt out. */
  findings: 100,
  /** Rows of `/bank-logs` where nobody says how many. */
  logs: 50,
} as const;
