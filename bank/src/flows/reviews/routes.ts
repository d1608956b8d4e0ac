import type { AnswerOf, Routes } from '@sikka/api';
import { currencyOf, deviceTransactionId, equalBytes, formatAmount } from '@sikka/protocol';
import type { Call, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool } from '../../db/index.ts';
import type { Log } from '../../log.ts';
import type { Settlement } from '../../settlement/index.ts';
import { provedItems } from './concerned.ts';
import { decideReview, takesTwo } from './decide.ts';
import type { FourEyes } from './decide.ts';
import type { ReviewedBundle, ReviewedTransaction, ReviewRow, Verdict } from './store/reviews.ts';
import {
  readDecidedReviews,
  readOpenReviews,
  readReview,
  readReviewedBundle,
} from './store/reviews.ts';

export interface ReviewDeps extends FourEyes {
  readonly pool: Pool;
  readonly log: Log;
  readonly settlement: Pick<Settlement, 'provedPlaces' | 'settle'>;
}

type ReviewRoutes = 'listReviews' | 'getReview' | 'releaseReview' | 'rejectReview';
type WireReview = AnswerOf<Routes['releaseReview']>['review'];
type WireBundle = AnswerOf<Routes['getReview']>['bundle'];

/** What the bank's staff look at before it is decided, and what they say of it. */
export function reviewRoutes(deps: ReviewDeps): Handlers<ReviewRoutes> {
  const { pool } = deps;
  return {
    listReviews: async ({ query }) => {
      const read = query.status === 'decided' ? readDecidedReviews : readOpenReviews;
      const found = await read(pool, Number(query.limit ?? '50'));
      const reviews = found.map((review) => wireReview(review, deps));
      return { ok: true, status: 200, value: { reviews } };
    },
    getReview: async ({ params }) => {
      const review = await readReview(pool, BigInt(params.id));
      if (review === undefined) return notFound;
      const bundle = await readReviewedBundle(pool, review.id);
      const value = { ...wireReview(review, deps), bundle: wireBundle(bundle) };
      return { ok: true, status: 200, value };
    },
    releaseReview: (call) => decide(deps, call, 'released'),
    rejectReview: (call) => decide(deps, call, 'rejected'),
  };
}

async function decide(
  deps: ReviewDeps,
  { caller, params, body, now }: Call<'releaseReview'> | Call<'rejectReview'>,
  verdict: Verdict,
): Promise<Reply<'releaseReview'>> {
  const { pool } = deps;
  const id = BigInt(params.id);
  const proved = await provedItems(deps, id);
  const ask = { id, verdict, reason: body.reason, caller, now, proved };
  const decided = await inTransaction(pool, (tx) => decideReview(tx, deps, ask));
  if (typeof decided === 'string') return REFUSALS[decided];
  if (!('waiting' in decided)) await settleAll(deps, decided.uploads);
  const review = await readReview(pool, id);
  if (review === undefined) throw new Error('A review is gone.');
  const approval = 'waiting' in decided ? decided.waiting : decided.approval;
  const said = { approval_id: approval?.toString() ?? null, review: wireReview(review, deps) };
  return 'waiting' in decided
    ? { ok: true, status: 202, value: { status: 'waiting', ...said } }
    : { ok: true, status: 200, value: { status: 'done', ...said } };
}

/** What fails here stays in the inbox: the worker decides it. */
async function settleAll(
  { settlement, log }: ReviewDeps,
  uploads: readonly bigint[],
): Promise<void> {
  for (const upload of uploads) {
    try {
      await settlement.settle(upload);
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
      log.error('settlement.postponed', { upload: String(upload), reason });
    }
  }
}

function wireReview(review: ReviewRow, { fourEyesAbove }: FourEyes): WireReview {
  const { money, score } = review;
  return {
    ...{ id: review.id.toString(), kind: review.kind, status: review.outcome ?? 'open' },
    subject: review.subject,
    amount: money === undefined ? null : formatAmount(money.amountMinor, money.currency),
    currency: money === undefined ? null : (currencyOf(money.currency)?.alpha ?? null),
    ...{ reasons: [...review.reasons], score: score === undefined ? null : score / 10_000 },
    ...{ two_people: takesTwo(review, fourEyesAbove), opened_at: review.openedAt.toISOString() },
    ...{ reason: review.reason ?? null, decided_by: review.decidedBy ?? null },
    decided_at: review.decidedAt?.toISOString() ?? null,
  };
}

function wireBundle(bundle: ReviewedBundle | undefined): WireBundle {
  if (bundle === undefined) return null;
  const { deviceId } = bundle;
  return {
    ...{ bundle_id: bundle.bundleId, device_id: deviceId, verdict: bundle.verdict },
    ...{ tenant_type: bundle.tenantType, tenant_id: bundle.tenantId },
    transactions: bundle.transactions.map((transaction) => ({
      ...{ local_id: transaction.localId, type: transaction.type },
      amount: formatAmount(transaction.amountMinor, transaction.currency),
      currency: currencyOf(transaction.currency)?.alpha ?? '',
      ...{ sender: transaction.sender, receiver: transaction.receiver },
      payee_wallet: transaction.payeeWallet ?? null,
      signed_by_payer: isSigned(transaction, deviceId),
      ...{ own_float: transaction.own, refused: transaction.refused ?? null },
    })),
  };
}

/** An order's id is the till's own name for it; a payment's is what its payer signed. */
function isSigned({ documentId, localId }: ReviewedTransaction, deviceId: string): boolean {
  return (
    documentId !== undefined && !equalBytes(documentId, deviceTransactionId(deviceId, localId))
  );
}

const notFound = {
  ok: false,
  code: 'review/not_found',
  detail: 'There is no review of this number.',
} as const;
const REFUSALS = {
  not_found: notFound,
  decided: { ok: false, code: 'review/decided', detail: 'This review was decided otherwise.' },
  own: { ok: false, code: 'review/own', detail: 'What is held concerns an account of yours.' },
} as const satisfies Readonly<Record<string, Refused>>;
