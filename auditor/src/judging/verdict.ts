import type { IssuedCache, Trust } from '@sikka/protocol';
import { secondsOf } from '../columns.ts';
import { limits } from '../limits.ts';
import type { Facts } from './facts.ts';

export interface RejectionRow {
  readonly id: bigint;
  readonly kind: string;
  readonly document_id: Uint8Array | null;
  readonly sha256: Uint8Array;
  readonly allowance_no: bigint | null;
  readonly sequence: bigint | null;
  readonly code: string;
  readonly upload_id: bigint;
  readonly item: number;
  readonly evidence_at: number;
  readonly decided_at: Date;
  readonly proof_id: Uint8Array | null;
  readonly proof: Uint8Array | null;
  readonly received_at: Date | null;
  /** Id of the order whose number it holds. */
  readonly ordered: Uint8Array | null;
  /** Whether review rejected its upload. */
  readonly review_rejected: boolean;
}

/** `past`: the code speaks of a state of the bank that can no longer be looked at. */
export type Again =
  | { readonly kind: 'same' }
  | { readonly kind: 'past' }
  | { readonly kind: 'other'; readonly expected: string };

export interface Judging {
  readonly trust: Trust;
  readonly issued: IssuedCache;
  readonly facts: Facts;
}

export const SAME: Again = { kind: 'same' };
export const PAST: Again = { kind: 'past' };

export function other(expected: string): Again {
  return { kind: 'other', expected };
}

/** Whether the code is the one found again. */
export function compare(expected: string, { code }: RejectionRow): Again {
  return expected === code ? SAME : other(expected);
}

/** `issuer_unknown` for a key that is known by now: it was new then. */
export function judgeKey(row: RejectionRow, number: number, facts: Facts): Again | undefined {
  if (row.code !== 'issuer_unknown') return undefined;
  const made = facts.issuerKeys.get(number);
  const isNew =
    made !== undefined && secondsOf(made) + limits.keyLearningSeconds > secondsOf(row.decided_at);
  return isNew ? PAST : other('the key was known for long');
}

/** Whether something had come before a decision, beyond what two clocks may disagree by. */
export function isBefore(at: Date, { decided_at }: RejectionRow): boolean {
  return secondsOf(at) + limits.clockSeconds < secondsOf(decided_at);
}
