import type { AppClient } from '../account/bank-client.ts';

/** Hears from the bank while the app is in front. */
export interface Live {
  stop(): void;
}

export interface LiveParts {
  readonly client: Pick<AppClient, 'streamEvents'>;
  /** Something happened to this account: look again. */
  readonly heard: () => void;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;
  readonly window: Pick<Window, 'setTimeout' | 'clearTimeout'>;
}

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 5 * 60_000;
/** A line that names what happened; others are ids, data and the beats that keep a line open. */
const HAPPENED = /^event: (?!ready|resumed)/m;

/**
 * Listens to the account's events (GET /api/v1/events) and says that there was one; what it was is
 * asked from the bank, so nothing rests on having heard each.
 */
export function listen({ client, heard, random, page, window }: LiveParts): Live {
  let stopped = false;
  let failures = 0;
  let timer: number | undefined;
  let line: AbortController | undefined;

  const open = async () => {
    if (stopped || line !== undefined || page.visibilityState !== 'visible') return;
    line = new AbortController();
    const { signal } = line;
    const answer = await client.streamEvents({ signal });
    if (answer.ok) {
      failures = 0;
      await hear(answer.value);
    }
    line = undefined;
    failures += 1;
    const full = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 16), LAST_RETRY_MS);
    if (!stopped) timer = window.setTimeout(() => void open(), full / 2 + (full / 2) * random());
  };
  const hear = async (chunks: AsyncIterable<string>) => {
    try {
      for await (const chunk of chunks) if (HAPPENED.test(chunk)) heard();
    } catch {
      // The line broke, or we left it: the next one begins with looking again.
    }
  };
  const turn = () => {
    if (page.visibilityState === 'visible') {
      window.clearTimeout(timer);
      void open();
    } else {
      line?.abort();
    }
  };
  page.addEventListener('visibilitychange', turn);
  void open();
  return {
    stop() {
      stopped = true;
      window.clearTimeout(timer);
      page.removeEventListener('visibilitychange', turn);
      line?.abort();
    },
  };
}
