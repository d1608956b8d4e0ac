import { hex, keyHash, sha256 } from '@sikka/protocol';
import { parseLooseAmount } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Tx } from '../../db/index.ts';
import { nameReviewedUpload, openReview } from '../../risk/index.ts';
import { limits } from './limits.ts';
import { insertForks, readForks, readUpload } from './store/forks.ts';
import type { Fork, SealedEntry } from './store/forks.ts';
import type { LedgerPerson } from './store/people.ts';
import type { Examined } from './verify.ts';

/** What has to be looked at before a ledger is decided. */
export interface Forked {
  /** Those that nobody has let go on yet, in order of place. */
  readonly forks: readonly Fork[];
  /** That the upload is held by; undefined where its bytes are here and were judged before. */
  readonly hold: bigint | undefined;
  /** The review that new forks belong to. */
  readonly review: bigint | undefined;
}

const NONE: Forked = { forks: [], hold: undefined, review: undefined };

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
  ledger: {
    readonly examined: Examined;
    readonly signer: LedgerPerson;
    readonly batch: Uint8Array;
  },
  at: Date,
): Promise<Forked> {
  const { examined, signer, batch } = ledger;
  const all = await readForks(tx, signer.no, sealedEntriesOf(examined));
  const forks = all.filter(({ released }) => !released);
  if (forks.length === 0) return NONE;
  const known = await readUpload(tx, sha256(batch));
  if (known?.review !== undefined) return { forks, hold: undefined, review: known.review };
  const isNew = forks.some(({ review }) => review === undefined);
  if (known !== undefined && !isNew) return { forks, hold: undefined, review: undefined };
  const review = await openReview(tx, {
    kind: 'ledger_fork',
    subject: `ledger:${signer.userId}`,
    money: { amountMinor: amountOf(examined), currency: limits.currency },
    reasons: forks.map(({ first, second }) => `${hex(first)}:${hex(second)}`),
    score: undefined,
    at,
  });
  return { forks, hold: review, review };
}

/** Once the upload has its number: the evidence, and whom it accuses. */
export async function keepForks(
  tx: Tx,
  { forks, hold, review }: Forked,
  by: { readonly signer: LedgerPerson; readonly uploadId: bigint; readonly at: Date },
): Promise<void> {
  const { signer, uploadId, at } = by;
  if (hold !== undefined) await nameReviewedUpload(tx, hold, uploadId);
  const fresh = forks.filter((fork) => fork.review === undefined);
  if (fresh.length === 0 || review === undefined) return;
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
