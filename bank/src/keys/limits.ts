/** Every limit of this domain, each with its reason. */
export const limits = {
  /** AES-256. */
  masterKeyBytes: 32,
  /** The master key file is 64 digits and a line end; more is not ours. */
  masterKeyFileBytes: 1_000,
  /** A master key and those before it, while rows are sealed anew. */
  masterKeys: 4,
  /** The largest secret sealed: a PKCS #8 RSA key is about 1,200 bytes. */
  plaintextBytes: 4_096,
  /** Rows locked and sealed anew in one transaction: less than a second of it. */
  resealedAtOnce: 200,
  /** A context names one row. */
  contextBytes: 512,

  /**
   * How long a data key that a module or service made is used and kept open. What is forbidden
   * there ends here within this time; in between, nothing is asked for what is open already.
   */
  dataKeyMs: 900_000,
  /** Random nonces: far below the 2^32 of NIST SP 800-38D §8.3. */
  dataKeySeals: 1_000_000,
  /** Data keys kept open: one for each quarter of an hour in which something was sealed. */
  dataKeysOpen: 1_000,
  /** Wrapped, by a module 60 bytes, by a key service some 200. */
  wrappedKeyBytes: 1_024,
  /** Keys of one module or service: the current one and those before it. */
  wrappingKeys: 4,
  /** A module in the rack answers in milliseconds, one over a network in some tens. */
  tokenAnswerMs: 10_000,
  /** One try of a call to a key service. */
  kmsAnswerMs: 3_000,
  kmsTries: 3,
  /** The first pause between them; it doubles. */
  kmsPauseMs: 100,
  /** Its longest answer that we read, a data key, is below 1 kB. */
  kmsAnswerBytes: 16_384,
  /** What AWS KMS takes as ciphertext. */
  kmsCiphertextBytes: 6_144,

  /** Evidence is shown years after it was signed: a key verifies for five years. */
  issuerKeyValidDays: 1_826,
  /** A key stops signing four years before that, so that what it signs stays verifiable. */
  issuerKeyReserveDays: 1_461,
  /** How long a process may go on signing with a key that another process has retired. */
  signerFreshMs: 1_000,
  /** spec/suites.md §3. */
  issuerKeyNumber: 65_535,
  /** Senders keep a printed or stored sealing key; two years is one cycle of that. */
  sealingKeyValidDays: 731,
  /** The next one is made a month before the last one ends, while pages still read the old. */
  sealingKeyReserveDays: 30,
  /** A retired key opens what was sealed to it for so long: a receiver's fortnight, twice over. */
  sealingOverlapDays: 30,
  /** Keys that one message is tried with, newest first; each costs a key agreement. */
  sealingKeysTried: 4,
} as const;
