import { limits } from '../limits.ts';
import { wireEvent } from './kinds.ts';
import type { StoredEvent } from './kinds.ts';

/** Where a reader stands when its stream begins. */
export interface Standing {
  readonly how: 'ready' | 'reset' | 'resumed';
  /** The number to come back with. */
  readonly after: bigint;
}

/** How a stream is written. */
export interface StreamForm {
  /** The first thing a reader gets, so that it can always come back. */
  readonly hello: (standing: Standing) => readonly string[];
  readonly event: (event: StoredEvent) => string;
  /** A word now and then for proxies; undefined where the connection has pings of its own. */
  readonly beat: string | undefined;
  /** What waits is sent as one piece of text; else each message by itself. */
  readonly joined: boolean;
}

/** Server-sent events (WHATWG HTML §9.2). */
export const SERVER_SENT: StreamForm = {
  hello: ({ how, after }) => [
    `retry: ${limits.retryMs}\n`,
    how === 'resumed' ? ': resumed\n\n' : block(after, how, '{}'),
  ],
  event: (event) => block(event.seq, event.kind, wireEvent(event)),
  beat: ': \n\n',
  joined: true,
};

/** A JSON object each, as webhooks get them; the first says where the stream begins. */
export const MESSAGES: StreamForm = {
  hello: ({ how, after }) => [JSON.stringify({ id: String(after), kind: how })],
  event: wireEvent,
  beat: undefined,
  joined: false,
};

/** The data is JSON, which has no line ends. */
function block(id: bigint, event: string, data: string): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}
