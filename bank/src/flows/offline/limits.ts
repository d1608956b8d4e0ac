/** The bounds of what older clients send about offline transactions, each with its reason. */
export const limits = {
  /** A sync's body is three deep; what its elements hold beside is not looked at. */
  jsonDepth: 32,
  /** 500 items of at most a hundred values each, and their surroundings. */
  jsonNodes: 100_000,
  /** A signed text: with its signature and frame at most the 4,096 bytes of an item. */
  textBytes: 3_800,
  /** A device fingerprint is hashed, so only its length is bounded: older ones are long texts. */
  fingerprintCharacters: 512,
  /** Hashed, never read; older clients put the whole transaction in it. */
  canonicalCharacters: 16_384,
  /** Rows of a list: older clients ask for any number and show a screen of them. */
  listRows: { usual: 50, most: 50 },
  /** What a filter looks through at most, 50 a page. */
  listPages: 10,
  historyRows: { usual: 10, most: 50 },
  /** Where the client names no time, its clock is ours. A nonce of 128 random bits. */
  nonceBytes: 16,
} as const;
