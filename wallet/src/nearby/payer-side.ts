import {
  createChunkReceiver,
  cutChunks,
  MAX_CHUNK_BYTES,
  MIN_CHUNK_BYTES,
  startsMessage,
} from '@sikka/protocol';
import { answering, refuse, WalletError } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import {
  MAX_NEARBY_TRIES,
  NEARBY_CONNECT_MS,
  NEARBY_LOOK_MS,
  NEARBY_OPERATION_MS,
  NEARBY_PAUSE_MS,
  NEARBY_TURN_MS,
} from '../limits.ts';
import { NEARBY_VERSION } from './service.ts';
import type { ReadPart } from './service.ts';

/**
 * The phone's end of one connection to a till. Whatever goes wrong rejects with a `WalletError`
 * `wallet/nearby_lost`; a value that was written is there when the promise resolves.
 */
export interface NearbyLink {
  read(part: ReadPart): Promise<Uint8Array>;
  write(value: Uint8Array): Promise<void>;
  /** May be called twice. */
  close(): void;
}

export interface NearbyParts {
  /** Connects to the till that the person chose. Rejects like the link. */
  readonly connect: () => Promise<NearbyLink>;
  /** Ends it at once, answered with `wallet/nearby_lost`. */
  readonly stop: AbortSignal;
  /** Waits between two tries and two looks; a timer unless given. */
  readonly pause?: (ms: number) => Promise<void>;
}

export interface NearbyPayment {
  /** The packet that the till gave, byte for byte. */
  readonly request: Uint8Array;
  readonly payment: Uint8Array;
}

/**
 * Reads what a till asks for (spec/bluetooth.md §2): a packet still to be judged. Refuses
 * `wallet/nearby_lost` and what chunks are refused with.
 */
export async function readNearbyRequest(
  parts: NearbyParts,
): Promise<Outcome<{ readonly packet: Uint8Array }>> {
  return inTurns(parts, async (link) => {
    const read = await readMessage(link, 'request', await link.read('request'));
    return read.ok ? { ok: true, packet: read.message } : read;
  });
}

/**
 * Hands a payment to the till and reads its receipt, still to be checked. The same payment may be
 * handed over again: it counts once.
 *
 * Refuses `wallet/nearby_changed` (the till asks for something else, nothing was written),
 * `wallet/nearby_refused` (unsigned: `detail` is the code that was said) and what
 * {@link readNearbyRequest} refuses. After those the till may have taken the payment.
 */
export async function payNearby(
  parts: NearbyParts,
  { request, payment }: NearbyPayment,
): Promise<Outcome<{ readonly receipt: Uint8Array }>> {
  return inTurns(parts, async (link) => {
    const first = await link.read('request');
    if (!startsMessage(first, request)) {
      return refuse('wallet/nearby_changed', 'another request than the one judged');
    }
    const size = Math.min(MAX_CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, first.length));
    for (const chunk of cutChunks(payment, { size })) await link.write(chunk);
    const answer = await readMessage(link, 'answer', await firstOf(link, parts));
    if (!answer.ok) return answer;
    const [start = 0] = answer.message;
    if (start >= 0x80) return { ok: true, receipt: answer.message };
    return refuse('wallet/nearby_refused', saidCode(answer.message));
  });
}

/** The answer's first chunk, once there is one; the turn's end is the end of the wait. */
async function firstOf(link: NearbyLink, { pause = timer }: NearbyParts): Promise<Uint8Array> {
  for (;;) {
    const chunk = await link.read('answer');
    if (chunk.length > 0) return chunk;
    await pause(NEARBY_LOOK_MS);
  }
}

async function readMessage(
  link: NearbyLink,
  part: ReadPart,
  first: Uint8Array,
): Promise<Outcome<{ readonly message: Uint8Array }>> {
  const receiver = createChunkReceiver();
  let have = 0;
  for (let chunk = first; ; chunk = await link.read(part)) {
    const progress = receiver.add(chunk);
    if (progress.state === 'done') return { ok: true, message: progress.message };
    if (progress.state === 'discarded') return refuse(progress.code, `${part} over the air`);
    // Number 0 for ever would never end.
    if (progress.have <= have) return refuse('chunk/out_of_order', `${part} begins again`);
    ({ have } = progress);
  }
}

const MAX_CODE = 64;

/** A code as it was said, without what a log would trip over. */
function saidCode(message: Uint8Array): string {
  const text = String.fromCharCode(...message.subarray(0, MAX_CODE));
  return text.replaceAll(/[^a-z0-9_/]/g, '');
}

type InTurn<T> = (link: NearbyLink) => Promise<Outcome<T>>;

/** Tries a turn that broke again: everything in it may be done twice. */
async function inTurns<T>(parts: NearbyParts, run: InTurn<T>): Promise<Outcome<T>> {
  const { stop, pause = timer } = parts;
  for (let tries = 1; ; tries++) {
    const answer = await answering<Outcome<T>>(() => oneTurn(parts, run));
    if (answer.ok || answer.code !== 'wallet/nearby_lost') return answer;
    if (tries === MAX_NEARBY_TRIES || stop.aborted) return answer;
    await pause(NEARBY_PAUSE_MS);
  }
}

async function oneTurn<T>({ connect, stop }: NearbyParts, run: InTurn<T>): Promise<Outcome<T>> {
  const connected = connect();
  try {
    const link = await within(NEARBY_CONNECT_MS, stop, connected);
    const slow: NearbyLink = {
      read: (part) => within(NEARBY_OPERATION_MS, stop, link.read(part)),
      write: (value) => within(NEARBY_OPERATION_MS, stop, link.write(value)),
      close: () => link.close(),
    };
    const turn = async () => {
      await slow.write(Uint8Array.of(NEARBY_VERSION));
      return run(slow);
    };
    return await within(NEARBY_TURN_MS, stop, turn());
  } finally {
    // One that comes too late is let go of too.
    void connected.then(
      (link) => link.close(),
      () => undefined,
    );
  }
}

/** Rejects with `wallet/nearby_lost` after a time, or when it is stopped. */
function within<T>(ms: number, stop: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (why: string) => () => {
      reject(new WalletError('wallet/nearby_lost', why));
    };
    const timeout = setTimeout(end('no answer in time'), ms);
    const stopped = end('stopped');
    stop.addEventListener('abort', stopped, { once: true });
    if (stop.aborted) stopped();
    work.then(resolve, reject).finally(() => {
      clearTimeout(timeout);
      stop.removeEventListener('abort', stopped);
    });
  });
}

function timer(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
