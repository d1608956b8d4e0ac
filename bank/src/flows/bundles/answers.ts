import type { Bundle, BundleTaken, BundleTransaction } from '@sikka/api';
import { currencyOf, formatAmount } from '@sikka/protocol';
import type { Refused } from '../../caller.ts';
import type { PaymentProgress } from '../../settlement/index.ts';
import { documentKey } from '../../settlement/index.ts';
import { REFUSALS } from './check.ts';
import type { BundleRefusal } from './check.ts';
import { TRANSACTION_REFUSALS } from './plan.ts';
import type { BundleRow } from './store/bundles.ts';
import type { ListedTransaction, ReadBundle } from './store/reading.ts';

const TEN_THOUSANDTHS = 10_000;
const MESSAGES = {
  accepted: 'Bundle accepted',
  pending_review: 'Bundle held for review',
  quarantined: 'Bundle held in quarantine',
} as const;

/** The answer to a push: its verdict, never what became of it since, so that it stays the first. */
export function answerPush(
  { bundleId, verdict, code, score, count }: BundleRow,
  push: 'first' | 'again',
): { readonly ok: true; readonly status: 200; readonly value: BundleTaken } | Refused {
  if (verdict === 'rejected') return { ok: false, ...meaningOf(code) };
  const value: BundleTaken = {
    success: true,
    bundle_id: bundleId,
    status: verdict,
    sira_score: (score ?? 0) / TEN_THOUSANDTHS,
    transactions_count: count,
    message: push === 'again' ? 'Bundle already processed' : MESSAGES[verdict],
  };
  return { ok: true, status: 200, value };
}

function meaningOf(code: string | undefined): (typeof REFUSALS)[BundleRefusal] {
  if (!isRefusal(code)) throw new Error('A rejected bundle without its reason.');
  return REFUSALS[code];
}

function isRefusal(code: string | undefined): code is BundleRefusal {
  return code !== undefined && code in REFUSALS;
}

/** A bundle as it is now: what became of its transactions, whatever settled them. */
export function wireBundle(
  bundle: ReadBundle,
  listed: readonly ListedTransaction[],
  known: {
    /** By `documentKey`. */
    readonly states: ReadonlyMap<string, PaymentProgress>;
    /** By ordinal, ten thousandths. */
    readonly scores: ReadonlyMap<number, number>;
  },
): Bundle {
  const transactions = listed.map((one) => wireTransaction(one, known));
  const { verdict, code, clearedAt } = bundle;
  return {
    id: bundle.id.toString(),
    bundle_id: bundle.bundleId,
    device_id: bundle.deviceId,
    status: statusOf(
      bundle,
      transactions.map(({ status }) => status),
    ),
    push_attempts: bundle.pushes,
    created_at: bundle.receivedAt.toISOString(),
    accepted_at: clearedAt?.toISOString() ?? null,
    rejected_reason: verdict === 'rejected' ? meaningOf(code).detail : null,
    tx_count: bundle.count,
    total_amount: totalOf(bundle),
    transactions,
  };
}

function statusOf(
  { verdict, isHeld }: ReadBundle,
  statuses: readonly PaymentProgress[],
): Bundle['status'] {
  if (verdict === 'rejected' || isHeld) return verdict;
  const settled = statuses.filter((status) => status === 'settled').length;
  if (settled === statuses.length) return 'reconciled';
  if (settled > 0) return 'partially_reconciled';
  return statuses.includes('pending') ? 'accepted' : 'failed';
}

function wireTransaction(
  listed: ListedTransaction,
  { states, scores }: Parameters<typeof wireBundle>[2],
): BundleTransaction {
  const { currency, isSame, ordinal } = listed;
  const score = scores.get(ordinal);
  return {
    id: listed.id.toString(),
    local_id: listed.localId,
    amount: Number(formatAmount(listed.amountMinor, currency)),
    currency: currencyOf(currency)?.alpha ?? '',
    ...{ type: listed.type, sender: listed.sender, receiver: listed.receiver },
    status: progressOf(listed, states),
    reason: isSame ? (listed.refused ?? null) : TRANSACTION_REFUSALS.number_taken,
    sira_score: score === undefined ? null : score / TEN_THOUSANDTHS,
    created_at: listed.receivedAt.toISOString(),
  };
}

function progressOf(
  { documentId, isSame, isRejected }: ListedTransaction,
  states: ReadonlyMap<string, PaymentProgress>,
): PaymentProgress {
  if (!isSame || documentId === undefined) return 'refused';
  const state = states.get(documentKey(documentId)) ?? 'pending';
  return state === 'pending' && isRejected ? 'refused' : state;
}

/** In the one currency that a bundle has where it was taken in; else of the first. */
function totalOf({ totals }: ReadBundle): number {
  const [first] = Object.entries(totals);
  return first === undefined ? 0 : Number(formatAmount(BigInt(first[1]), first[0]));
}
