import type { OfflineHistoryEntry, OfflineReceipt, OfflineTransaction } from '@sikka/api';
import { currencyOf, formatAmount, pythonJson, receiptOf, SIX_FIELDS } from '@sikka/protocol';
import { member, parseJsonText, scalarText } from '@sikka/protocol';
import type { KeyPaymentRow } from '../../settlement/index.ts';
import { limits } from './limits.ts';
import type { Details, HistoryRow } from './store.ts';

/** Records of offline transactions as older clients read them. */

export type Status = OfflineTransaction['status'];

/** Derived from the rows, so that it cannot disagree with the money. */
export function statusOf(row: KeyPaymentRow, confirmedAt: Date | undefined): Status {
  if (confirmedAt !== undefined) return 'confirmed';
  if (row.settledAt !== undefined) return 'synced';
  // A refusal that may pass is none: its payer would pay again, and both would be settled.
  return row.refused === undefined ? 'pending' : 'failed';
}

export function wireTransaction(row: KeyPaymentRow, details: Details): OfflineTransaction {
  const receipt = row.receipt ?? derivedReceipt(row, details.covered);
  const { settledAt } = row;
  return {
    id: Number(row.id),
    sender_wallet_id: row.payerWallet,
    receiver_public_key: signedMember(row, 'receiver_public_key'),
    amount: formatAmount(row.amountMinor, row.currency),
    currency: lettersOf(row.currency),
    transaction_signature: base64(row.signature),
    nonce: row.nonce,
    receipt_hash: wireReceipt(receipt).receipt_hash,
    receipt_data: receipt,
    status: statusOf(row, details.confirmedAt),
    created_at_device: row.claimedAt,
    synced_at: settledAt === undefined ? null : isoOf(settledAt),
    confirmed_at: details.confirmedAt?.toISOString() ?? null,
    created_at: isoOf(row.receivedAt),
  };
}

/** A receipt's text, which is ours, as the object that it is. */
export function wireReceipt(text: string): OfflineReceipt {
  return JSON.parse(text) as OfflineReceipt;
}

export function wireHistory(row: HistoryRow): OfflineHistoryEntry {
  const { payment, attestation, paymentAt, attestedAt, settledAt } = row;
  const both = payment !== undefined && attestation !== undefined;
  const senderFirst =
    paymentAt !== undefined && (attestedAt === undefined || paymentAt <= attestedAt);
  return {
    nonce: row.nonce,
    tx_id: row.txId ?? null,
    amount: formatAmount(row.amountMinor, row.currency),
    currency: lettersOf(row.currency),
    perspective: row.isPayer ? 'sender' : 'receiver',
    payer_id: row.payer ?? null,
    payee_id: row.payee ?? null,
    offline_transaction_id: payment === undefined ? null : Number(payment),
    receiver_sync_id: attestation === undefined ? null : Number(attestation),
    sender_synced_at_server: paymentAt?.toISOString() ?? null,
    receiver_synced_at_server: attestedAt?.toISOString() ?? null,
    first_sync_party: senderFirst ? 'sender' : 'receiver',
    sync_coverage: both ? 'both' : payment === undefined ? 'receiver_only' : 'sender_only',
    receiver_attestation_at: attestedAt?.toISOString() ?? null,
    sender_settlement_recorded_at: settledAt?.toISOString() ?? null,
  };
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export function lettersOf(currency: number): string {
  const known = currencyOf(currency);
  if (known === undefined) throw new Error(`Currency ${currency} is not in the table.`);
  return known.alpha;
}

/** Of a payment that came without one: of the members that its signature covers, as given. */
function derivedReceipt({ text, signature }: KeyPaymentRow, covered: Details['covered']): string {
  const form = { spaced: false, stringified: false };
  const keys = covered === 'six' ? { keys: SIX_FIELDS } : {};
  const signed = pythonJson(nodeOf(text), { ...form, ...keys });
  if (signed === undefined) throw new Error('A payment lacks a member.');
  return receiptOf(signed, base64(signature));
}

function signedMember({ text }: KeyPaymentRow, key: string): string {
  return scalarText(member(nodeOf(text), key)) ?? '';
}

function nodeOf(text: string) {
  const parsed = parseJsonText(text, { depth: limits.jsonDepth, nodes: limits.jsonNodes });
  if (!parsed.ok) throw new Error('A payment is no longer JSON.');
  return parsed.value;
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
