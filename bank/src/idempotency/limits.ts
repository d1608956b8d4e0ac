/** Every limit of this domain, each with its reason. */
export const limits = {
  /** Whoever repeats holds a connection while waiting: fifty of them must not empty the pool. */
  waitMs: 2_000,
} as const;
