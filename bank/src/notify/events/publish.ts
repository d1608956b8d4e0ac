import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { limits } from '../limits.ts';
import {
  advanceSequencer,
  insertDeliveries,
  insertEvents,
  isAnythingAnnounced,
  lapseInterest,
  lockSequencer,
  purgeEvents,
  readInterested,
  readRefused,
  readSettled,
  readStandings,
  readTransfers,
  readWallets,
  takeAnnounced,
} from '../store/index.ts';
import type { Announced } from '../store/index.ts';
import { expand } from './expand.ts';
import type { Effects } from './expand.ts';

/**
 * Numbers what has been announced, and writes events and deliveries for those who want them.
 * Any number of processes may run it and be killed at any instruction: one works at a time, and
 * each step is one transaction. Answers how many announcements were taken.
 *
 * Numbers are given after the effects have committed, in the transaction that makes the events
 * visible: whoever has seen number n has seen all up to n.
 */
export async function publishEvents(pool: Pool): Promise<number> {
  if (!(await isAnythingAnnounced(pool))) return 0;
  for (let taken = 0; ;) {
    const step = await inTransaction(pool, publishStep);
    taken += step.taken;
    if (!step.more) return taken;
  }
}

interface Step {
  readonly taken: number;
  readonly more: boolean;
}

async function publishStep(tx: Tx): Promise<Step> {
  const { seq } = await lockSequencer(tx);
  await lapseInterest(tx);
  const interested = await readInterested(tx);
  const nobody = interested.length === 0;
  const most = nobody ? limits.announcedToNobody : limits.announcedAtOnce;
  const announced = await takeAnnounced(tx, most);
  const step = { taken: announced.length, more: announced.length === most };
  if (announced.length === 0 || nobody) return step;
  const effects = await readEffects(tx, announced, interested);
  const events = expand(announced, effects, interested);
  if (events.length === 0) return step;
  const numbered = events.map((event, index) => ({ ...event, seq: seq + BigInt(index) + 1n }));
  await insertEvents(tx, numbered);
  await insertDeliveries(tx, seq);
  await advanceSequencer(tx, seq + BigInt(events.length));
  return step;
}

async function readEffects(
  tx: Tx,
  announced: readonly Announced[],
  interested: readonly bigint[],
): Promise<Effects> {
  const keys = (...topics: readonly Announced['topic'][]) => [
    ...new Set(announced.filter(({ topic }) => topics.includes(topic)).map(({ key }) => key)),
  ];
  const batches = keys('settlement');
  const most = limits.refusalsOfBatch;
  return {
    transfers: await readTransfers(tx, keys('transfer'), interested),
    settled: await readSettled(tx, batches, interested),
    refused: await readRefused(tx, batches, { interested, most }),
    standings: await readStandings(tx, keys('account', 'review')),
    wallets: await readWallets(tx, keys('wallet'), interested),
  };
}

/** Deletes what is too old to be asked for; readers that far behind are told to start anew. */
export async function forgetEvents(pool: Pool): Promise<void> {
  const { eventKeptMs: keptMs, eventsForgottenAtOnce: most } = limits;
  const step = () =>
    inTransaction(pool, async (tx) => {
      await lockSequencer(tx);
      return purgeEvents(tx, { keptMs, most });
    });
  while (await step());
}
