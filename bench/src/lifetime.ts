/** What a run has started and has to end again, whatever happens. */
export interface Lifetime {
  /** `end` is called once, after everything that was added later has ended. */
  add(end: () => Promise<void>): void;
}

/** Stopping takes this long at most when somebody has asked for it twice: not at all. */
const INTERRUPTED = 130;

/**
 * Runs `act`, then ends what it started: when it is done, when it fails, and on SIGINT or SIGTERM
 * in the middle. A second signal ends the process at once.
 */
export async function withLifetime<T>(act: (lifetime: Lifetime) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  let ending: Promise<void> | undefined;
  const endAll = () => (ending ??= endInTurn(ends));
  let asked = false;
  const interrupt = (signal: NodeJS.Signals) => {
    if (asked) process.exit(INTERRUPTED);
    asked = true;
    console.error(`${signal}: stopping what was started.`);
    void endAll().finally(() => process.exit(INTERRUPTED));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await act({ add: (end) => void ends.push(end) });
  } finally {
    await endAll();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** One end that fails must not keep the others from ending. */
async function endInTurn(ends: (() => Promise<void>)[]): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    try {
      await end();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
  }
}
