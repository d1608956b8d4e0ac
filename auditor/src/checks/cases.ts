import { hex } from '@sikka/protocol';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { rowsOf } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { auditAgreement } from './agreed.ts';
import type { AgreedRow } from './agreed.ts';

interface CaseRow extends AgreedRow {
  readonly proof_id: Uint8Array;
  readonly loss: string;
  readonly account: string;
  readonly guarantee: bigint;
  readonly is_proved: boolean;
  readonly transfers: bigint;
  readonly paid: bigint;
  readonly told: bigint;
}

/** Each decided case has its proof, two people and one event, and paid its guarantee once. */
export async function auditCases(snapshot: Snapshot, page: Page): Promise<void> {
  for await (const row of rowsOf<CaseRow>(snapshot, CASES)) {
    page.saw();
    const where = { table: 'case_decisions', key: { proof_id: row.proof_id } };
    const isTold = compareColumns(page, where, [
      ['proof', true, row.is_proved],
      ['number of decisions', 1n, row.told],
      ['number of guarantee transfers', row.guarantee > 0n ? 1n : 0n, row.transfers],
      ['guarantee', row.paid, row.guarantee],
    ]);
    if (!isTold) continue;
    const { account, loss } = row;
    const act = { kind: 'case', subject: `proof:${hex(row.proof_id)}`, isDue: true };
    auditAgreement(page, where, { ...act, row, content: JSON.stringify({ account, loss }) });
  }
}

const CASES = `
  with told as (
    select subject, count(*) as told from audit_events
    where action = 'case.decided' group by subject
  )
  select c.proof_id, c.loss, c.account, c.guarantee, c.approval,
    exists (select from proofs as p where p.id = c.proof_id) as is_proved, m.transfers, m.paid,
    coalesce(t.told, 0) as told, p.kind as approval_kind, p.subject as approval_subject,
    p.content as approval_content, p.outcome as approval_outcome, p.proposed_by,
    p.decided_by as approved_by
  from case_decisions as c
  left join approvals as p on p.id = c.approval
  left join told as t on t.subject = 'proof:' || encode(c.proof_id, 'hex')
  cross join lateral (
    select count(*) as transfers, coalesce(sum(g.amount), 0) as paid from ledger_transfers as g
    where g.kind = 'guarantee' and g.reference = c.proof_id
  ) as m
  order by c.proof_id`;
