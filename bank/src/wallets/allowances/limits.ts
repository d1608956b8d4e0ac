/** Every limit of allowances that is no policy; policies are dated rows of allowance_policies. */
export const limits = {
  /** Sequences count from here; a number below it stands for "none signed" in a Return. */
  firstSequence: 1,
  /** The lowest version that may act on what is issued now. */
  minVersion: 1,
  /** Rows of a list: years of allowances of one person. */
  listed: 100,
} as const;
