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
  /** A context names one row. */
  contextBytes: 512,

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
} as const;
