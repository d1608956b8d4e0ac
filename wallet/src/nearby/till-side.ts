import {
  createChunkReceiver,
  cutChunks,
  MAX_CHUNK_BYTES,
  MIN_CHUNK_BYTES,
  utf8,
} from '@sikka/protocol';
import type { ChunkReceiver } from '@sikka/protocol';
import type { AcceptAnswer } from '../payee/index.ts';
import { MAX_NEARBY_JUDGED, NEARBY_TURN_MS } from '../limits.ts';
import { ATT_BUSY, ATT_REFUSED, ATT_SUCCESS, ATT_VERSION, NEARBY_VERSION } from './service.ts';
import type { AttError, ReadPart } from './service.ts';

/** What the person at the till may want to see. */
export type TillMoment =
  /** A phone reads what is asked. */
  | { readonly kind: 'read' }
  | { readonly kind: 'judged'; readonly answer: AcceptAnswer }
  /** A phone has the whole of this answer. */
  | { readonly kind: 'answered'; readonly answer: AcceptAnswer }
  /** Judging or keeping it threw: nothing was said, and the till may try again. */
  | { readonly kind: 'failed'; readonly error: unknown };

export interface TillSideParts {
  /** The request's packet, the same for everybody who reads. */
  readonly request: Uint8Array;
  /** Judges and keeps a payment: `Payee.accept`. */
  readonly accept: (payment: Uint8Array) => Promise<AcceptAnswer>;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  readonly told: (moment: TillMoment) => void;
}

export interface ReadOptions {
  readonly part: ReadPart;
  /** Bytes that one value of this connection carries: its ATT_MTU less 3. */
  readonly size: number;
}

export type ReadAnswer =
  | { readonly result: typeof ATT_SUCCESS; readonly value: Uint8Array }
  | { readonly result: AttError };

/**
 * The till's end of the exchange (spec/bluetooth.md §2), for any radio: it hands in what centrals
 * do, each under a name of the radio's own, and answers them with what it is told.
 */
export interface TillSide {
  /** The next chunk; a long read goes on in it without asking again. */
  read(central: string, options: ReadOptions): ReadAnswer;
  write(central: string, value: Uint8Array): typeof ATT_SUCCESS | AttError;
  /** The connection is over. */
  left(central: string): void;
}

interface Turn {
  readonly central: string;
  readonly takenAt: number;
  receiver: ChunkReceiver;
  request: Cursor | undefined;
  /** Of the answer to the last payment written whole. */
  answer: Cursor | undefined;
  answered: Answered | undefined;
  judging: boolean;
  judged: number;
}

interface Answered {
  readonly answer: AcceptAnswer;
  readonly bytes: Uint8Array;
}

interface Cursor {
  readonly chunks: readonly Uint8Array[];
  next: number;
}

/** A till with one request. Keeps at most one half-written message and one turn. */
export function openTillSide(parts: TillSideParts): TillSide {
  const { request, now, told } = parts;
  let turn: Turn | undefined;
  const isTaken = (central: string) =>
    turn !== undefined && turn.central !== central && now() - turn.takenAt < NEARBY_TURN_MS;
  const begin = (central: string, version: number | undefined) => {
    if (version !== NEARBY_VERSION) return ATT_VERSION;
    if (isTaken(central)) return ATT_BUSY;
    turn = beginTurn(turn, { central, now: now() });
    return ATT_SUCCESS;
  };
  return {
    write(central, value) {
      if (value.length === 1) return begin(central, value[0]);
      if (turn?.central !== central || turn.judging) return ATT_BUSY;
      const progress = turn.receiver.add(value);
      if (progress.state === 'need') return ATT_SUCCESS;
      if (progress.state === 'discarded' || turn.judged >= MAX_NEARBY_JUDGED) return ATT_REFUSED;
      void judge(turn, progress.message, parts);
      return ATT_SUCCESS;
    },
    read(central, { part, size }) {
      if (turn?.central !== central) return { result: ATT_BUSY };
      const { answered } = turn;
      const message = part === 'request' ? request : answered?.bytes;
      if (message === undefined) return { result: ATT_SUCCESS, value: new Uint8Array(0) };
      const cursor = (turn[part] ??= cursorOf(message, size));
      const value = cursor.chunks[cursor.next] ?? new Uint8Array(0);
      if (part === 'request' && cursor.next === 0) told({ kind: 'read' });
      cursor.next = (cursor.next + 1) % cursor.chunks.length;
      if (part === 'answer' && cursor.next === 0 && answered !== undefined) {
        told({ kind: 'answered', answer: answered.answer });
      }
      return { result: ATT_SUCCESS, value };
    },
    left(central) {
      if (turn?.central === central) turn = undefined;
    },
  };
}

/** A turn begun anew by the one who has it goes on counting, as long as it is not over. */
function beginTurn(
  before: Turn | undefined,
  { central, now }: { readonly central: string; readonly now: number },
): Turn {
  const same =
    before?.central === central && now - before.takenAt < NEARBY_TURN_MS ? before : undefined;
  return {
    central,
    takenAt: same?.takenAt ?? now,
    judged: same?.judged ?? 0,
    receiver: createChunkReceiver(),
    ...{ request: undefined, answer: undefined, answered: undefined, judging: false },
  };
}

async function judge(turn: Turn, payment: Uint8Array, parts: TillSideParts): Promise<void> {
  turn.judging = true;
  turn.judged += 1;
  turn.answer = turn.answered = undefined;
  const moment = await judged(payment, parts);
  turn.judging = false;
  if (moment.kind === 'judged') {
    const { answer } = moment;
    turn.answered = { answer, bytes: answer.ok ? answer.receipt : utf8(answer.code) };
  }
  parts.told(moment);
}

async function judged(payment: Uint8Array, { accept }: TillSideParts) {
  try {
    return { kind: 'judged', answer: await accept(payment) } as const;
  } catch (error) {
    return { kind: 'failed', error } as const;
  }
}

function cursorOf(message: Uint8Array, size: number): Cursor {
  const fits = Math.min(MAX_CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, size));
  return { chunks: cutChunks(message, { size: fits }), next: 0 };
}
