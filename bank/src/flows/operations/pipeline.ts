import { currencyOf } from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import { readExposure, readGuarantees, readInbox, readLastCheck } from './store.ts';

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
  /** Proofs that nobody has decided. */
  readonly casesOpen: number;
  /** What the bank paid of double spends, and what it has left for them. */
  readonly guarantees: readonly {
    /** ISO 4217. */
    readonly currency: string;
    readonly of: 'paid' | 'left';
    readonly minor: number;
  }[];
  /** 1 or 0; undefined before the first check. */
  readonly nightlyOk: number | undefined;
  readonly nightlyAgeSeconds: number | undefined;
}

export async function readPipeline(db: Db, now: Date): Promise<Pipeline> {
  const inbox = await readInbox(db, now);
  const exposure = await readExposure(db, now);
  const guarantees = await readGuarantees(db);
  const last = await readLastCheck(db, now);
  return {
    inboxDepth: inbox.depth,
    inboxOldestSeconds: inbox.oldestSeconds,
    heldItems: inbox.heldItems,
    reviewsOpen: inbox.reviewsOpen,
    exposure: exposure.map(({ currency, ...row }) => ({ ...row, currency: nameOf(currency) })),
    ...{ doubleSpends: inbox.doubleSpends, casesOpen: inbox.casesOpen },
    guarantees: guarantees.flatMap(({ currency, paid, left }) => [
      { currency: nameOf(currency), of: 'paid', minor: paid } as const,
      { currency: nameOf(currency), of: 'left', minor: left } as const,
    ]),
    nightlyOk: last && (last.ok ? 1 : 0),
    nightlyAgeSeconds: last?.ageSeconds,
  };
}

function nameOf(currency: number): string {
  return currencyOf(currency)?.alpha ?? String(currency);
}
