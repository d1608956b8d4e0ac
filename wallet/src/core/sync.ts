import type { Allowance as BankAllowance } from '@sikka/api';
import { fromHex, hex } from '@sikka/protocol';
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
import { uploadPackets } from './upload.ts';
import type { UploadedOutcome } from './upload.ts';
import type { Wallet } from './wallet.ts';
import { changeBesideWitnesses } from './witness.ts';

/** What one sync came to. */
export interface SyncReport {
  /** Documents that the bank decided now. */
  readonly decided: number;
  /** Documents still to be decided. */
  readonly pending: number;
  /** The bulletin this wallet goes by, or why the newest was not taken. */
  readonly bulletin: BulletinAnswer;
  /** True for good once the bank or a witness knew more than this journal: it spends no more. */
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
  const done = await changeBesideWitnesses(wallet, async (state, append) => {
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
  const uploaded = await uploadPackets(
    wallet,
    batch.map(({ packet }) => packet),
  );
  if (!uploaded.ok) return uploaded;
  const { uploadReceipt } = uploaded;
  const outcomes = uploaded.outcomes.map((outcome, at) => outcomeOf(outcome, batch[at]));
  const done = await wallet.journal.change(async (state, append) => {
    const open = new Set(pendingDocuments(state).map(({ documentId }) => documentId));
    const news = outcomes.filter((outcome) => isNews(state, open, outcome));
    if (news.length > 0) await append({ type: 'handed-in', uploadReceipt, outcomes: news });
  });
  return done.ok ? undefined : done;
}

function outcomeOf(
  { proofId, ...outcome }: UploadedOutcome,
  document: PendingDocument | undefined,
): HandedInOutcome {
  return {
    ...outcome,
    documentId: fromHex(document?.documentId ?? ''),
    proofId: proofId === undefined ? undefined : fromHex(proofId),
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
