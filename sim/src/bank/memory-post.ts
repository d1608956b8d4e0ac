import { SettlementError } from '@sikka/bank/deciding';
import type { Posted, Posting } from '@sikka/bank/deciding';
import type { LedgerTransfer } from './ledger.ts';
import { ShortOfMoney } from './ledger.ts';
import { postKeyPayments } from './memory-keys.ts';
import { postOrders, transfersOf } from './memory-orders.ts';
import type { ProofRow, SettledRow, Tables } from './tables.ts';
import { keyOf, pairKey, requestKey } from './tables.ts';

/**
 * Writes a decision as the bank's store writes it, with what the database would refuse as errors:
 * a payment, a refund or a Return twice, more than was reserved, money below a floor. Runs inside a
 * transaction, as its last step.
 */
export function postDecision(tables: Tables, built: Posting): Posted {
  const proofIds = insertProofs(tables, built);
  insertRejections(tables, built, proofIds);
  insertReturns(tables, built, proofIds);
  insertRefunds(tables, built);
  revoke(tables, built);
  leaveInbox(tables, built);
  const batchId = insertBatch(tables, built);
  const extra = insertSettled(tables, built, batchId);
  postKeyPayments(tables, built);
  postOrders(tables, built);
  updateStates(tables, built);
  postMoney(tables, built);
  return { batchId, extra, proofIds };
}

function insertProofs(tables: Tables, { proofs, decision }: Posting): readonly Uint8Array[] {
  const at = decision.hearing.decidedAt;
  return proofs.map(({ id, packet, verdict, terms, firstId, secondId }) => {
    const { no: allowanceNo, deviceNo, accountId } = terms;
    const key = pairKey({ allowanceNo, firstId, secondId });
    const known = tables.proofs.get(key);
    if (known !== undefined) return known.id;
    const row = { id, packet, verdict, firstId, secondId, allowanceNo, deviceNo, accountId, at };
    tables.log.set<string, ProofRow>(tables.proofs, key, row);
    return id;
  });
}

type ProofIds = readonly Uint8Array[];

function proofIdOf(proofIds: ProofIds, accusation: number | undefined): Uint8Array | undefined {
  return accusation === undefined ? undefined : proofIds[accusation];
}

function insertRejections(tables: Tables, { decision }: Posting, proofIds: ProofIds): void {
  const { uploadId, decidedAt: at } = decision.hearing;
  for (const { handed, accusation, ...rejecting } of decision.rejected) {
    const { kind, code, documentId, allowanceNo, sequence } = rejecting;
    const key = documentId === undefined ? undefined : keyOf(documentId);
    if (key !== undefined && tables.rejectedById.has(key)) continue;
    const { place } = handed.item;
    const proofId = proofIdOf(proofIds, accusation);
    const found = { kind, code, documentId, allowanceNo, sequence, place, uploadId, proofId, at };
    const row = { ...found, sha256: handed.sha256, orderId: rejecting.signedOrder };
    tables.log.push(tables.rejected, row);
    if (key !== undefined) tables.log.set(tables.rejectedById, key, row);
  }
}

function insertReturns(tables: Tables, { decision }: Posting, proofIds: ProofIds): void {
  for (const { recorded, accusation } of decision.returned) {
    const { first, allowanceNo } = recorded;
    const firsts = [...tables.returns.values()].filter((row) => row.first);
    const isSecond = first && firsts.some((row) => row.allowanceNo === allowanceNo);
    if (isSecond || tables.returns.has(keyOf(recorded.id))) throw new Error('A Return twice.');
    const row = { ...recorded, proofId: proofIdOf(proofIds, accusation) };
    tables.log.set(tables.returns, keyOf(recorded.id), row);
  }
}

function insertRefunds(tables: Tables, { decision }: Posting): void {
  for (const { refund } of decision.refunded) {
    const key = keyOf(refund.paymentId);
    const done = tables.refunds.get(key) ?? [];
    const isTaken = done.some(({ number }) => number === refund.number);
    if (isTaken || tables.refundsById.has(keyOf(refund.id))) throw new Error('A refund twice.');
    tables.log.set(tables.refunds, key, [...done, refund]);
    tables.log.set(tables.refundsById, keyOf(refund.id), refund);
  }
}

function revoke(tables: Tables, { proofs, decision }: Posting): void {
  for (const { terms } of proofs) {
    for (const account of tables.accounts.values()) {
      if (account.id !== terms.accountId || account.status !== 'active') continue;
      tables.log.assign(account, { status: 'review', blockedAt: decision.hearing.decidedAt });
    }
    const device = tables.devices.get(terms.deviceNo);
    if (device !== undefined) tables.log.assign(device, { status: 'revoked' });
  }
}

function leaveInbox(tables: Tables, { part, decision }: Posting): void {
  if (part !== 'whole') return;
  const { uploadId } = decision.hearing;
  if (!tables.inbox.has(uploadId)) throw new Error('The upload is not in the inbox.');
  tables.log.delete(tables.inbox, uploadId);
  tables.log.delete(tables.heldItems, uploadId);
}

function insertBatch(tables: Tables, { part, decision }: Posting): bigint {
  const { uploadId, decidedAt: at } = decision.hearing;
  const id = BigInt(tables.batches.length + 1);
  const outcomes = decision.answers.map(({ outcome }) => outcome);
  tables.log.push(tables.batches, { id, uploadId, at, part, outcomes });
  return id;
}

/** Answers the places of those that are a second payment of one dynamic request. */
function insertSettled(tables: Tables, { decision }: Posting, batchId: bigint): Set<number> {
  const extra = new Set<number>();
  decision.settled.forEach(({ payment, verified }, ordinal) => {
    const { bind, mode } = verified.payment;
    const key = requestKey(payment.payeeWallet, bind);
    const isExtra = mode === 'dynamic' && tables.paidRequests.has(key);
    if (isExtra) extra.add(ordinal);
    const row: SettledRow = { ...payment, extra: isExtra, bind, mode, batchId, ordinal };
    const chain = tables.settled.get(payment.allowanceNo) ?? [];
    if (chain.some(({ sequence }) => sequence === row.sequence)) {
      throw new Error('A payment settled twice.');
    }
    const next = [...chain, row].sort((one, other) => one.sequence - other.sequence);
    tables.log.set(tables.settled, payment.allowanceNo, next);
    tables.log.set(tables.settledById, keyOf(payment.id), row);
    if (mode === 'dynamic' && !isExtra) tables.log.set(tables.paidRequests, key, row);
  });
  return extra;
}

function updateStates(tables: Tables, { decision }: Posting): void {
  const { decidedAt } = decision.hearing;
  for (const { terms, status, revoked, ...moved } of decision.changed) {
    const row = tables.allowances.get(terms.no);
    if (row === undefined) throw new Error('No such allowance.');
    const settledMinor = row.settledMinor + moved.settledMinor;
    const releasedMinor = row.releasedMinor + moved.releasedMinor;
    if (settledMinor + releasedMinor > terms.limitMinor) throw new Error('More than reserved.');
    const revokedAt = revoked ? (row.revokedAt ?? decidedAt) : row.revokedAt;
    tables.log.assign(row, { settledMinor, releasedMinor, status, revokedAt });
  }
}

function postMoney(tables: Tables, built: Posting): void {
  const { settled, settledKeys, settledOrders, moves, refunded, hearing } = built.decision;
  const at = hearing.decidedAt;
  const transfers: LedgerTransfer[] = [
    ...settled.map(({ payment, allowance, payee }) => ({
      ...{ kind: 'settlement', currency: payment.currency, at, reference: payment.id },
      ...{ debit: allowance.reservation, credit: payee, amountMinor: payment.amountMinor },
    })),
    ...settledKeys.map(({ payment, payer, payee }) => ({
      ...{ kind: 'settlement', currency: payment.currency, at, reference: payment.id },
      ...{ debit: payer, credit: payee, amountMinor: payment.amountMinor },
    })),
    ...transfersOf(built),
    ...moves.map((move) => ({ ...move, at })),
  ];
  try {
    tables.ledger.post(transfers);
  } catch (error) {
    const isFunded = refunded.length + settledKeys.length + settledOrders.length === 0;
    if (isFunded || !(error instanceof ShortOfMoney)) throw error;
    const message = 'Money that nothing reserved was spent while its batch was decided.';
    throw new SettlementError('settlement/overtaken', message, { cause: error });
  }
}
