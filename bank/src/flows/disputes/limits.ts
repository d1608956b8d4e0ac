/** Every limit of disputes, each with its reason. */
export const limits = {
  /** Open ones of one account: somebody looks at each, and nobody has more payments go wrong. */
  openOfAccount: 20,
  /** Of a list that names no length. */
  page: 50,
} as const;
