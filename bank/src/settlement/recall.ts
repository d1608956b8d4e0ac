import { equalBytes } from '@sikka/protocol';
import {
  doneRefund,
  recordedReturn,
  rejectedKeyPayment,
  rejectedOrder,
  rejectedPayment,
  rejectedRefund,
  rejectedReturn,
  settledAnswer,
  settledKeyAnswer,
  settledOrderAnswer,
} from './answers.ts';
import type { RefusedOrder } from './answers.ts';
import type { Claim, DeviceClaim, LedgerClaim } from './claims.ts';
import type { RefusalCode } from './codes.ts';
import { mayPass } from './codes.ts';
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
  /** Whether a review holds it now: what may pass is then nobody's answer (spec §7). */
  readonly held: boolean;
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
    if (refusal !== undefined && !refusal.judged && !mayPass(refusal.code)) {
      return refusedBytes(refusal.kind, refusal.code);
    }
    // Its six members are anybody's to copy: only these bytes are the payment that was answered.
    const isKeyUnknown = refusal !== undefined && KEY_CODES.includes(refusal.code);
    if (isKeyUnknown && !isAnswered(claim, decided)) {
      return decided.held ? outcome(PENDING) : refusedBytes(refusal.kind, refusal.code);
    }
    const passed = decided.held ? undefined : passing(claim, refusal);
    return byId(claim, decided) ?? passed ?? outcome(PENDING);
  });
}

/** Codes that may pass and that a refund gets once its signatures are proved. */
const REFUND_CODES: readonly RefusalCode[] = [
  'refund_unknown_payment',
  'refund_out_of_order',
  'insufficient_funds',
];

/** No key fitted, so nothing of what the bytes say is anybody's yet. */
const KEY_CODES: readonly RefusalCode[] = ['payer_key_unknown', 'order_key_unknown'];

const PENDING = { kind: 'other', result: 'pending' } as const;

/** What was refused for a reason that may pass, and is not done since. */
function passing(claim: Claim, refusal: ItemRefusal | undefined): Outcome | undefined {
  if (refusal === undefined) return undefined;
  const { kind, code } = refusal;
  if (claim.kind === 'payment' && code === 'claim_window_closed') {
    return rejectedPayment(claim.packet, refusal);
  }
  if (claim.kind === 'refund' && REFUND_CODES.includes(code)) {
    return rejectedRefund(claim.packet, refusal);
  }
  if (claim.kind === 'key_payment' && code !== 'payer_key_unknown') {
    return rejectedKeyPayment({ paymentId: claim.documentId, ...claim.signed.claimed }, refusal);
  }
  const isOrder = claim.kind === 'ledger_entry' || claim.kind === 'device_transaction';
  if (isOrder && code !== 'order_key_unknown') return rejectedOrder(saidBy(claim), refusal);
  return refusedBytes(kind, code);
}

function isAnswered(claim: Claim, { known, facts }: Decided): boolean {
  if (!('documentId' in claim)) return false;
  const key = keyOf(claim.documentId);
  const settled = known.keys.settled.get(key) ?? known.orders.settled.get(key);
  const answered = settled ?? facts.rejections.get(key);
  return answered !== undefined && equalBytes(answered.sha256, claim.sha256);
}

function byId(claim: Claim, { known, facts }: Decided): Outcome | undefined {
  if (claim.kind === 'carrier') return outcome({ kind: 'carrier', result: 'recorded' });
  if (claim.kind === 'other') return undefined;
  const key = keyOf(claim.documentId);
  const rejection = facts.rejections.get(key);
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
    case 'key_payment': {
      const settled = known.keys.settled.get(key);
      if (settled !== undefined) return settledKeyAnswer(settled);
      const refused = { paymentId: claim.documentId, ...claim.signed.claimed };
      return rejection && rejectedKeyPayment(refused, rejection);
    }
    case 'ledger_entry':
    case 'device_transaction': {
      if (!isSame(claim, known)) return undefined;
      const settled = known.orders.settled.get(key);
      if (settled !== undefined) return settledOrderAnswer(settled);
      return rejection && rejectedOrder(saidBy(claim), rejection);
    }
  }
}

/** A till's id is only a name: what is answered under it has to be what this one says. */
function isSame(claim: LedgerClaim | DeviceClaim, { orders }: Known): boolean {
  if (claim.kind === 'ledger_entry') return true;
  const key = keyOf(claim.documentId);
  const content = orders.settled.get(key)?.content ?? orders.contents.get(key);
  const carried = claim.carrier.transactions[claim.ordinal];
  return content !== undefined && carried !== undefined && equalBytes(content, carried.content);
}

function saidBy(claim: LedgerClaim | DeviceClaim): RefusedOrder {
  const { kind, documentId } = claim;
  if (claim.kind === 'ledger_entry') {
    return { kind, documentId, amountMinor: undefined, currency: undefined };
  }
  const { amountMinor, currency } = claim.carrier.transactions[claim.ordinal]?.transaction ?? {};
  return { kind, documentId, amountMinor, currency };
}
