/** Limits of sealed ledgers at the bank, each with its reason. */
export const limits = {
  /** The older format names no currency: ledgers are in the bank's first one. */
  currency: 586,
  /** A page that somebody reads. */
  peoplePage: 200,
  /** A JWK is one flat object. */
  jwk: { depth: 4, nodes: 64 },
} as const;
