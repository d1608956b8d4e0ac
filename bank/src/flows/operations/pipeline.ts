import { currencyOf } from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import { readExposure, readInbox, readLastCheck } from './store.ts';

/** A bundle of a device at its first answer. */
export interface PushedBundle {
  readonly verdict: 'accepted' | 'pending_review' | 'quarantined' | 'rejected';
  /** Ten thousandths; undefined where nothing was scored. */
  readonly score: number | undefined;
}

/** How the whole bank's settlement stands at a moment. */
export interface Pipeline {
  /** Uploads that wait; those that a review holds do not. */
  readonly inboxDepth: number;
  readonly inboxOldestSeconds: number;
  readonly heldItems: number;
  readonly reviewsOpen: number;
  /** Money outstanding offline, by age of its allowance. */
  readonly exposure: readonly {
    /** ISO 4217. */
    readonly currency: string;
    readonly age: '1d' | '7d' | '30d' | 'over';
    readonly minor: number;
  }[];
  /** Since ever. */
  readonly doubleSpends: number;
  /** 1 or 0; undefined before the first check. */
  readonly nightlyOk: number | undefined;
  readonly nightlyAgeSeconds: number | undefined;
}

export async function readPipeline(db: Db, now: Date): Promise<Pipeline> {
  const inbox = await readInbox(db, now);
  const exposure = await readExposure(db, now);
  const last = await readLastCheck(db, now);
  return {
    inboxDepth: inbox.depth,
    inboxOldestSeconds: inbox.oldestSeconds,
    heldItems: inbox.heldItems,
    reviewsOpen: inbox.reviewsOpen,
    exposure: exposure.map(({ currency, ...row }) => ({
      ...row,
      currency: currencyOf(currency)?.alpha ?? String(currency),
    })),
    doubleSpends: inbox.doubleSpends,
    nightlyOk: last && (last.ok ? 1 : 0),
    nightlyAgeSeconds: last?.ageSeconds,
  };
}
