import type { Pool } from '../../db/index.ts';
import { limits } from '../limits.ts';
import { readEvents, readSequencer } from '../store/index.ts';
import type { StreamForm } from './forms.ts';
import { keepInterest, startAfter } from './interest.ts';

export interface OpenStream {
  readonly accountId: bigint;
  /** What the reader saw last, as it says: a number of ours, or anything. */
  readonly lastEventId: string | undefined;
  /** Aborted when the reader is gone, may no longer read, or the bank stops. */
  readonly ended: AbortSignal;
  readonly form: StreamForm;
}

export interface EventStreams {
  /** Events of one account; undefined where too many are open already. */
  open(ask: OpenStream): Promise<AsyncIterable<string> | undefined>;
  /** Looks once for what is new, for all streams of this process. One call at a time. */
  poll(): Promise<void>;
}

interface Stream {
  readonly accountId: bigint;
  readonly form: StreamForm;
  /** Messages that the reader has not taken. */
  readonly waiting: string[];
  after: bigint;
  over: boolean;
  /** When the reader last took something; when anything was last put there for it. */
  takenAt: number;
  putAt: number;
  keptAt: number;
  wake: () => void;
}

/**
 * Streams that each remember the number they have come to, so that nothing is missed or doubled,
 * whatever else is opened, closed or slow: what is numbered up to n is visible once n is.
 */
export function createEventStreams(deps: {
  readonly pool: Pool;
  readonly clock: () => Date;
}): EventStreams {
  const streams = new Set<Stream>();
  return {
    open: async ({ accountId, lastEventId, ended, form }) => {
      if (isFull(streams, accountId)) return undefined;
      const stream = emptyStream({ accountId, form }, deps.clock());
      const end = () => endStream(streams, stream);
      streams.add(stream);
      ended.addEventListener('abort', end, { once: true });
      try {
        await begin(stream, lastEventId, deps);
      } catch (error) {
        end();
        throw error;
      }
      if (ended.aborted) end();
      return messagesOf(stream, { end, clock: deps.clock });
    },
    poll: async () => {
      const now = deps.clock();
      for (const stream of streams) tend(stream, now, () => endStream(streams, stream));
      await feed([...streams], deps);
      await keepAll([...streams], now, deps.pool);
    },
  };
}

function isFull(streams: ReadonlySet<Stream>, accountId: bigint): boolean {
  const own = [...streams].filter((stream) => stream.accountId === accountId).length;
  return own >= limits.streamsOfAccount || streams.size >= limits.streams;
}

function emptyStream(of: Pick<Stream, 'accountId' | 'form'>, now: Date): Stream {
  const at = now.getTime();
  // Nothing is read for it until it is known where it begins.
  const times = { takenAt: at, putAt: at, keptAt: at };
  const nowhere = 2n ** 62n;
  return { ...of, waiting: [], after: nowhere, over: false, ...times, wake: () => undefined };
}

function endStream(streams: Set<Stream>, stream: Stream): void {
  streams.delete(stream);
  stream.over = true;
  stream.wake();
}

async function begin(
  stream: Stream,
  lastEventId: string | undefined,
  { pool, clock }: { readonly pool: Pool; readonly clock: () => Date },
): Promise<void> {
  const { accountId } = stream;
  await keepInterest(pool, accountId);
  const lastSeen = lastEventId === undefined ? undefined : numberOf(lastEventId);
  const { after, reset } = await startAfter(pool, accountId, lastSeen);
  const how = reset ? 'reset' : lastSeen === undefined ? 'ready' : 'resumed';
  stream.after = after;
  put(stream, stream.form.hello({ how, after }), clock());
}

/** -1 is before everything: whoever sends what is no number of ours starts anew. */
function numberOf(text: string): bigint {
  return /^(0|[1-9]\d{0,17})$/.test(text) ? BigInt(text) : -1n;
}

async function* messagesOf(
  stream: Stream,
  { end, clock }: { readonly end: () => void; readonly clock: () => Date },
): AsyncGenerator<string> {
  try {
    while (!stream.over) {
      stream.takenAt = clock().getTime();
      const messages = stream.waiting.splice(0);
      if (messages.length > 0) yield* stream.form.joined ? [messages.join('')] : messages;
      else await new Promise<void>((resolve) => (stream.wake = resolve));
    }
  } finally {
    end();
  }
}

function put(stream: Stream, messages: readonly string[], now: Date): void {
  stream.waiting.push(...messages);
  stream.putAt = now.getTime();
  stream.wake();
}

/** A word now and then for proxies; an end for readers that take nothing. */
function tend(stream: Stream, now: Date, end: () => void): void {
  const at = now.getTime();
  if (stream.waiting.length > 0) {
    if (at - Math.max(stream.takenAt, stream.putAt) > limits.stalledMs) end();
  } else if (stream.form.beat !== undefined && at - stream.putAt >= limits.heartbeatMs) {
    put(stream, [stream.form.beat], now);
  }
}

/** Only for those that have taken all they were given: a slow reader holds little, and waits. */
async function feed(
  streams: readonly Stream[],
  { pool, clock }: { readonly pool: Pool; readonly clock: () => Date },
): Promise<void> {
  const ready = streams.filter(({ waiting }) => waiting.length === 0);
  if (ready.length === 0) return;
  const { seq: top } = await readSequencer(pool);
  const behind = ready.filter(({ after }) => after < top);
  if (behind.length === 0) return;
  const most = limits.eventsOfStream;
  const found = await readEvents(pool, behind, { top, most });
  for (const [index, stream] of behind.entries()) {
    const events = found[index] ?? [];
    const last = events.at(-1);
    stream.after = events.length === most && last !== undefined ? last.seq : top;
    if (events.length > 0) put(stream, events.map(stream.form.event), clock());
  }
}

async function keepAll(streams: readonly Stream[], now: Date, pool: Pool): Promise<void> {
  const due = streams.filter(({ keptAt }) => now.getTime() - keptAt > limits.interestMs / 7);
  for (const stream of due) {
    stream.keptAt = now.getTime();
    await keepInterest(pool, stream.accountId);
  }
}
