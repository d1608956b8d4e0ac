import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

/** How the last meeting with the bank went. */
export interface SyncStanding {
  readonly busy: boolean;
  /** When the bank was last reached, in whole seconds by this phone's clock. */
  readonly lastAt: number | undefined;
  /** The code of what kept it from the bank the last time. */
  readonly failed: string | undefined;
}

export interface SyncLoop {
  readonly standing: ReadonlySignal<SyncStanding>;
  /** Now, or right after the one that runs. Never rejects. */
  run(): Promise<void>;
  /** Soon: several in a row become one. */
  soon(): void;
  stop(): void;
}

export interface SyncLoopParts {
  /** Meets the bank once; a code where that failed. Must not reject. */
  readonly work: () => Promise<string | undefined>;
  readonly now: () => number;
  readonly lastAt: number | undefined;
  /** From 0 to below 1: spreads the retries of many phones. */
  readonly random: () => number;
  readonly window: Pick<Window, 'setTimeout' | 'clearTimeout'>;
}

/** A customer waits while a payment is shown: what follows it need not be at once. */
const SOON_MS = 1_500;
const EVERY_MS = 5 * 60_000;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 10 * 60_000;

/** Meets the bank again and again; after a failure later and later, with jitter. */
export function startSyncLoop(parts: SyncLoopParts): SyncLoop {
  const { work, now, random, window } = parts;
  const standing = signal<SyncStanding>({ busy: false, lastAt: parts.lastAt, failed: undefined });
  let timer: number | undefined;
  let failures = 0;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const schedule = (delayMs: number) => {
    window.clearTimeout(timer);
    if (!stopped) timer = window.setTimeout(() => void run(), delayMs);
  };
  const once = async () => {
    standing.value = { ...standing.value, busy: true };
    const failed = await work();
    failures = failed === undefined ? 0 : failures + 1;
    const lastAt = failed === undefined ? now() : standing.value.lastAt;
    standing.value = { busy: false, lastAt, failed };
  };
  const run = (): Promise<void> => {
    if (stopped) return Promise.resolve();
    if (running !== undefined) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await once();
      } while (again && !stopped);
      running = undefined;
      schedule(failures === 0 ? EVERY_MS : backOff(failures, random));
    })();
    return running;
  };
  return {
    standing,
    run,
    soon: () => {
      schedule(SOON_MS);
    },
    stop() {
      stopped = true;
      window.clearTimeout(timer);
    },
  };
}

function backOff(failures: number, random: () => number): number {
  const full = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 16), LAST_RETRY_MS);
  return full / 2 + (full / 2) * random();
}
