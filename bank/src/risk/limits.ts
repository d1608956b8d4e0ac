/** Every limit of this domain, each with its reason. */
export const limits = {
  /** Facts are counts and distances: what is larger says no more. Keeps every sum exact. */
  factMost: 1_000_000,
  /** Of an identity: two a day for a month is a habit; more rows say little more. */
  historyRows: 64,
  historyMs: 30 * 86_400_000,
  /** Of a device: above its day's most by default (50) many times over. */
  deviceRows: 600,
  /** Money that came back within a week is a flow; later it is trade. */
  flowMs: 7 * 86_400_000,
  /** Of whom the payees paid: bounds the work for one upload, newest first. */
  onwardParties: 500,
  /** A ring has five members at most; for each payer so many of those it may have come from. */
  ringHops: 3,
  ringParties: 200,
  /** A mean of fewer says nothing, and whoever begins pays everybody for the first time. */
  habitPayments: 6,
  /** Hours of fewer are chance. */
  habitHours: 5,
  /** What two operators can still read together; bounds the work for each item. */
  rules: 50,
  conditions: 8,
  ruleCodeCharacters: 40,
  /** A back-test: some weeks of a small bank, well under a second of work. */
  backTestItems: 20_000,
  backTestPage: 2_000,
  backTestDays: 90,
  versionsOnPage: 20,
  /** Reasons are for people: the strongest. */
  reasons: 12,
  subjectBytes: 200,
} as const;
