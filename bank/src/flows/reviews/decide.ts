import { record } from '../../audit/index.ts';
import type { Caller } from '../../caller.ts';
import type { Tx } from '../../db/index.ts';
import { agree } from '../../policy/index.ts';
import { concernedBy } from './concerned.ts';
import type { ProvedItems } from './concerned.ts';
import type { ReviewRow, Verdict } from './store/reviews.ts';
import { clearBundle, letGo, lockReview, writeVerdict } from './store/reviews.ts';

export interface Deciding {
  readonly id: bigint;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly caller: Caller;
  readonly now: Date;
  readonly proved: ProvedItems;
}

export interface FourEyes {
  readonly demo: boolean;
  /** FOUR_EYES_ABOVE in minor units of this currency. */
  readonly fourEyesAbove: (currency: number) => bigint;
}

export type Decided =
  | 'not_found'
  | 'decided'
  | 'own'
  | { readonly waiting: bigint }
  | {
      /** The approval, where it took two people. */
      readonly approval: bigint | undefined;
      /** What the pipeline decides now. */
      readonly uploads: readonly bigint[];
    };

/**
 * Decides a review, once; both verdicts feed the pipeline, which answers a rejected upload item by
 * item. In the caller's transaction: when it commits, the uploads wait in the inbox, and a crash
 * before they are decided leaves them to the worker.
 */
export async function decideReview(
  tx: Tx,
  { demo, fourEyesAbove }: FourEyes,
  { id, verdict, reason, caller, now, proved }: Deciding,
): Promise<Decided> {
  const review = await lockReview(tx, id);
  if (review === undefined) return 'not_found';
  if (review.outcome !== undefined) {
    return review.outcome === verdict ? { approval: undefined, uploads: [] } : 'decided';
  }
  const { either, paid } = await concernedBy(tx, id, { demo, proved });
  if (either.has(caller.accountId)) return 'own';
  if (verdict === 'released' && paid.has(caller.accountId)) return 'own';
  const subject = `review:${id}`;
  const event = { actor: `account:${caller.account}`, subject, outcome: 'ok' };
  let approval: bigint | undefined;
  if (takesTwo(review, fourEyesAbove)) {
    const act = { kind: 'review', subject, content: { verdict }, caller, now };
    const agreement = await agree(tx, act, { alone: demo });
    approval = agreement.approval;
    if (!agreement.agreed) {
      const details = { approval, verdict, reason };
      await record(tx, [{ ...event, action: 'review.proposed', details }], now);
      return { waiting: approval };
    }
  }
  await writeVerdict(tx, id, { outcome: verdict, reason, by: caller.accountId, at: now });
  if (verdict === 'released') await clearBundle(tx, id, now);
  const { money } = review;
  // By what it was judged, so that an auditor can judge it again.
  const above = money === undefined ? null : fourEyesAbove(money.currency);
  const details = { approval: approval ?? null, four_eyes_above: above, reason };
  await record(tx, [{ ...event, action: `review.${verdict}`, details }], now);
  return { approval, uploads: await letGo(tx, review) };
}

/** Also where nobody can say of how much money it is, and of what looked like theft. */
export function takesTwo(
  { money, quarantined }: Pick<ReviewRow, 'money' | 'quarantined'>,
  fourEyesAbove: FourEyes['fourEyesAbove'],
): boolean {
  return quarantined || money === undefined || money.amountMinor > fourEyesAbove(money.currency);
}
