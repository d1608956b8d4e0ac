import { fromBase64url } from '@sikka/api/text';
import type { Allowance as BankAllowance, Outcome as BankOutcome } from '@sikka/api';
import { encodeCbor, equalBytes, fromHex, hex, proveDocument, sha256 } from '@sikka/protocol';
import { answering, refuse } from '../errors.ts';
import type { Outcome, Refusal } from '../errors.ts';
import type { HandedInOutcome } from '../journal/entries.ts';
import type { Hex, WalletState } from '../journal/state.ts';
import { UPLOAD_PACKETS } from '../limits.ts';
import { refusalOf } from './bank.ts';
import { fetchBulletin } from './fetch-bulletin.ts';
import type { BulletinAnswer } from './fetch-bulletin.ts';
import { pendingDocuments } from './pending.ts';
import type { PendingDocument } from './pending.ts';
import { viewOf } from './view.ts';
import type { Wallet } from './wallet.ts';

/** What one sync came to. */
export interface SyncReport {
  /** Documents that the bank decided now. */
  readonly decided: number;
  /** Documents still to be decided. */
  readonly pending: number;
  /** The bulletin this wallet goes by, or why the newest was not taken. */
  readonly bulletin: BulletinAnswer;
  /** True when the bank knows payments that this journal does not: it spends no more, for good. */
  readonly rolledBack: boolean;
}

/**
 * Meets the bank: bulletin, heads of the allowances, then everything not decided yet, in batches.
 * Do it any number of times; a reply that is lost changes nothing but that the next sync asks
 * again. Refuses with `wallet/bank_…`, `wallet/answer_invalid` and `wallet/store_…`; what was
 * done before the refusal is kept.
 */
export async function sync(wallet: Wallet): Promise<Outcome<SyncReport>> {
  return answering(async () => {
    const { enrolment } = await wallet.journal.read();
    if (enrolment?.answer === undefined) return refuse('wallet/not_enrolled', 'enrol first');
    const bulletin = await fetchBulletin(wallet);
    if (!bulletin.ok && bulletin.code === 'wallet/bank_unreachable') return bulletin;
    const behind = await compareHeads(wallet);
    if (behind !== undefined) return behind;
    const before = pendingDocuments(await wallet.journal.read());
    for (let at = 0; at < before.length; at += UPLOAD_PACKETS) {
      const refusal = await handIn(wallet, before.slice(at, at + UPLOAD_PACKETS));
      if (refusal !== undefined) return refusal;
    }
    const state = await wallet.journal.read();
    const left = pendingDocuments(state).length;
    return {
      ok: true,
      decided: before.length - left,
      pending: left,
      bulletin,
      rolledBack: state.rolledBack !== undefined,
    };
  });
}

/** Spending stops for good where the bank's head is not in this journal (spec/journal.md 5). */
async function compareHeads(wallet: Wallet): Promise<Refusal | undefined> {
  const { allowances, rolledBack } = await wallet.journal.read();
  if (allowances.size === 0 || rolledBack !== undefined) return undefined;
  const answer = await wallet.client.listAllowances();
  if (!answer.ok) return refusalOf(answer.problem);
  const done = await wallet.journal.change(async (state, append) => {
    const ahead = answer.value.allowances.find((row) => isAhead(state, row));
    if (ahead?.head === undefined || ahead.head === null) return;
    if (state.rolledBack !== undefined) return;
    await append({
      type: 'rolled-back',
      allowanceId: fromHex(ahead.allowance_id),
      sequence: ahead.head.sequence,
      paymentId: fromHex(ahead.head.payment_id),
    });
  });
  return done.ok ? undefined : done;
}

function isAhead({ allowances }: WalletState, { allowance_id, head }: BankAllowance): boolean {
  const held = allowances.get(allowance_id);
  if (held === undefined || head === null) return false;
  const ours = held.paymentIds.get(head.sequence);
  return ours === undefined || hex(ours) !== head.payment_id;
}

async function handIn(
  wallet: Wallet,
  batch: readonly PendingDocument[],
): Promise<Refusal | undefined> {
  const body = encodeCbor(batch.map(({ packet }) => packet));
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
  if (answer.value.outcomes.length !== batch.length) {
    return refuse('wallet/answer_invalid', 'not one outcome a packet');
  }
  const outcomes = answer.value.outcomes.map((outcome, at) => outcomeOf(outcome, batch[at]));
  const done = await wallet.journal.change(async (state, append) => {
    const open = new Set(pendingDocuments(state).map(({ documentId }) => documentId));
    const news = outcomes.filter((outcome) => isNews(state, open, outcome));
    if (news.length > 0) await append({ type: 'handed-in', uploadReceipt, outcomes: news });
  });
  return done.ok ? undefined : done;
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

function outcomeOf(
  { result, code, proof_id, extra }: BankOutcome,
  document: PendingDocument | undefined,
): HandedInOutcome {
  const undecided = result === 'rejected' && code !== undefined && ABOUT_BYTES.has(code);
  return {
    documentId: fromHex(document?.documentId ?? ''),
    result: undecided ? 'pending' : result,
    code: code !== undefined && CODE.test(code) ? code : undefined,
    proofId: proof_id === undefined ? undefined : fromHex(proof_id),
    extra: extra === true,
  };
}

/** Still open here, and not the same "pending" once more. */
function isNews(
  { given, accepted }: WalletState,
  open: ReadonlySet<Hex>,
  { documentId, result }: HandedInOutcome,
): boolean {
  const id = hex(documentId);
  if (!open.has(id) || result !== 'pending') return open.has(id);
  const stands = given.get(id)?.state ?? accepted.get(id)?.state;
  return stands !== undefined && stands !== 'sent';
}
