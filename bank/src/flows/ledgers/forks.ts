import { hex, keyHash, parseLooseAmount } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Tx } from '../../db/index.ts';
import { nameReviewedUpload, openReview } from '../../risk/index.ts';
import { limits } from './limits.ts';
import { insertForks, readForks, readHead } from './store/forks.ts';
import type { Fork, SealedEntry } from './store/forks.ts';
import type { LedgerPerson } from './store/people.ts';
import type { Examined } from './verify.ts';

/** What a ledger's forks make of it. */
export type Forked =
  /** None that is not let go, or these very entries were handed in before. */
  | { readonly verdict: 'free' }
  /** These entries wait already: a fresh signature over them is nothing new. */
  | { readonly verdict: 'waits'; readonly position: number }
  | { readonly verdict: 'rejected' }
  | {
      readonly verdict: 'hold';
      /** Those that nobody has let go on yet, in order of place. */
      readonly forks: readonly Fork[];
      readonly position: number;
      readonly review: bigint;
    };

/** Entries as the rows of a ledger hold them: each after the one before it. */
export function sealedEntriesOf({ upload }: Examined): readonly SealedEntry[] {
  let previous: Uint8Array = new Uint8Array(32);
  return upload.entries.map(({ hash: text }, position) => {
    const hash = Buffer.from(text, 'hex');
    const entry = { hash, previous, position };
    previous = hash;
    return entry;
  });
}

/**
 * Finds where a ledger leaves another one that its receiver signed too, under the lock of his row,
 * and opens the review that holds it. His two signatures over two histories accuse him; what the
 * senders signed is theirs on either branch, so it is held and not refused.
 */
export async function reviewForks(
  tx: Tx,
  { examined, signer }: { readonly examined: Examined; readonly signer: LedgerPerson },
  at: Date,
): Promise<Forked> {
  const entries = sealedEntriesOf(examined);
  const all = await readForks(tx, signer.no, entries);
  const forks = all.filter(({ released }) => !released);
  const [first] = forks;
  const head = entries.at(-1);
  if (first === undefined || head === undefined) return { verdict: 'free' };
  const { position } = first;
  const known = await readHead(tx, signer.no, head.hash);
  if (known?.outcome === 'rejected') return { verdict: 'rejected' };
  if (known?.review !== undefined && known.outcome === undefined) {
    return { verdict: 'waits', position };
  }
  if (known !== undefined) return { verdict: 'free' };
  const review = await openReview(tx, {
    kind: 'ledger_fork',
    subject: `ledger:${signer.userId}`,
    money: { amountMinor: amountOf(examined), currency: limits.currency },
    reasons: forks.map(({ first, second }) => `${hex(first)}:${hex(second)}`),
    score: undefined,
    at,
  });
  return { verdict: 'hold', forks, position, review };
}

/** Once the upload has its number: the evidence, and whom it accuses. */
export async function keepForks(
  tx: Tx,
  { forks, review }: Extract<Forked, { verdict: 'hold' }>,
  by: { readonly signer: LedgerPerson; readonly uploadId: bigint; readonly at: Date },
): Promise<void> {
  const { signer, uploadId, at } = by;
  await nameReviewedUpload(tx, review, uploadId);
  const fresh = forks.filter((fork) => fork.review === undefined);
  if (fresh.length === 0) return;
  const keyId = keyHash('ES256', signer.publicKey);
  await insertForks(tx, fresh, { receiver: signer.no, keyId, uploadId, review, at });
  const actor = `ledger:${signer.userId}`;
  const event = { actor, action: 'ledger.forked', subject: actor, outcome: 'held' };
  await record(
    tx,
    fresh.slice(0, limits.findings).map(({ first, second, position, firstUpload }) => ({
      ...event,
      details: {
        ...{ first: hex(first), second: hex(second), position, review },
        ...{ first_upload: firstUpload, second_upload: uploadId },
      },
    })),
    at,
  );
}

/** All that it would move at most: what one person may let go is judged by it. */
function amountOf({ entries }: Examined): bigint {
  return entries.reduce((sum, { transaction, state }) => {
    const minor = parseLooseAmount(transaction.amount, limits.currency);
    return minor.ok && state === 'new' ? sum + minor.value : sum;
  }, 0n);
}
