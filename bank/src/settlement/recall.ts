import {
  doneRefund,
  recordedReturn,
  rejectedPayment,
  rejectedRefund,
  rejectedReturn,
  settledAnswer,
} from './answers.ts';
import type { Claim } from './claims.ts';
import { PASSING_CODES } from './codes.ts';
import type { Facts, Known } from './facts.ts';
import { keyOf } from './keys.ts';
import type { Outcome } from './outcomes.ts';
import { outcome, refusedBytes } from './outcomes.ts';
import type { ItemRefusal } from './store/port.ts';

/** What the tables say of one upload that somebody has decided. */
export interface Decided {
  readonly known: Known;
  readonly facts: Facts;
  readonly refusals: readonly ItemRefusal[];
}

/**
 * The outcomes of a decided upload, made again from the tables: the same that were given first
 * (spec/settlement.md §1). An item that nothing is known of is `pending`.
 */
export function recall(claims: readonly Claim[], decided: Decided): readonly Outcome[] {
  const refusals = new Map(decided.refusals.map((refusal) => [refusal.place, refusal]));
  return claims.map((claim) => {
    const refusal = refusals.get(claim.item.place);
    // These very bytes: a forged copy of a settled payment stays refused.
    if (refusal !== undefined && !refusal.judged && !PASSING_CODES.includes(refusal.code)) {
      return refusedBytes(refusal.kind, refusal.code);
    }
    return byId(claim, decided) ?? passing(claim, refusal) ?? outcome(PENDING);
  });
}

const PENDING = { kind: 'other', result: 'pending' } as const;

/** What was refused for a reason that may pass, and is not done since. */
function passing(claim: Claim, refusal: ItemRefusal | undefined): Outcome | undefined {
  if (refusal === undefined) return undefined;
  if (claim.kind !== 'refund' || refusal.code === 'issuer_unknown') {
    return refusedBytes(refusal.kind, refusal.code);
  }
  return rejectedRefund(claim.packet, refusal);
}

function byId(claim: Claim, { known, facts }: Decided): Outcome | undefined {
  if (claim.kind === 'other') return undefined;
  const key = keyOf(claim.documentId);
  const rejection = known.rejections.get(key);
  switch (claim.kind) {
    case 'payment': {
      const settled = known.settled.get(key);
      if (settled !== undefined) return settledAnswer(settled);
      return rejection && rejectedPayment(claim.packet, rejection);
    }
    case 'refund': {
      const done = facts.refunds.get(key);
      if (done !== undefined) return doneRefund(done, claim.packet.refund.fields.currency);
      return rejection && rejectedRefund(claim.packet, rejection);
    }
    case 'return': {
      const recorded = facts.returns.get(key);
      if (recorded !== undefined) return recordedReturn(recorded);
      return rejection && rejectedReturn(claim.documentId, rejection);
    }
  }
}
