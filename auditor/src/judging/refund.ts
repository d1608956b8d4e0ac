import { equalBytes, hex, proveIssued, provePayeePacket } from '@sikka/protocol';
import type { Refund, RefundPacket } from '@sikka/protocol';
import { secondsOf } from '../columns.ts';
import { limits } from '../limits.ts';
import type { CredentialFact, Facts, RefundFact, SettledFact } from './facts.ts';
import { compare, isBefore, judgeKey, other, PAST, SAME } from './verdict.ts';
import type { Again, Judging, RejectionRow } from './verdict.ts';

interface RefusedRefund {
  readonly packet: RefundPacket;
  readonly bytes: Uint8Array;
}

/** Codes by which a refusal says how things stood when it was made. */
const PASSING = ['refund_out_of_order', 'insufficient_funds'];

/** Judges a refused refund again, in the order of spec/settlement.md §6. */
export async function judgeRefund(
  { trust, facts }: Judging,
  row: RejectionRow,
  { packet, bytes }: RefusedRefund,
): Promise<Again> {
  const issued = await proveIssued(packet.credential, trust);
  if (!issued.ok) return compare(issued.code, row);
  const learnt = judgeKey(row, packet.credential.fields.issuerKey, facts);
  if (learnt !== undefined) return learnt;
  const credential = facts.credentials.get(hex(packet.credentialId));
  if (credential === undefined) return compare('credential_unknown', row);
  if (row.code === 'credential_unknown') {
    return isBefore(credential.issued_at, row) ? other('the credential was known') : SAME;
  }
  const signed = await provePayeePacket(bytes, trust);
  if (!signed.ok) return compare(signed.code, row);
  return (
    judgeStanding(row, credential) ?? judgeDates(row, packet) ?? judgePayment(row, packet, facts)
  );
}

/** Revoked by then; within what two clocks may differ, both answers are right. */
function judgeStanding(row: RejectionRow, credential: CredentialFact): Again | undefined {
  const { revoked_at, device_status, device_changed_at } = credential;
  const isRevokedBy = (at: Date | null, slack: number) =>
    at !== null && secondsOf(at) <= secondsOf(row.decided_at) + slack;
  const deviceAt = device_status === 'revoked' ? device_changed_at : null;
  const standing = [
    ['credential_revoked', revoked_at],
    ['device_revoked', deviceAt],
  ] as const;
  for (const [code, at] of standing) {
    if (row.code === code)
      return isRevokedBy(at, limits.clockSeconds) ? SAME : other('not revoked');
    if (isRevokedBy(at, -limits.clockSeconds)) return other(code);
  }
  return undefined;
}

function judgeDates(row: RejectionRow, packet: RefundPacket): Again | undefined {
  const { from, until } = packet.credential.fields;
  const received = row.received_at === null ? Infinity : secondsOf(row.received_at);
  return received < from || received > until ? compare('expired', row) : undefined;
}

function judgePayment(row: RejectionRow, packet: RefundPacket, facts: Facts): Again {
  const { fields } = packet.refund;
  const key = hex(fields.paymentId);
  const payment = facts.settled.get(key);
  if (row.code === 'refund_unknown_payment') {
    const hadSettled = payment !== undefined && isBefore(payment.settled_at, row);
    return hadSettled ? other('the payment had settled') : SAME;
  }
  if (payment === undefined) return compare('refund_unknown_payment', row);
  if (payment.payee_wallet !== BigInt(packet.credential.fields.wallet)) {
    return compare('refund_wrong_payee', row);
  }
  if (payment.currency !== fields.currency) return compare('wrong_currency', row);
  if (PASSING.includes(row.code)) return PAST;
  return judgeOrder(row, { packet, payment, done: facts.refunds.get(key) ?? [] });
}

interface Done {
  readonly packet: RefundPacket;
  readonly payment: SettledFact;
  readonly done: readonly RefundFact[];
}

/** Refunds done are never undone, so those of before are still there. */
function judgeOrder(row: RejectionRow, { packet, payment, done }: Done): Again {
  const { fields } = packet.refund;
  const taken = done.find(({ number }) => number === fields.number);
  if (taken !== undefined && !equalBytes(taken.document_id, packet.refundId)) {
    if (row.code === 'refund_conflict') return SAME;
    if (isBefore(taken.at, row)) return other('refund_conflict');
  }
  if (isOverAmount(fields, payment, done)) return compare('refund_over_amount', row);
  return other('done');
}

function isOverAmount(
  { number, amountMinor, cumulativeMinor }: Refund,
  { amount }: SettledFact,
  done: readonly RefundFact[],
): boolean {
  const before = done.find((refund) => refund.number === number - 1)?.cumulative ?? 0n;
  return cumulativeMinor !== before + amountMinor || cumulativeMinor > amount;
}
