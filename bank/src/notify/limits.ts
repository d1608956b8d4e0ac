/** Every limit of this domain, each with its reason. Times are in milliseconds. */
export const limits = {
  /** RFC 5321 §4.5.3.1.3, less the angle brackets. */
  addressCharacters: 254,
  /** A value stands in a sentence; the longest is an amount or a wallet number. */
  valueCharacters: 200,
  /** A code that arrives after its ten minutes is only confusing, and still a secret at rest. */
  codeLifetimeMs: 10 * 60_000,
  /** Longer than any mail server may take to answer, see the timeouts below. */
  mailLeaseMs: 120_000,
  mailFirstPauseMs: 5_000,
  mailLongestPauseMs: 3_600_000,
  /** Eleven pauses of 5 s … 1 h are some four hours: a mail server's bad afternoon. */
  mailAttempts: 12,
  /** Sent side by side by one process, each on a connection; the next come at once. */
  mailsAtOnce: 5,
  /** What the demo's mailbox page shows; older ones are cleared. */
  mailboxMails: 200,
  /** That a mail was sent is asked about for some weeks. */
  mailKeptMs: 30 * 86_400_000,
  /** A server that does not greet or answer by then is treated as away. */
  smtpConnectMs: 10_000,
  smtpSilenceMs: 30_000,
} as const;
