/** Every limit of this domain, each with its reason. Times are in milliseconds. */
export const limits = {
  /** A worker that stops waits for one look at the work, so a look does not go on for ever. */
  workMs: 5_000,
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

  /** Announcements numbered in one transaction: a batch of them may hold 5,000 payments each. */
  announcedAtOnce: 100,
  /** Where nobody listens they are only deleted. */
  announcedToNobody: 5_000,
  /** Who hands in more refused payments than that in one batch has the batch's answer. */
  refusalsOfBatch: 100,
  /** A phone that was off for a month looks at everything anew. */
  eventKeptMs: 30 * 86_400_000,
  eventsForgottenAtOnce: 5_000,
  /** After the last stream was open: a week without the app. */
  interestMs: 7 * 86_400_000,
  /** A phone, a till, a laptop, and two that have not noticed that they lost their network. */
  streamsOfAccount: 5,
  /** Of all accounts in one process: each costs a connection. */
  streams: 2_000,
  /** Read for one stream at once, and held for it until it takes them. */
  eventsOfStream: 100,
  /** Proxies cut connections that are silent for a minute or half. */
  heartbeatMs: 15_000,
  /** A reader that takes nothing for so long, while something waits for it, is gone. */
  stalledMs: 30_000,
  /** Until a client comes back after its stream was ended. */
  retryMs: 2_000,

  webhooksOfAccount: 16,
  /** What servers take in a request line. */
  urlCharacters: 2_000,
  /** For name, connection, TLS and answer together: who is slower queues for itself. */
  webhookMs: 5_000,
  webhookHeaderBytes: 8_192,
  webhookLeaseMs: 60_000,
  webhookFirstPauseMs: 10_000,
  webhookLongestPauseMs: 6 * 3_600_000,
  /** Nine pauses of 10 s … 6 h, tripling, are some fifteen hours: a night and a morning. */
  webhookAttempts: 10,
  /** Calls under way in one process. */
  deliveriesAtOnce: 20,
  deliveriesOnPage: 50,
} as const;
