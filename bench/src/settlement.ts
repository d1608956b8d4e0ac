import type { Reply } from './http.ts';
import { jsonOf, withHttpClient } from './http.ts';
import { inLanes } from './lanes.ts';
import type { Lane } from './town/payments.ts';

/** Uploads under way at once; each lane has one. */
export const IN_FLIGHT = 4;

export const BATCH_SIZES = [1, 10, 100, 1000, 5000] as const;
export type BatchSize = (typeof BATCH_SIZES)[number];

/** Payments per second to expect: only how many are signed for a sample depends on it. */
const EXPECTED: Readonly<Record<BatchSize, number>> = {
  1: 250,
  10: 1_200,
  100: 3_000,
  1000: 4_500,
  5000: 5_000,
};

/** Uploads that one lane does in a sample of that length; the same on every machine. */
export function uploadsPerLane(size: BatchSize, seconds: number): number {
  return Math.max(1, Math.round((EXPECTED[size] * seconds) / size / IN_FLIGHT));
}

/** Bodies that one lane hands in, one after the other. */
export interface LaneWork {
  readonly lane: Lane;
  /** What is in the bodies, in order. */
  readonly packets: readonly Uint8Array[];
  readonly bodies: readonly Uint8Array[];
}

export interface HandedIn {
  /** Packets answered, each `settled`. */
  readonly settled: number;
  readonly perSecond: number;
}

interface Answer {
  readonly outcomes: readonly { readonly result: string; readonly code?: string }[];
}

/**
 * Hands everything in, each lane one upload after the other, from the first byte sent to the last
 * answer received. Answers are read after the clock has stopped; one that is not `settled` throws.
 */
export async function handIn(url: string, work: readonly LaneWork[]): Promise<HandedIn> {
  const uploads = work.map(({ lane, bodies }) => {
    const token = lane.payers[0]?.token ?? '';
    return bodies.map((bytes) => ({ token, body: { type: 'application/cbor', bytes } }));
  });
  const began = performance.now();
  const replies = await withHttpClient({ url, connections: IN_FLIGHT }, (client) =>
    inLanes(uploads, (upload) => client.send({ path: '/api/v1/documents', ...upload })),
  );
  const seconds = (performance.now() - began) / 1000;
  const settled = replies.reduce((total, reply) => total + countSettled(reply), 0);
  return { settled, perSecond: settled / seconds };
}

function countSettled(reply: Reply): number {
  const { outcomes } = jsonOf<Answer>(reply, 200);
  const other = outcomes.find(({ result }) => result !== 'settled');
  if (other !== undefined) throw new Error(`Answered ${other.result}, ${other.code ?? ''}.`);
  return outcomes.length;
}
