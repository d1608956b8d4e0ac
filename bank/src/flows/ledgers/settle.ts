import { hex } from '@sikka/protocol';
import { inTransaction, isUnavailable } from '../../db/index.ts';
import type { Pool } from '../../db/index.ts';
import { ledgerBatch } from '../../settlement/index.ts';
import type { Received, Settlement, SettledNow } from '../../settlement/index.ts';
import { keepForks, reviewForks, sealedEntriesOf } from './forks.ts';
import type { Forked } from './forks.ts';
import {
  findingOf,
  forkSentence,
  pendingSentence,
  refusalSentence,
  replaySentence,
} from './sentences.ts';
import type { Finding } from './sentences.ts';
import { insertEntries, isHeld } from './store/forks.ts';
import { readSettledEvents } from './store/logs.ts';
import { lockReceiver } from './store/people.ts';
import type { Examined } from './verify.ts';

export interface SettlingLedgers {
  readonly pool: Pool;
  readonly settlement: Pick<Settlement, 'receiveIn' | 'settleNow'>;
}

/** What this call settled, and a sentence for whatever else the ledger holds. */
export interface SettledLedger {
  readonly settled: readonly string[];
  readonly errors: readonly string[];
  /** Of the audit events of what settled. */
  readonly events: readonly bigint[];
}

interface HandedIn {
  readonly received: Received;
  readonly batch: Uint8Array;
  /** Where it leaves another ledger of its receiver, if it is held for that. */
  readonly heldAt: number | undefined;
}

/** Hands a ledger in, in one transaction with what it says of its receiver, and settles it. */
export async function settleLedger(
  deps: SettlingLedgers,
  examined: Examined,
  now: Date,
): Promise<
  | { readonly ok: true; readonly value: SettledLedger }
  | { readonly ok: false; readonly findings: readonly Finding[] }
> {
  const handed = await handIn(deps, examined, now);
  if (!handed.ok) return handed;
  const { received, batch, heldAt } = handed.value;
  if (heldAt !== undefined) {
    return { ok: true, value: { settled: [], errors: [forkSentence(heldAt)], events: [] } };
  }
  const entries = examined.entries.flatMap(({ verified }) => verified ?? []);
  const given = { held: batch, proofs: { entries } };
  const done = await untilAway(deps.settlement.settleNow(received.uploadId, given));
  return { ok: true, value: await answerOf(deps, examined, done) };
}

/** From the commit on it is the bank's: whatever happens to the caller, it is settled. */
async function handIn(
  { pool, settlement }: SettlingLedgers,
  examined: Examined,
  at: Date,
): Promise<
  | { readonly ok: true; readonly value: HandedIn }
  | { readonly ok: false; readonly findings: readonly Finding[] }
> {
  const { signer, upload } = examined;
  const batch = ledgerBatch(upload);
  return inTransaction(pool, async (tx) => {
    if (signer !== undefined && !(await lockReceiver(tx, signer.no))) {
      return { ok: false, findings: [findingOf('ledger/receiver_unknown')] };
    }
    const forked: Forked | undefined =
      signer === undefined ? undefined : await reviewForks(tx, { examined, signer, batch }, at);
    const received = await settlement.receiveIn(tx, batch, {
      uploader: `ledger:${signer?.userId ?? 'open'}`,
      hold: forked?.hold === undefined ? undefined : { review: forked.hold, allowanceNos: [] },
    });
    if (!received.ok) throw new Error(`A ledger that is no batch: ${received.detail}`);
    const { uploadId } = received.value;
    if (signer !== undefined && forked !== undefined) {
      await insertEntries(tx, signer.no, { entries: sealedEntriesOf(examined), uploadId });
      await keepForks(tx, forked, { signer, uploadId, at });
    }
    const position = forked?.forks[0]?.position;
    const heldAt = position !== undefined && (await isHeld(tx, uploadId)) ? position : undefined;
    return { ok: true, value: { received: received.value, batch, heldAt } };
  });
}

/** Undefined where the database went away: what is stored is decided later. */
async function untilAway(settling: Promise<SettledNow>): Promise<SettledNow | undefined> {
  try {
    return await settling;
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}

async function answerOf(
  { pool }: SettlingLedgers,
  { entries, upload }: Examined,
  done: SettledNow | undefined,
): Promise<SettledLedger> {
  if (done === undefined) {
    const errors = entries.map(({ transaction }) => pendingSentence(transaction));
    return { settled: [], errors, events: [] };
  }
  // Before them stands the carrier.
  const start = upload.signed === undefined ? 0 : 1;
  const places = entries.map((entry, index) => ({ ...entry, place: start + index }));
  const fresh = places.filter(({ place }) => done.fresh.has(place));
  const errors = places
    .filter(({ place }) => !done.fresh.has(place))
    .map(({ transaction, place }) => {
      const outcome = done.outcomes[place];
      if (outcome?.result === 'settled') return replaySentence(transaction);
      if (outcome?.result === 'pending') return pendingSentence(transaction);
      return refusalSentence(outcome?.code, transaction);
    });
  const subjects = fresh.map(({ documentId }) => `txn:${hex(documentId)}`);
  const events = await readSettledEvents(pool, subjects);
  return {
    settled: fresh.map(({ transaction }) => transaction.txnId),
    errors,
    events: subjects.flatMap((subject) => events.get(subject) ?? []),
  };
}
