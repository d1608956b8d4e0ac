/** Every limit of this domain, each with its reason. */
export const limits = {
  /** A token that lives longer is a password; an access token lives 15 minutes. */
  tokenLifetimeSeconds: 86_400,
  /** A key file is one line of text. */
  keyFileBytes: 1_000,
} as const;
