import type { Outcome as BankOutcome } from '@sikka/api';
import { fromBase64url } from '@sikka/api/text';
import { encodeCbor, equalBytes, proveDocument, sha256 } from '@sikka/protocol';
import { refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { refusalOf } from './bank.ts';
import { viewOf } from './view.ts';
import type { Wallet } from './wallet.ts';

/** The bank's answer to one batch. */
export interface Uploaded {
  /** The packet, proved to be for these very bytes. */
  readonly uploadReceipt: Uint8Array;
  /** One a packet, in the order given. */
  readonly outcomes: readonly UploadedOutcome[];
}

export interface UploadedOutcome {
  readonly result: 'settled' | 'recorded' | 'rejected' | 'pending';
  readonly code: string | undefined;
  readonly proofId: string | undefined;
  readonly extra: boolean;
}

/**
 * Hands packets in; writes nothing. Refuses `wallet/bank_…`, and `wallet/answer_invalid` for an
 * answer without the bank's signed receipt or without one outcome a packet.
 */
export async function uploadPackets(
  wallet: Wallet,
  packets: readonly Uint8Array[],
): Promise<Outcome<Uploaded>> {
  const body = encodeCbor(packets);
  const answer = await wallet.client.handInDocuments({ body });
  if (!answer.ok) return refusalOf(answer.problem);
  const uploadReceipt = fromBase64url(answer.value.upload_receipt) ?? new Uint8Array(0);
  const { trust } = await viewOf(wallet, await wallet.journal.read());
  const proved = await proveDocument(uploadReceipt, trust);
  if (!proved.ok) return refuse('wallet/answer_invalid', `upload receipt: ${proved.detail}`);
  const { fields } = proved.value.document;
  if (fields.type !== 'upload-receipt' || !equalBytes(fields.sha256, sha256(body))) {
    return refuse('wallet/answer_invalid', 'an upload receipt for other bytes');
  }
  if (answer.value.outcomes.length !== packets.length) {
    return refuse('wallet/answer_invalid', 'not one outcome a packet');
  }
  return { ok: true, uploadReceipt, outcomes: answer.value.outcomes.map(outcomeOf) };
}

/** Rules 1 to 3 judge bytes, not the payment: such a rejection decides nothing about it. */
const ABOUT_BYTES: ReadonlySet<string> = new Set([
  'too_large',
  'malformed',
  'not_canonical',
  'unknown_type',
  'unknown_version',
  'unknown_suite',
  'issuer_unknown',
  'issuer_signature_invalid',
  'allowance_unknown',
  'payer_signature_invalid',
]);
/** Codes are kept, so only what a code looks like. */
const CODE = /^[a-z][a-z0-9_/]{0,63}$/;

function outcomeOf({ result, code, proof_id, extra }: BankOutcome): UploadedOutcome {
  const undecided = result === 'rejected' && code !== undefined && ABOUT_BYTES.has(code);
  return {
    result: undecided ? 'pending' : result,
    code: code !== undefined && CODE.test(code) ? code : undefined,
    proofId: proof_id,
    extra: extra === true,
  };
}
