import type { OfflineSyncAnswer } from '@sikka/api';
import { currencyOf, formatAmount } from '@sikka/protocol';
import type { Outcome, RefusalCode } from '../../settlement/index.ts';
import type { ChainCode } from './chain.ts';
import { sentences } from './sentences.ts';

/** What became of one element of a sync. */
export interface Answer {
  readonly result: 'synced' | 'failed' | 'pending';
  /** Why it was not synced; undefined where it was. */
  readonly reason: string | undefined;
  /** Formatted; of a repeat, the first's. */
  readonly amount?: string;
  readonly paymentId?: Uint8Array;
}

export function failed(reason: string): Answer {
  return { result: 'failed', reason };
}

export function waiting(reason: string): Answer {
  return { result: 'pending', reason };
}

export function chainBroken(code: ChainCode): Answer {
  return failed(code);
}

/**
 * A refusal in the words that older clients read. What may still be settled later is never called
 * failed: its payer would pay again, and both would be settled. The exception is a signature by no
 * known key, for which the contract has a sentence, where the bank holds no row of that payment
 * (spec/wallet-key.md §6; `sync` looks).
 */
const REFUSALS: Partial<Readonly<Record<RefusalCode, Answer>>> = {
  nonce_conflict: failed(sentences.duplicate),
  payer_signature_invalid: failed(sentences.signature),
  payer_key_unknown: failed(sentences.signature),
  payer_key_retired: failed(sentences.signature),
  amount_zero: failed(sentences.amountZero),
  wrong_currency: failed(sentences.currency),
  payee_mismatch: failed(sentences.mismatch),
  insufficient_funds: waiting(sentences.insufficient),
  payee_unknown: waiting(sentences.payeeUnknown),
  wallet_inactive: waiting(sentences.inactive),
  payer_under_review: waiting(sentences.review),
};

export function refusal(code: RefusalCode): Answer {
  return REFUSALS[code] ?? failed(sentences.malformed);
}

/** The pipeline's outcome of one payment. */
export function answerOf(outcome: Outcome): Answer {
  const { result, code, amountMinor, currency, paymentId } = outcome;
  const id = paymentId === undefined ? {} : { paymentId };
  const known = amountMinor !== undefined && currencyOf(currency ?? 0) !== undefined;
  const amount = known ? { amount: formatAmount(amountMinor, currency ?? 0) } : {};
  if (result === 'settled') return { result: 'synced', reason: undefined, ...id, ...amount };
  if (result === 'pending') return { ...waiting(sentences.pending), ...id, ...amount };
  return { ...refusal(code === undefined || code === 'acceptable' ? 'malformed' : code), ...id };
}

/** One answered element with what the client knows it by. */
export interface Answered {
  readonly answer: Answer;
  readonly reference: string | undefined;
  /** As written, where the answer has none. */
  readonly amount: string | undefined;
  /** Of the transaction, where the bank keeps one. */
  readonly id: number | undefined;
}

export function syncAnswer(elements: readonly Answered[]): OfflineSyncAnswer {
  const synced = elements.filter(({ answer }) => answer.result === 'synced');
  const lost = elements.filter(({ answer }) => answer.result === 'failed');
  return {
    message: `Synced ${synced.length} of ${elements.length} transactions.`,
    results: elements.map(({ answer, reference, id }) => ({
      transaction_id: id ?? null,
      reference: reference ?? null,
      result: answer.result,
      error_reason: answer.reason ?? null,
    })),
    synced: synced.map(({ answer, reference = '', amount = '' }) => ({
      nonce: reference,
      amount: answer.amount ?? amount,
      status: 'synced',
    })),
    failed: lost.map(({ answer, reference, amount }) => ({
      nonce: reference ?? null,
      amount: amount ?? null,
      status: 'failed',
      error: answer.reason ?? '',
      error_reason: answer.reason ?? '',
    })),
    total_synced: synced.length,
    total_failed: lost.length,
  };
}
