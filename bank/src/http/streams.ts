import { limits } from './limits.ts';

/**
 * What `source` gives until it ends or `ended` is aborted; then a word for the reader on when to
 * come again (the `retry` field of server-sent events).
 */
export async function* untilEnded(
  source: AsyncIterable<string>,
  ended: AbortSignal,
): AsyncGenerator<string> {
  const parts = source[Symbol.asyncIterator]();
  const over = new Promise<undefined>((resolve) => {
    if (ended.aborted) resolve(undefined);
    ended.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    for (;;) {
      const next = await Promise.race([parts.next(), over]);
      if (next === undefined) {
        yield `retry: ${limits.streamRetryMs}\n\n`;
        return;
      }
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that waits for its next event ends by the same signal.
    void parts.return?.();
  }
}

/** Signals that end when their connection does, or all together when the server stops. */
export interface Streams {
  open(stream: NewStream): AbortSignal;
  closeAll(): void;
}

export interface NewStream {
  readonly onClose: (end: () => void) => void;
  /** Asked every few seconds: an expired token, an ended session or a block ends the stream. */
  readonly mayGoOn: () => Promise<boolean>;
}

export function createStreams(): Streams {
  const open = new Set<AbortController>();
  return {
    open: ({ onClose, mayGoOn }) => {
      const controller = new AbortController();
      open.add(controller);
      const check = setInterval(() => {
        // A database that is away answers nobody: its streams bring nothing either.
        void mayGoOn().then(
          (may) => (may ? undefined : controller.abort()),
          () => undefined,
        );
      }, limits.streamCheckMs);
      onClose(() => {
        clearInterval(check);
        open.delete(controller);
        controller.abort();
      });
      return controller.signal;
    },
    closeAll: () => {
      for (const controller of open) controller.abort();
    },
  };
}
