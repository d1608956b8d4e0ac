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
  readonly told: bigint;
}

/** Each decided case has its proof, two people and one event. */
export async function auditCases(snapshot: Snapshot, page: Page): Promise<void> {
  for await (const row of rowsOf<CaseRow>(snapshot, CASES)) {
    page.saw();
    const where = { table: 'case_decisions', key: { proof_id: row.proof_id } };
    const isTold = compareColumns(page, where, [
      ['proof', true, row.is_proved],
      ['number of decisions', 1n, row.told],
    ]);
    if (!isTold) continue;
    const { account, guarantee, loss } = row;
    const pays = guarantee > 0n ? { guarantee: String(guarantee) } : {};
    const act = { kind: 'case', subject: `proof:${hex(row.proof_id)}`, isDue: true };
    auditAgreement(page, where, {
      ...act,
      row,
      content: JSON.stringify({ account, ...pays, loss }),
    });
  }
}

const CASES = `
  with told as (
    select subject, count(*) as told from audit_events
    where action = 'case.decided' group by subject
  )
  select c.proof_id, c.loss, c.account, c.guarantee, c.approval,
    exists (select from proofs as p where p.id = c.proof_id) as is_proved,
    coalesce(t.told, 0) as told, p.kind as approval_kind, p.subject as approval_subject,
    p.content as approval_content, p.outcome as approval_outcome, p.proposed_by,
    p.decided_by as approved_by
  from case_decisions as c
  left join approvals as p on p.id = c.approval
  left join told as t on t.subject = 'proof:' || encode(c.proof_id, 'hex')
  order by c.proof_id`;
