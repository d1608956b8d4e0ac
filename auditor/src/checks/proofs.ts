import { sha256, verifyProof } from '@sikka/protocol';
import type { VerifiedProof } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { limits } from '../limits.ts';

interface ProofRow {
  readonly id: Uint8Array;
  readonly packet: Uint8Array;
  readonly verdict: string;
  readonly first_id: Uint8Array;
  readonly second_id: Uint8Array;
  readonly allowance_no: bigint;
  readonly device_no: bigint;
  readonly account_id: bigint;
  readonly allowance_id: Uint8Array | null;
  readonly allowance_device: bigint | null;
  readonly allowance_account: bigint | null;
  readonly revoked_at: Date | null;
}

/**
 * Every proof verifies with the bank's keys alone (spec/evidence.md §1), accuses the device of
 * that allowance and nobody else, names a document that stands, and had its effect.
 */
export async function auditProofs(audit: Audit): Promise<void> {
  const options = { rows: limits.packetRows };
  const page = audit.book.page('proofs');
  for await (const rows of audit.snapshot.pages<ProofRow>(PROOFS, options)) {
    const proofs = await inOrder(page, rows, (row, line) => auditProof(audit, line, row));
    const standing = await readStanding(audit, proofs.flatMap(idsOf));
    for (const [index, row] of rows.entries()) {
      const ids = idsOf(proofs[index]).map(keyOf);
      if (ids.length === 0 || ids.some((id) => standing.has(id))) continue;
      const what = 'neither of its documents is settled or recorded';
      const expected = 'one that stands';
      page.wrong({ ...whereOf(row), what, expected, found: ids.join(', ') });
    }
  }
}

async function auditProof(
  audit: Audit,
  page: Page,
  row: ProofRow,
): Promise<VerifiedProof | undefined> {
  page.saw();
  const where = whereOf(row);
  const proved = await verifyProof(row.packet, { ...audit.trust, allowances: audit.issued });
  if (!proved.ok) {
    const found = `${proved.code}: ${proved.detail}`;
    page.wrong({ ...where, what: 'it proves nothing', expected: row.verdict, found });
    return undefined;
  }
  const isAsProved = compareColumns(page, where, [
    ['id', sha256(row.packet), row.id],
    ['verdict', proved.value.verdict, row.verdict],
    ['first_id', proved.value.first.id, row.first_id],
    ['second_id', proved.value.second.id, row.second_id],
    ['allowance_no', proved.value.allowanceId, row.allowance_id],
    ['device_no', row.allowance_device, row.device_no],
    ['account_id', row.allowance_account, row.account_id],
  ]);
  if (isAsProved && row.revoked_at === null) {
    const what = 'its allowance is not revoked';
    page.wrong({ ...where, what, expected: 'revoked', found: undefined });
  }
  return proved.value;
}

function idsOf(proof: VerifiedProof | undefined): readonly Uint8Array[] {
  return proof === undefined ? [] : [proof.first.id, proof.second.id];
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex');
}

/** Which of these documents are settled payments or recorded Returns. */
async function readStanding(
  { snapshot }: Audit,
  ids: readonly Uint8Array[],
): Promise<ReadonlySet<string>> {
  const rows = await snapshot.query<{ id: Uint8Array }>(STANDING, [ids]);
  return new Set(rows.map(({ id }) => keyOf(id)));
}

function whereOf({ id }: ProofRow) {
  return { table: 'proofs', key: { id } };
}

const PROOFS = `
  select p.id, p.packet, p.verdict, p.first_id, p.second_id, p.allowance_no, p.device_no,
    p.account_id, a.id as allowance_id, a.device_no as allowance_device,
    a.account_id as allowance_account, s.revoked_at
  from proofs as p
  left join allowances as a on a.no = p.allowance_no
  left join allowance_states as s on s.no = p.allowance_no
  order by p.id`;

const STANDING = `
  select payment_id as id from settled_payments where payment_id = any ($1::bytea[])
  union all
  select id from allowance_returns where id = any ($1::bytea[])`;
