import { createHash } from 'node:crypto';
import { encodeCbor } from '@sikka/protocol';
import type { Decision } from './decide/index.ts';
import type { Proof } from './evidence.ts';
import type { Outcome } from './outcomes.ts';

/** A decision with its proofs built: what the store writes. */
export interface Posting {
  /** With an `item` alone the upload stays in the inbox: more of it is to be decided. */
  readonly part: 'whole' | 'item';
  /** Whether the upload begins with a bundle or a ledger: a hold may have named allowances. */
  readonly carried: boolean;
  readonly decision: Decision;
  /** One for each accusation, in their order. */
  readonly proofs: readonly Proof[];
  /** Who is said to have acted, in the audit chain. */
  readonly actor: string;
  /** SHA-256 of the upload. */
  readonly sha256: Uint8Array;
  readonly outcomesDigest: Uint8Array;
}

export interface Posted {
  readonly batchId: bigint;
  /** Indices of settled payments whose request had been paid before. */
  readonly extra: ReadonlySet<number>;
  /** Of each accusation: the case of that pair of documents. */
  readonly proofIds: readonly Uint8Array[];
}

/**
 * SHA-256 over what was answered, so that the audit row commits to it: CBOR of
 * `[[result, code or empty, document id or empty], …]`. What is settled is in the log besides.
 */
export function digestOf({ answers }: Decision): Uint8Array {
  const hash = createHash('sha256');
  for (const { outcome } of answers) {
    const { result, code = '', documentId = new Uint8Array(0) } = outcome;
    hash.update(encodeCbor([result, code, documentId]));
  }
  return hash.digest();
}

/** The answers, completed by what only posting knows. */
export function outcomesOf({ answers }: Decision, { extra, proofIds }: Posted): readonly Outcome[] {
  return answers.map(({ outcome, settled, accusation }) => {
    if (settled !== undefined && extra.has(settled)) return { ...outcome, extra: true };
    if (accusation !== undefined) return { ...outcome, proofId: proofIds[accusation] };
    return outcome;
  });
}

/** Places of the items that move money now. */
export function freshOf({ settled, settledKeys, settledOrders }: Decision): ReadonlySet<number> {
  const moved = [...settled, ...settledKeys, ...settledOrders];
  return new Set(moved.map(({ handed }) => handed.item.place));
}
