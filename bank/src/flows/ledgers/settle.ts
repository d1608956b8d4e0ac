import { hex } from '@sikka/protocol';
import { inTransaction, isUnavailable } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { ledgerBatch, ledgerClaims } from '../../settlement/index.ts';
import type { Received, Settlement, SettledNow } from '../../settlement/index.ts';
import { keepForks, reviewForks, sealedEntriesOf } from './forks.ts';
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
import type { Examined, ExaminedEntry } from './verify.ts';

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

type HandedIn =
  | { readonly state: 'here'; readonly received: Received; readonly batch: Uint8Array }
  /** It leaves another ledger of its receiver there, and somebody looks at it first. */
  | { readonly state: 'held'; readonly position: number }
  | { readonly state: 'rejected' }
  | { readonly state: 'receiver_unknown' };

/** Hands a ledger in, in one transaction with what it says of its receiver, and settles it. */
export async function settleLedger(
  deps: SettlingLedgers,
  examined: Examined,
  now: Date,
): Promise<
  | { readonly ok: true; readonly value: SettledLedger }
  | { readonly ok: false; readonly findings: readonly Finding[] }
> {
  const handed = await inTransaction(deps.pool, (tx) => handIn(tx, deps, { examined, at: now }));
  switch (handed.state) {
    case 'receiver_unknown':
      return { ok: false, findings: [findingOf('ledger/receiver_unknown')] };
    case 'held':
      return { ok: true, value: nothing([forkSentence(handed.position)]) };
    case 'rejected':
      return { ok: true, value: nothing(examined.entries.map(rejectedSentence)) };
    case 'here': {
      const entries = examined.entries.flatMap(({ verified }) => verified ?? []);
      const { uploadId } = handed.received;
      const read = { claims: ledgerClaims(handed.batch, examined.entries) };
      const given = { held: handed.batch, proofs: { entries }, read };
      const done = await untilAway(deps.settlement.settleNow(uploadId, given));
      return { ok: true, value: await answerOf(deps, examined, done) };
    }
  }
}

function nothing(errors: readonly string[]): SettledLedger {
  return { settled: [], errors, events: [] };
}

function rejectedSentence({ transaction, state }: ExaminedEntry): string {
  if (state === 'settled') return replaySentence(transaction);
  return refusalSentence('review_rejected', transaction);
}

/** From the commit on it is the bank's: whatever happens to the caller, it is settled. */
async function handIn(
  tx: Tx,
  { settlement }: SettlingLedgers,
  { examined, at }: { readonly examined: Examined; readonly at: Date },
): Promise<HandedIn> {
  const { signer, upload } = examined;
  const batch = ledgerBatch(upload);
  const uploader = `ledger:${signer?.userId ?? 'open'}`;
  const receive = async (review?: bigint): Promise<Received> => {
    const hold = review === undefined ? undefined : { review, allowanceNos: [] };
    const received = await settlement.receiveIn(tx, batch, { uploader, hold });
    if (received.ok) return received.value;
    throw new Error(`A ledger that is no batch: ${received.detail}`);
  };
  if (signer === undefined) return { state: 'here', received: await receive(), batch };
  if (!(await lockReceiver(tx, signer.no))) return { state: 'receiver_unknown' };
  const forked = await reviewForks(tx, { examined, signer }, at);
  if (forked.verdict === 'rejected') return { state: 'rejected' };
  if (forked.verdict === 'waits') return { state: 'held', position: forked.position };
  const received = await receive(forked.verdict === 'hold' ? forked.review : undefined);
  const { uploadId } = received;
  await insertEntries(tx, signer.no, { entries: sealedEntriesOf(examined), uploadId });
  if (forked.verdict === 'free') return { state: 'here', received, batch };
  await keepForks(tx, forked, { signer, uploadId, at });
  // Somebody may have handed these bytes in natively, and they were decided then.
  if (!(await isHeld(tx, uploadId))) return { state: 'here', received, batch };
  return { state: 'held', position: forked.position };
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
    return nothing(errors);
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
