import type { Db } from '../../db/index.ts';
import type { RefusalCode } from '../codes.ts';
import type { EvidencePlace, SettledPayment } from '../facts.ts';
import { bytesOf, packNumbers, secondsOf } from './packing.ts';
import type { SettledRow } from './rows.ts';
import { SETTLED_COLUMNS, settledOf } from './rows.ts';

/** A settled payment with its place, for receipts and for the people it concerns. */
export interface FoundPayment {
  readonly payment: SettledPayment;
  readonly allowanceId: Uint8Array;
  readonly batchId: bigint;
  readonly ordinal: number;
  readonly payerAccount: bigint;
  readonly payeeAccount: bigint | undefined;
}

interface FoundRow extends SettledRow {
  readonly batch_id: bigint;
  readonly ordinal: number;
  readonly allowance_id: Buffer;
  readonly payer_account: bigint;
  readonly payee_account: bigint | null;
}

export async function selectPayment(
  db: Db,
  paymentId: Uint8Array,
): Promise<FoundPayment | undefined> {
  const { rows } = await db.query<FoundRow>(
    `select ${SETTLED_COLUMNS}, batch_id, ordinal,
        (select id from allowances where no = allowance_no) as allowance_id,
        (select account_id from allowances where no = allowance_no) as payer_account,
        (select account_id from wallets where number = payee_wallet) as payee_account
      from settled_payments where payment_id = $1`,
    [paymentId],
  );
  return rows.map((row) => ({
    payment: settledOf(row),
    allowanceId: bytesOf(row.allowance_id),
    batchId: row.batch_id,
    ordinal: row.ordinal,
    payerAccount: row.payer_account,
    payeeAccount: row.payee_account ?? undefined,
  }))[0];
}

export interface RefusedPayment {
  readonly evidence: EvidencePlace;
  readonly code: RefusalCode;
  readonly proofId: Uint8Array | undefined;
  readonly allowanceId: Uint8Array;
  readonly payerAccount: bigint;
}

interface RefusedRow {
  readonly upload_id: bigint;
  readonly evidence_at: number;
  readonly code: RefusalCode;
  readonly proof_id: Buffer | null;
  readonly allowance_id: Buffer;
  readonly payer_account: bigint;
}

/** A payment that was refused for ever. */
export async function selectRefused(
  db: Db,
  paymentId: Uint8Array,
): Promise<RefusedPayment | undefined> {
  const { rows } = await db.query<RefusedRow>(
    `select r.upload_id, r.evidence_at, r.code, r.proof_id, a.id as allowance_id,
        a.account_id as payer_account
      from rejected_items as r join allowances as a on a.no = r.allowance_no
      where r.document_id = $1 and r.kind = 'payment'`,
    [paymentId],
  );
  return rows.map((row) => ({
    evidence: { uploadId: row.upload_id, at: row.evidence_at },
    code: row.code,
    proofId: row.proof_id === null ? undefined : bytesOf(row.proof_id),
    allowanceId: bytesOf(row.allowance_id),
    payerAccount: row.payer_account,
  }))[0];
}

export async function selectWalletOwner(db: Db, wallet: number): Promise<bigint | undefined> {
  const { rows } = await db.query<{ account_id: bigint }>(
    'select account_id from wallets where number = $1',
    [wallet],
  );
  return rows[0]?.account_id;
}

/** The last settled payment of an allowance: a journal behind it was rolled back. */
export interface Head {
  readonly sequence: number;
  readonly spentMinor: bigint;
  readonly paymentId: Uint8Array;
}

interface HeadRow {
  readonly no: bigint;
  readonly sequence: number;
  readonly spent: bigint;
  readonly payment_id: Buffer;
}

export async function selectHeads(
  db: Db,
  nos: readonly bigint[],
): Promise<ReadonlyMap<bigint, Head>> {
  const { rows } = await db.query<HeadRow>(
    `select asked.no, s.sequence, s.spent, s.payment_id
      from unnest($1::bigint[]) as asked (no)
      cross join lateral (
        select sequence, spent, payment_id from settled_payments
        where allowance_no = asked.no order by sequence desc limit 1
      ) as s`,
    [packNumbers(nos)],
  );
  return new Map(
    rows.map(({ no, sequence, spent: spentMinor, payment_id: id }) => [
      no,
      { sequence, spentMinor, paymentId: bytesOf(id) },
    ]),
  );
}

/** A proof of equivocation as kept. */
export interface KeptProof {
  readonly id: Uint8Array;
  /** Packet of kind 7. */
  readonly packet: Uint8Array;
  readonly verdict: 'double_spend' | 'contradiction';
  readonly allowanceNo: bigint;
  readonly allowanceId: Uint8Array;
  readonly deviceNo: bigint;
  readonly accountId: bigint;
  /** Seconds. */
  readonly at: number;
}

interface ProofRow {
  readonly id: Buffer;
  readonly packet: Buffer;
  readonly verdict: KeptProof['verdict'];
  readonly allowance_no: bigint;
  readonly allowance_id: Buffer;
  readonly device_no: bigint;
  readonly account_id: bigint;
  readonly at: Date;
}

const PROOF = `select p.id, p.packet, p.verdict, p.allowance_no, a.id as allowance_id, p.device_no,
    p.account_id, p.at
  from proofs as p join allowances as a on a.no = p.allowance_no`;

export async function selectProof(db: Db, id: Uint8Array): Promise<KeptProof | undefined> {
  const { rows } = await db.query<ProofRow>(`${PROOF} where p.id = $1`, [id]);
  return rows.map(proofOf)[0];
}

/** Newest first. */
export async function selectProofs(db: Db, most: number): Promise<readonly KeptProof[]> {
  const { rows } = await db.query<ProofRow>(`${PROOF} order by p.at desc, p.id limit $1`, [most]);
  return rows.map(proofOf);
}

function proofOf(row: ProofRow): KeptProof {
  return {
    id: bytesOf(row.id),
    packet: bytesOf(row.packet),
    verdict: row.verdict,
    allowanceNo: row.allowance_no,
    allowanceId: bytesOf(row.allowance_id),
    deviceNo: row.device_no,
    accountId: row.account_id,
    at: secondsOf(row.at),
  };
}
