/** Limits of what takes two people, each with its reason. */
export const limits = {
  /** A page of numbers that a person reads before agreeing; the column holds no more. */
  contentBytes: 4_096,
  /** Whoever agrees later than this agrees to what the world was then. */
  proposalDays: 7,
} as const;
