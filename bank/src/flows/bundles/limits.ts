/** Every limit of the bundle intake, each with its reason. */
export const limits = {
  /** A till's clock drifts by minutes a month; more, and its times say nothing. */
  clockSkewMs: 30 * 60_000,
  hourMs: 3_600_000,
} as const;
