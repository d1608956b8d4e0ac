import type { Tx } from '../../db/index.ts';
import { announceAccount, disableWebhooksOf } from '../../notify/index.ts';
import type { Decision, Rejecting } from '../decide/index.ts';
import { SettlementError } from '../errors.ts';
import type { Posted, Posting } from '../post.ts';
import { eventsOf } from './events.ts';
import { insertClaimed, packSettledKeys } from './key-payments.ts';
import { dropHeldAllowances, insertOrders, packSettledOrders } from './orders.ts';
import { bytesOf, dateOf, packNumbers } from './packing.ts';

/**
 * Writes a decision: first the rare rows (proofs, nonces and numbers taken, refusals, Returns,
 * refunds, revocations), each kind in one statement, then all else in one call of settlement_post,
 * which moves the money last.
 */
export async function postDecision(tx: Tx, built: Posting): Promise<Posted> {
  const { decision } = built;
  const posting = { ...built, proofs: await insertProofs(tx, built) };
  await insertClaimed(tx, decision);
  await insertOrders(tx, decision);
  await insertRejections(tx, posting);
  await insertReturns(tx, posting);
  await insertRefunds(tx, decision);
  await revoke(tx, posting);
  if (built.carried) await dropHeldAllowances(tx, decision.hearing.uploadId);
  try {
    return await callPost(tx, posting);
  } catch (error) {
    const { refunded, settledKeys, settledOrders } = decision;
    const isFunded = refunded.length + settledKeys.length + settledOrders.length === 0;
    if (isFunded || !isShortOfMoney(error)) throw error;
    const message = 'Money that nothing reserved was spent while its batch was decided.';
    throw new SettlementError('settlement/overtaken', message, { cause: error });
  }
}

function isShortOfMoney(error: unknown): boolean {
  if (!(error instanceof Error) || !('constraint' in error)) return false;
  return error.constraint === 'ledger_balances_floor';
}

interface ProofRow {
  readonly place: bigint;
  readonly id: Buffer;
}

/** One case for each pair of documents: where there is one, its id is the answer. */
async function insertProofs(tx: Tx, { proofs, decision }: Posting): Promise<Posting['proofs']> {
  if (proofs.length === 0) return proofs;
  await tx.query(
    `insert into proofs
        (id, packet, verdict, allowance_no, device_no, account_id, first_id, second_id, at)
      select p.*, $9 from unnest(
        $1::bytea[], $2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
        $7::bytea[], $8::bytea[]
      ) as p (id, packet, verdict, allowance_no, device_no, account_id, first_id, second_id)
      on conflict do nothing`,
    [
      proofs.map(({ id }) => id),
      proofs.map(({ packet }) => packet),
      proofs.map(({ verdict }) => verdict),
      proofs.map(({ terms }) => terms.no),
      proofs.map(({ terms }) => terms.deviceNo),
      proofs.map(({ terms }) => terms.accountId),
      proofs.map(({ firstId }) => firstId),
      proofs.map(({ secondId }) => secondId),
      dateOf(decision.hearing.decidedAt),
    ],
  );
  const { rows } = await tx.query<ProofRow>(
    `select asked.place, p.id
      from unnest($1::bigint[], $2::bytea[], $3::bytea[]) with ordinality
        as asked (allowance_no, first_id, second_id, place)
      join proofs as p using (allowance_no, first_id, second_id)`,
    [
      proofs.map(({ terms }) => terms.no),
      proofs.map(({ firstId }) => firstId),
      proofs.map(({ secondId }) => secondId),
    ],
  );
  const ids = new Map(rows.map(({ place, id }) => [Number(place) - 1, bytesOf(id)]));
  return proofs.map((proof, index) => ({ ...proof, id: ids.get(index) ?? proof.id }));
}

async function insertRejections(tx: Tx, posting: Posting): Promise<void> {
  const { hearing, rejected } = posting.decision;
  if (rejected.length === 0) return;
  const proofIdOf = ({ accusation }: Rejecting) =>
    accusation === undefined ? undefined : posting.proofs[accusation]?.id;
  await tx.query(
    `insert into rejected_items (kind, document_id, sha256, allowance_no, sequence, code, proof_id,
        item, evidence_at, key_payment, signed_order, upload_id, decided_at)
      select r.kind, r.document_id, r.sha256, r.allowance_no, r.sequence, r.code, r.proof_id,
        r.item, r.evidence_at, (select id from key_payments where payment_id = r.key_payment),
        (select id from signed_orders where document_id = r.signed_order), $12, $13
      from unnest($1::text[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[], $6::text[],
        $7::bytea[], $8::integer[], $9::integer[], $10::bytea[], $11::bytea[]) as r (kind,
        document_id, sha256, allowance_no, sequence, code, proof_id, item, evidence_at,
        key_payment, signed_order)
      on conflict (document_id) where document_id is not null do nothing`,
    [
      rejected.map(({ kind }) => kind),
      rejected.map(({ documentId }) => documentId),
      rejected.map(({ handed }) => handed.sha256),
      rejected.map(({ allowanceNo }) => allowanceNo),
      rejected.map(({ sequence }) => sequence),
      rejected.map(({ code }) => code),
      rejected.map(proofIdOf),
      rejected.map(({ handed }) => handed.item.place),
      rejected.map(({ handed }) => handed.item.at),
      rejected.map(({ keyPayment }) => keyPayment),
      rejected.map(({ signedOrder }) => signedOrder),
      hearing.uploadId,
      dateOf(hearing.decidedAt),
    ],
  );
}

async function insertReturns(tx: Tx, { decision, proofs }: Posting): Promise<void> {
  const { hearing, returned } = decision;
  if (returned.length === 0) return;
  await tx.query(
    `insert into allowance_returns (id, allowance_no, last_sequence, total_minor, head, packet,
        first, proof_id, item, received_at, upload_id)
      select r.*, $10, $11
      from unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[],
        $7::boolean[], $8::bytea[], $9::integer[]) as r (id, allowance_no, last_sequence,
        total_minor, head, packet, first, proof_id, item)`,
    [
      returned.map(({ recorded }) => recorded.id),
      returned.map(({ recorded }) => recorded.allowanceNo),
      returned.map(({ recorded }) => recorded.lastSequence),
      returned.map(({ recorded }) => recorded.totalMinor),
      returned.map(({ recorded }) => recorded.head),
      returned.map(({ recorded }) => recorded.packet),
      returned.map(({ recorded }) => recorded.first),
      returned.map(({ accusation }) =>
        accusation === undefined ? undefined : proofs[accusation]?.id,
      ),
      returned.map(({ handed }) => handed.item.place),
      dateOf(hearing.receivedAt),
      hearing.uploadId,
    ],
  );
}

async function insertRefunds(tx: Tx, { hearing, refunded }: Decision): Promise<void> {
  if (refunded.length === 0) return;
  await tx.query(
    `insert into refunds (payment_id, number, document_id, amount, cumulative, packet_sha256, item,
        upload_id, at)
      select r.*, $8, $9
      from unnest($1::bytea[], $2::integer[], $3::bytea[], $4::bigint[], $5::bigint[],
        $6::bytea[], $7::integer[])
        as r (payment_id, number, document_id, amount, cumulative, packet_sha256, item)`,
    [
      refunded.map(({ refund }) => refund.paymentId),
      refunded.map(({ refund }) => refund.number),
      refunded.map(({ refund }) => refund.id),
      refunded.map(({ refund }) => refund.amountMinor),
      refunded.map(({ refund }) => refund.cumulativeMinor),
      refunded.map(({ refund }) => refund.sha256),
      refunded.map(({ handed }) => handed.item.place),
      hearing.uploadId,
      dateOf(hearing.decidedAt),
    ],
  );
}

/**
 * Accounts first, then devices, each in order: the one order in which rows of both are locked. A
 * blocked account is announced and its webhooks stop, as where a person blocks it.
 */
async function revoke(tx: Tx, { proofs, decision }: Posting): Promise<void> {
  if (proofs.length === 0) return;
  const at = dateOf(decision.hearing.decidedAt);
  const { rows: blocked } = await tx.query<{ readonly id: bigint }>(
    `update accounts as a set status = 'review', status_reason = 'equivocation', blocked_at = $2
      from (
        select id from accounts where id = any ($1::bigint[]) and status = 'active'
        order by id for no key update
      ) as locked
      where a.id = locked.id
      returning a.id`,
    [proofs.map(({ terms }) => terms.accountId), at],
  );
  await tx.query(
    `update devices as d
      set status = 'revoked', revoked_reason = 'equivocation', status_changed_at = $2
      from (
        select no from devices where no = any ($1::bigint[]) and status <> 'revoked'
        order by no for no key update
      ) as locked
      where d.no = locked.no`,
    [proofs.map(({ terms }) => terms.deviceNo), at],
  );
  for (const { id } of blocked) {
    await announceAccount(tx, id, at);
    await disableWebhooksOf(tx, id, at);
  }
}

interface PostRow {
  readonly batch: bigint;
  readonly extra: readonly number[];
}

async function callPost(tx: Tx, posting: Posting): Promise<Posted> {
  const { hearing } = posting.decision;
  const { rows } = await tx.query<PostRow>(
    `select batch, extra from settlement_post(
      $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
      $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35,
      $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53)`,
    [
      hearing.uploadId,
      posting.part === 'whole',
      dateOf(hearing.decidedAt),
      ...countsOf(posting),
      ...paymentsOf(posting.decision),
      ...statesOf(posting.decision),
      ...movesOf(posting.decision),
      ...eventsOf(posting),
      ...packSettledKeys(posting.decision),
      ...packSettledOrders(posting.decision),
    ],
  );
  const [posted] = rows;
  if (posted === undefined) throw new Error('settlement_post answered nothing.');
  return {
    batchId: posted.batch,
    extra: new Set(posted.extra.map((place) => place - 1)),
    proofIds: posting.proofs.map(({ id }) => id),
  };
}

function countsOf({ decision: { rejected, returned, refunded }, outcomesDigest }: Posting) {
  return [returned.length + refunded.length, rejected.length, outcomesDigest];
}

const MODES = { dynamic: 1, static: 2 } as const;

function paymentsOf({ settled }: Decision): readonly unknown[] {
  return [
    packNumbers(settled.map(({ handed }) => handed.item.place)),
    packNumbers(settled.map(({ handed }) => handed.item.at)),
    packNumbers(settled.map(({ allowance }) => allowance.no)),
    packNumbers(settled.map(({ payment }) => payment.sequence)),
    packNumbers(settled.map(({ payment }) => payment.amountMinor)),
    packNumbers(settled.map(({ payment }) => payment.spentMinor)),
    packNumbers(settled.map(({ payment }) => payment.currency)),
    packNumbers(settled.map(({ payment }) => payment.payeeWallet)),
    packNumbers(settled.map(({ verified }) => MODES[verified.payment.mode])),
    `{${settled.map(({ verified }) => verified.provedBy).join(',')}}`,
    packDigests(settled),
    packNumbers(settled.map(({ allowance }) => allowance.reservation)),
    packNumbers(settled.map(({ payee }) => payee)),
  ];
}

/** Payment id, previous, bind and packet hash of each: 128 bytes, sliced by settlement_post. */
function packDigests(settled: Decision['settled']): Buffer {
  const packed = Buffer.allocUnsafe(128 * settled.length);
  settled.forEach(({ verified: { paymentId, payment }, handed }, index) => {
    packed.set(paymentId, 128 * index);
    packed.set(payment.previous, 128 * index + 32);
    packed.set(payment.bind, 128 * index + 64);
    packed.set(handed.sha256, 128 * index + 96);
  });
  return packed;
}

function statesOf({ changed }: Decision): readonly unknown[] {
  return [
    packNumbers(changed.map(({ terms }) => terms.no)),
    packNumbers(changed.map(({ settledMinor }) => settledMinor)),
    packNumbers(changed.map(({ releasedMinor }) => releasedMinor)),
    changed.map(({ status }) => status),
    changed.map(({ revoked }) => revoked),
  ];
}

function movesOf({ moves }: Decision): readonly unknown[] {
  return [
    packNumbers(moves.map(({ debit }) => debit)),
    packNumbers(moves.map(({ credit }) => credit)),
    packNumbers(moves.map(({ amountMinor }) => amountMinor)),
    packNumbers(moves.map(({ currency }) => currency)),
    moves.map(({ kind }) => kind),
    moves.map(({ reference }) => reference),
  ];
}
