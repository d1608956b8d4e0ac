import {
  equalBytes,
  hex,
  judgeVerified,
  provePayment,
  proveReturn,
  verifyProof,
} from '@sikka/protocol';
import type { VerifiedPayment } from '@sikka/protocol';
import type { Claim } from '../claims.ts';
import { secondsOf } from '../columns.ts';
import { limits } from '../limits.ts';
import type { AllowanceFact, Facts } from './facts.ts';
import { judgeKeyPayment } from './key-payment.ts';
import { judgeOrder } from './order.ts';
import { judgeRefund } from './refund.ts';
import { compare, isBefore, judgeKey, other, SAME } from './verdict.ts';
import type { Again, Judging, RejectionRow } from './verdict.ts';

/** Judges a refused packet again, as the bank had to. */
export async function judgeAgain(
  judging: Judging,
  row: RejectionRow,
  { bytes, claim }: { readonly bytes: Uint8Array; readonly claim: Claim },
): Promise<Again> {
  if (row.code === 'review_rejected') return judgeReview(row, claim);
  switch (claim.kind) {
    case 'carrier':
      return other('evidence, which is never refused');
    case 'other':
      return compare(claim.code, row);
    case 'payment':
      return judgePayment(judging, row, claim);
    case 'return':
      return judgeReturn(judging, row, claim);
    case 'key_payment':
      return judgeKeyPayment(judging, row, claim.item);
    case 'ledger_entry':
    case 'device_transaction':
      return judgeOrder(judging, row, claim);
    case 'refund':
      return judgeRefund(judging, row, { packet: claim.packet, bytes });
  }
}

/** All that came with what a review rejected; for ever only what its own till said. */
function judgeReview(row: RejectionRow, { kind }: Claim): Again {
  if (!row.review_rejected) return other('a review that rejected it');
  const isKept = row.document_id !== null && kind !== 'device_transaction';
  return isKept ? other('a refusal of these bytes alone') : SAME;
}

type ClaimOf<K> = Extract<Claim, { readonly kind: K }>;

async function judgePayment(
  judging: Judging,
  row: RejectionRow,
  { packet }: ClaimOf<'payment'>,
): Promise<Again> {
  const { trust, issued: allowances, facts } = judging;
  const allowance = facts.allowances.get(hex(packet.allowanceId));
  const isKnownAllowance = () => wasKnown(row, allowance);
  const proved = await provePayment(packet, { ...trust, allowances, isKnownAllowance });
  if (!proved.ok) return compare(proved.code, row);
  const learnt = judgeKey(row, packet.allowance.fields.issuerKey, facts);
  if (learnt !== undefined) return learnt;
  if (row.document_id !== null && row.allowance_no !== allowance?.no) {
    return other(`a refusal under allowance ${allowance?.no ?? 'nothing'}`);
  }
  if (row.code === 'double_spend' || row.code === 'contradiction') {
    return judgeProof(judging, row, proved.value.paymentId);
  }
  return judgeRules(row, proved.value, facts);
}

/** An allowance that was issued only at that moment, or later, may not have been known then. */
function wasKnown(row: RejectionRow, allowance: AllowanceFact | undefined): boolean {
  if (allowance === undefined) return false;
  return row.code !== 'allowance_unknown' || isBefore(allowance.issued_at, row);
}

/** Rules 7 to 9; whether the payee's wallet was there already, two clocks may not agree. */
function judgeRules(row: RejectionRow, verified: VerifiedPayment, facts: Facts): Again {
  const receivedAt = row.received_at === null ? Infinity : secondsOf(row.received_at);
  const { payeeWallet, currency } = verified.payment;
  const wallet = facts.wallets.get(payeeWallet);
  const codes = [limits.clockSeconds, -limits.clockSeconds].map((slack) => {
    const until = secondsOf(row.decided_at) + slack;
    const isThere = (since: Date | undefined) => since !== undefined && secondsOf(since) <= until;
    const credited = isThere(wallet?.credited.get(currency)) ? currency : NO_CURRENCY;
    const payee = isThere(wallet?.created_at) ? { currency: credited } : undefined;
    const context = { as: 'bank', allowanceKnown: true, receivedAt, known: {} } as const;
    return judgeVerified(verified, { ...context, payee }).code;
  });
  return codes.some((code) => code === row.code) ? SAME : other(codes[0] ?? 'acceptable');
}

const NO_CURRENCY = 0;

/** Rules 5 and 6: the proof accuses this very document, beside one that stands. */
async function judgeProof(
  { trust, issued: allowances }: Judging,
  { proof, code }: RejectionRow,
  documentId: Uint8Array,
): Promise<Again> {
  if (proof === null) return other('a proof');
  const proved = await verifyProof(proof, { ...trust, allowances });
  if (!proved.ok) return other(`a proof that verifies, not ${proved.code}`);
  const { first, second, verdict } = proved.value;
  if (![first.id, second.id].some((id) => equalBytes(id, documentId))) {
    return other('a proof about this very document');
  }
  return verdict === code ? SAME : other(verdict);
}

async function judgeReturn(
  judging: Judging,
  row: RejectionRow,
  { packet, id }: ClaimOf<'return'>,
): Promise<Again> {
  const { trust, issued: allowances, facts } = judging;
  const allowance = facts.allowances.get(hex(packet.allowanceId));
  const isKnownAllowance = () => wasKnown(row, allowance);
  const proved = await proveReturn(packet, { ...trust, allowances, isKnownAllowance });
  if (!proved.ok) return compare(proved.code, row);
  const learnt = judgeKey(row, packet.allowance.fields.issuerKey, facts);
  if (learnt !== undefined) return learnt;
  if (row.proof_id !== null) {
    const again = await judgeProof(judging, { ...row, code: 'contradiction' }, id);
    return again.kind === 'same' ? compare('return_conflict', row) : again;
  }
  const { journalNonce } = proved.value.return;
  const isOwn = allowance !== undefined && equalBytes(journalNonce, allowance.journal_nonce);
  return compare(isOwn ? 'recorded' : 'return_conflict', row);
}
