import type { Db, Tx } from '../../../db/index.ts';

/** Rows of cases, and of what the bank paid by them (migrations 0022, 0034). */

/** What becomes of a proved case. */
export interface CaseDecision {
  readonly loss: 'bank' | 'payee';
  readonly account: 'keep' | 'release';
}

/** What the bank pays to the payee whose payment was refused. */
export interface Guarantee {
  /** The refused payment's id. */
  readonly covered: Uint8Array;
  readonly amountMinor: bigint;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** The current wallet that is credited. */
  readonly payeeWallet: number;
}

export interface KeptCase extends CaseDecision {
  readonly proofId: Uint8Array;
  readonly approval: bigint;
  /** Undefined where the bank paid nothing. */
  readonly guarantee: Guarantee | undefined;
  readonly at: Date;
}

/** One case of an account at a time, and one payment to a payee; until the transaction ends. */
export async function lockConcerned(tx: Tx, accountIds: readonly bigint[]): Promise<void> {
  await tx.query('select id from accounts where id = any ($1) order by id for no key update', [
    accountIds,
  ]);
}

interface CaseRow extends CaseDecision {
  readonly proof_id: Buffer;
  readonly approval: bigint;
  readonly covered: Buffer | null;
  readonly guarantee: bigint;
  readonly currency: number;
  readonly payee_wallet: bigint | null;
  readonly at: Date;
}

export async function readCases(
  db: Db,
  proofIds: readonly Uint8Array[],
): Promise<readonly KeptCase[]> {
  const { rows } = await db.query<CaseRow>(
    `select proof_id, approval, loss, account, covered, guarantee, currency, payee_wallet, at
     from case_decisions where proof_id = any ($1)`,
    [proofIds],
  );
  return rows.map((row) => ({
    ...{ proofId: new Uint8Array(row.proof_id), approval: row.approval, at: row.at },
    ...{ loss: row.loss, account: row.account, guarantee: guaranteeOf(row) },
  }));
}

function guaranteeOf({ covered, ...row }: CaseRow): Guarantee | undefined {
  if (covered === null) return undefined;
  const { guarantee: amountMinor, currency, payee_wallet: wallet } = row;
  const payeeWallet = Number(wallet ?? 0n);
  return { covered: new Uint8Array(covered), amountMinor, currency, payeeWallet };
}

export async function insertCase(
  tx: Tx,
  proofId: Uint8Array,
  decision: CaseDecision & {
    readonly guarantee: Guarantee | undefined;
    readonly approval: bigint;
    readonly reason: string;
    readonly by: bigint;
    readonly at: Date;
  },
): Promise<void> {
  const { loss, account, guarantee, approval, reason, by, at } = decision;
  await tx.query(
    `insert into case_decisions (proof_id, approval, loss, currency, account, reason, decided_by,
       at, guarantee, payee_wallet, covered)
     select p.id, $2, $3, a.currency, $4, $5, $6, $7, $8, $9, $10
     from proofs as p join allowances as a on a.no = p.allowance_no where p.id = $1`,
    [
      ...[proofId, approval, loss, account, reason, by, at, guarantee?.amountMinor ?? 0n],
      ...[guarantee?.payeeWallet ?? null, guarantee?.covered ?? null],
    ],
  );
}

/** Payments that were refused with this proof: none, where a Return was contradicted. */
export async function readRefused(db: Db, proofId: Uint8Array): Promise<readonly Uint8Array[]> {
  const { rows } = await db.query<{ document_id: Buffer }>(
    `select document_id from rejected_items
     where proof_id = $1 and kind = 'payment' and document_id is not null
     order by id`,
    [proofId],
  );
  return rows.map(({ document_id: id }) => new Uint8Array(id));
}

/** What was paid of double spends before, in minor units. */
export interface PaidBefore {
  /** Of this allowance, ever. */
  readonly ofAllowance: bigint;
  /** To this wallet, since that moment. */
  readonly toPayee: bigint;
}

export async function readPaidBefore(
  db: Db,
  of: { readonly allowanceNo: bigint; readonly payeeWallet: number; readonly since: Date },
): Promise<PaidBefore> {
  const { rows } = await db.query<{ of_allowance: bigint; to_payee: bigint }>(
    `select
       (select coalesce(sum(c.guarantee), 0)::bigint from case_decisions as c
         join proofs as p on p.id = c.proof_id
         where p.allowance_no = $1) as of_allowance,
       (select coalesce(sum(guarantee), 0)::bigint from case_decisions
         where payee_wallet = $2 and guarantee > 0 and at > $3) as to_payee`,
    [of.allowanceNo, of.payeeWallet, of.since],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('A sum without a row.');
  return { ofAllowance: row.of_allowance, toPayee: row.to_payee };
}
