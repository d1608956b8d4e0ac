/** Every limit of this domain, each with its reason. */
export const limits = {
  /** A token that lives longer is a password; an access token lives 15 minutes. */
  tokenLifetimeSeconds: 86_400,
  /** A key file is one line of text. */
  keyFileBytes: 1_000,
  /** Tokens whose signature need not be checked again: about 5 MB of text. */
  tokensRemembered: 10_000,
  /** Who asks, of requests that come at the same moment: one statement of a millisecond. */
  callersTogether: 64,
  /** One connection reads while another is on its way; the rest of the pool is for the work. */
  callerReadsAtOnce: 2,

  /** Numbers are given back, and later given to others: who has one still shows it again. */
  phoneVerifiedMs: 365 * 86_400_000,

  /** Rows of before, sealed in one transaction: about a tenth of a second. */
  sealedAtOnce: 200,

  /** bcrypt reads no further; a longer one would be cut without a word. */
  passwordBytes: 72,
  passwordCharacters: 10,
  /** Waiting longer than for these, about 16 seconds, nobody is still there. */
  slowLaneQueue: 64,

  /** Six digits and five tries: one in 200,000 for each code. */
  codeTries: 5,
  codeLifetimeMs: 10 * 60_000,
  /** Codes for one mailbox and purpose at one client's asking: it is not to be filled. */
  codesPerQuarterHour: 10,
  codesPerDay: 50,
  /** At everybody's asking. With five tries each: at most 1,000 guesses a day at a million. */
  codesPerDayFromAll: 200,
  /** The same for password resets, which need no password before: 25 and 100 guesses a day. */
  resetCodesPerDay: 5,
  resetCodesPerDayFromAll: 20,
  /** Open codes that one try without a challenge's id is compared with. */
  codesTriedAtOnce: 10,
  /** Codes that are over, cleared away with each new one. */
  codesSwept: 20,

  /** Wrong passwords and codes from one client for one address. */
  failuresPerClient: 5,
  /** The same from everywhere: short, because it locks out the owner on a new device as well. */
  failuresPerAddress: 20,
  failureWindowMs: 15 * 60_000,
  lockMs: 15 * 60_000,
  /** Far longer than a window and a lock. */
  attemptsKeptMs: 86_400_000,

  /** After this long a session is over, however often it was used. */
  sessionAbsoluteMs: 90 * 86_400_000,
  /** Two calls at once, or one repeated after a lost answer, get one and the same next token. */
  refreshRepeatMs: 30_000,
  /** Of one account at once: a household's devices. The one longest unused ends. */
  sessionsPerAccount: 20,
  /** A household's phones and two spare keys. */
  passkeysPerAccount: 10,
  /** Time to find the key and to touch it. */
  passkeyChallengeMs: 5 * 60_000,
  /** Enough of a User-Agent to recognise one's own device. */
  agentCharacters: 100,
} as const;
