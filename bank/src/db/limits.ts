/** Every limit of this domain, each with its reason. Times are in milliseconds. */
export const limits = {
  /** A request that waits longer than this for a connection is better told to come back. */
  connectTimeoutMs: 10_000,
  /** An idle connection costs the server about 5 MB; a burst's extra ones go after this. */
  idleConnectionMs: 30_000,
  /** A transaction left open holds row locks over other people's money: end it. */
  idleInTransactionMs: 60_000,
  /** Statements longer than this are a bug or an attack on anything but migrations. */
  statementTimeoutMs: 30_000,

  /** Deadlocks and serialisation failures pass in one or two tries; ten mean a bug. */
  transactionAttempts: 10,
  /** The first pause before trying a transaction again, doubled each time. */
  retryPauseMs: 5,
  /** No pause is longer than this, so that ten tries end within about three seconds. */
  retryPauseMaxMs: 500,

  /** Of a statement in a trace: enough to tell which one it is. */
  tracedCharacters: 200,

  /** Migrations run as one file each; more than this is not a migration but data. */
  migrationBytes: 1_000_000,
  /** The oldest server accepted: older ones lack parts of the SQL used and are out of support. */
  oldestServer: 140_000,

  /** initdb takes 1 s; a cold and busy disk has been seen to take twenty times that. */
  initMs: 120_000,
  /** From spawning to "ready", which includes recovering after a crash. */
  startMs: 120_000,
  /** A helper program (a probe, a permission test) answers in milliseconds. */
  probeMs: 30_000,
  /** A fast shutdown writes a checkpoint first; then we become less polite. */
  stopFastMs: 30_000,
  /** An immediate shutdown writes nothing; after this the process is killed. */
  stopImmediateMs: 5_000,
  /** A killed process leaves the table at once, its workers when they notice. */
  stopKillMs: 10_000,
  /** A process that is ending tells nothing of itself; nor does one that never will. */
  tellMs: 5_000,
  /** Who stops the bank waits so long for a server that is just being brought back. */
  stopRecoveryMs: 30_000,
  /** The server notices that a killed bank is gone when its socket closes: at once, nearly. */
  lockMs: 3_000,
  /** How often a file or a process is looked at while waiting for it. */
  pollMs: 20,
  /** How many ports from the preferred one are tried: as many instances on one machine. */
  portsTried: 50,
  /** The pid file is eight short lines; the record three. More is not ours. */
  smallFileBytes: 10_000,
  /** The server's own log is turned over at start beyond this size; one old one is kept. */
  logBytes: 10_000_000,
  /** How much of the server's log is quoted in an error. */
  logQuotedBytes: 2_000,
  /** Pauses between attempts to bring a lost server back: the first, doubled up to the last. */
  restartPauseMs: 100,
  restartPauseMaxMs: 5_000,
} as const;
