import { limits } from './limits.ts';

/** What server-sent events say last: when to come again. */
export const COME_AGAIN = `retry: ${limits.streamRetryMs}\n\n`;

/** What `source` gives until it ends or `ended` is aborted; then `farewell`, if there is one. */
export async function* untilEnded(
  source: AsyncIterable<string>,
  ended: AbortSignal,
  farewell?: string,
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
        if (farewell !== undefined) yield farewell;
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

/** Why a signal of a stream ended: the reason of its abort. */
export type StreamEnd = 'gone' | 'refused' | 'stopping';

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
          (may) => (may ? undefined : controller.abort('refused' satisfies StreamEnd)),
          () => undefined,
        );
      }, limits.streamCheckMs);
      onClose(() => {
        clearInterval(check);
        open.delete(controller);
        controller.abort('gone' satisfies StreamEnd);
      });
      return controller.signal;
    },
    closeAll: () => {
      for (const controller of open) controller.abort('stopping' satisfies StreamEnd);
    },
  };
}
