import type { DoneRefund, RecordedReturn, Rejection, SettledPayment } from '../facts.ts';
import type { RefusalCode } from '../codes.ts';
import type { ItemKind } from '../outcomes.ts';
import { bytesOf, secondsOf } from './packing.ts';

/** Rows as PostgreSQL sends them, and what they say. */
export interface SettledRow {
  readonly allowance_no: bigint;
  readonly sequence: number;
  readonly payment_id: Buffer;
  readonly amount: bigint;
  readonly spent: bigint;
  readonly previous: Buffer;
  readonly currency: number;
  readonly payee_wallet: bigint;
  readonly settled_at: Date;
  readonly extra: boolean;
  readonly upload_id: bigint;
  readonly evidence_at: number;
  readonly packet_sha256: Buffer;
}

export const SETTLED_COLUMNS = `allowance_no, sequence, payment_id, amount, spent, previous,
  currency, payee_wallet, settled_at, extra, upload_id, evidence_at, packet_sha256`;

export function settledOf(row: SettledRow): SettledPayment {
  return {
    id: bytesOf(row.payment_id),
    allowanceNo: row.allowance_no,
    sequence: row.sequence,
    amountMinor: row.amount,
    spentMinor: row.spent,
    previous: bytesOf(row.previous),
    currency: row.currency,
    payeeWallet: Number(row.payee_wallet),
    settledAt: secondsOf(row.settled_at),
    extra: row.extra,
    evidence: { uploadId: row.upload_id, at: row.evidence_at },
    sha256: bytesOf(row.packet_sha256),
  };
}

export interface ReturnRow {
  readonly id: Buffer;
  readonly allowance_no: bigint;
  readonly last_sequence: bigint;
  readonly total_minor: bigint;
  readonly head: Buffer;
  readonly first: boolean;
  readonly received_at: Date;
  readonly proof_id: Buffer | null;
  readonly packet: Buffer;
}

export const RETURN_COLUMNS = `id, allowance_no, last_sequence, total_minor, head, first,
  received_at, proof_id, packet`;

export function returnOf(row: ReturnRow): RecordedReturn {
  return {
    id: bytesOf(row.id),
    allowanceNo: row.allowance_no,
    lastSequence: Number(row.last_sequence),
    totalMinor: row.total_minor,
    head: bytesOf(row.head),
    first: row.first,
    receivedAt: secondsOf(row.received_at),
    proofId: row.proof_id === null ? undefined : bytesOf(row.proof_id),
    packet: bytesOf(row.packet),
  };
}

export interface RejectionRow {
  readonly kind: ItemKind;
  readonly document_id: Buffer;
  readonly code: RefusalCode;
  readonly proof_id: Buffer | null;
  readonly sha256: Buffer;
}

export const REJECTION_COLUMNS = 'kind, document_id, code, proof_id, sha256';

export function rejectionOf(row: RejectionRow): Rejection {
  return {
    kind: row.kind,
    documentId: bytesOf(row.document_id),
    code: row.code,
    proofId: row.proof_id === null ? undefined : bytesOf(row.proof_id),
    sha256: bytesOf(row.sha256),
  };
}

export interface RefundRow {
  readonly document_id: Buffer;
  readonly payment_id: Buffer;
  readonly number: number;
  readonly amount: bigint;
  readonly cumulative: bigint;
  readonly at: Date;
  readonly packet_sha256: Buffer;
}

export const REFUND_COLUMNS =
  'document_id, payment_id, number, amount, cumulative, at, packet_sha256';

export function refundOf(row: RefundRow): DoneRefund {
  return {
    id: bytesOf(row.document_id),
    paymentId: bytesOf(row.payment_id),
    number: row.number,
    amountMinor: row.amount,
    cumulativeMinor: row.cumulative,
    at: secondsOf(row.at),
    sha256: bytesOf(row.packet_sha256),
  };
}
