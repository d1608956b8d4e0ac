/** Every limit of the HTTP contract, each with its reason. Both sides keep them. */
export const LIMITS = {
  /** The largest JSON body of our routes is one packet with RSA keys, in base64url: 5.5 kB. */
  jsonBodyBytes: 16_384,
  /** One offline transaction of an older client, or its receipt: about 4 kB, with escapes. */
  offlineItemBytes: 65_536,
  /** Each may cost eight RSA verifications for each of three keys. */
  offlineSyncItems: 500,
  /** 500 of about 4 kB. */
  offlineSyncBytes: 2 * 1024 * 1024,
  /** A till's bundle of 1,000 transactions, sealed, in base64. */
  bundlePushBytes: 4 * 1024 * 1024,
  /** A merchant's fortnight, bounded work per request (spec/encoding.md §3). */
  batchBytes: 8 * 1024 * 1024,
  /** spec/encoding.md §3. */
  batchItems: 5_000,
  /** A sealed ledger of 5,000 entries of about 1,200 characters each. */
  ledgerBytes: 6 * 1024 * 1024,
  /** An entry of the older pages has about 25 values (spec/sealed-ledger.md §1). */
  ledgerValues: 320_000,
  /** A packet of at most 4,096 bytes (spec/encoding.md §3) in base64url. */
  packetCharacters: 5_462,
  /** No answer is longer: 5,000 outcomes of about 600 bytes, or a bulletin in base64url. */
  answerBytes: 16 * 1024 * 1024,
  /** Long enough for a UUID or a hash, short enough to index. */
  idempotencyKeyCharacters: 128,
  /** A cursor of ours is one or two numbers in base64url. */
  cursorCharacters: 200,
  /** Rows of a list on one page: what a screen scrolls, and one quick query. */
  pageRows: 100,
  /** A client that has waited this long has lost its network: it asks again. */
  clientTimeoutMs: 30_000,
  /** A step-up counts as fresh for five minutes: long enough for one act, short for a thief. */
  stepUpMs: 300_000,
  /** A bearer token of ours has about 400 characters. */
  tokenCharacters: 4_096,
} as const;
