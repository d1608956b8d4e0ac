import type { Db, Tx } from '../db/index.ts';
import type { Approval } from './approvals.ts';
import type { OfflinePolicy, TillMethod } from './offline-policies.ts';

interface Proposal {
  readonly kind: string;
  readonly subject: string;
  readonly content: string;
  readonly sha256: Uint8Array;
  readonly by: bigint | undefined;
  readonly at: Date;
}

export interface OpenProposal {
  readonly id: bigint;
  /** Undefined for somebody without a name, in a demo. */
  readonly by: bigint | undefined;
  /** Recent, and by somebody who has a name and is not blocked. */
  readonly counts: boolean;
}

/** The open proposal of exactly this, locked until the transaction ends. */
export async function lockProposal(
  tx: Tx,
  { kind, subject, sha256 }: Proposal,
  since: Date,
): Promise<OpenProposal | undefined> {
  const { rows } = await tx.query<{ id: bigint; proposed_by: bigint | null; counts: boolean }>(
    `select p.id, p.proposed_by, coalesce(a.status = 'active' and p.proposed_at >= $4, false)
       as counts
     from approvals as p
     left join accounts as a on a.id = p.proposed_by
     where p.kind = $1 and p.subject = $2 and p.content_sha256 = $3 and p.outcome is null
     for update of p`,
    [kind, subject, sha256, since],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return { id: row.id, by: row.proposed_by ?? undefined, counts: row.counts };
}

export async function readAgreed(
  db: Db,
  { kind, subject, sha256 }: Pick<Proposal, 'kind' | 'subject' | 'sha256'>,
): Promise<bigint | undefined> {
  const { rows } = await db.query<{ id: bigint }>(
    `select id from approvals
     where kind = $1 and subject = $2 and content_sha256 = $3
       and outcome in ('approved', 'approved_alone')
     order by id
     limit 1`,
    [kind, subject, sha256],
  );
  return rows[0]?.id;
}

/** Undefined where the same was proposed at this moment. */
export async function insertApproval(
  tx: Tx,
  approval: Proposal & { readonly outcome: 'approved_alone' | undefined },
): Promise<bigint | undefined> {
  const { kind, subject, content, sha256, by, at, outcome } = approval;
  const decidedAt = outcome === undefined ? null : at;
  const { rows } = await tx.query<{ id: bigint }>(
    `insert into approvals (kind, subject, content, content_sha256, proposed_by, proposed_at,
       outcome, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict do nothing
     returning id`,
    [kind, subject, content, sha256, by ?? null, at, outcome ?? null, decidedAt],
  );
  return rows[0]?.id;
}

export async function closeProposal(
  tx: Tx,
  id: bigint,
  {
    outcome,
    by,
    at,
  }: {
    readonly outcome: 'approved' | 'withdrawn';
    readonly by: bigint | undefined;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    'update approvals set outcome = $2, decided_by = $3, decided_at = $4 where id = $1',
    [id, outcome, by ?? null, at],
  );
}

export async function readOpen(db: Db, limit: number): Promise<readonly Approval[]> {
  const { rows } = await db.query<{
    id: bigint;
    kind: string;
    subject: string;
    content: string;
    public_id: string | null;
    proposed_at: Date;
  }>(
    `select p.id, p.kind, p.subject, p.content, a.public_id, p.proposed_at
     from approvals as p
     left join accounts as a on a.id = p.proposed_by
     where p.outcome is null
     order by p.id
     limit $1`,
    [limit],
  );
  return rows.map(({ id, kind, subject, content, public_id, proposed_at }) => ({
    ...{ id, kind, subject, content },
    ...{ proposedBy: public_id ?? undefined, proposedAt: proposed_at },
  }));
}

interface PolicyRow {
  readonly version: number;
  readonly currency: number;
  readonly max_amount: bigint;
  readonly max_per_day: number;
  readonly agent_approval_above: bigint | null;
  readonly methods: readonly TillMethod[];
  readonly max_age_hours: number;
  readonly enabled: boolean;
  readonly review_from: number;
  readonly quarantine_from: number;
  readonly effective_from: Date;
}

export async function readPolicy(
  db: Db,
  country: string,
  at: Date,
): Promise<OfflinePolicy | undefined> {
  const { rows } = await db.query<PolicyRow>(
    `select version, currency, max_amount, max_per_day, agent_approval_above, methods,
       max_age_hours, enabled, review_from, quarantine_from, effective_from
     from offline_policies
     where country = $1 and effective_from <= $2
     order by version desc
     limit 1`,
    [country, at],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    ...{ country, version: row.version, currency: row.currency, methods: row.methods },
    ...{ maxAmountMinor: row.max_amount, maxPerDay: row.max_per_day, enabled: row.enabled },
    agentApprovalAboveMinor: row.agent_approval_above ?? undefined,
    ...{ maxAgeHours: row.max_age_hours, reviewFrom: row.review_from },
    ...{ quarantineFrom: row.quarantine_from, effectiveFrom: row.effective_from },
  };
}

/** The version's number; undefined where another was written at this moment. */
export async function insertPolicy(
  tx: Tx,
  terms: Omit<OfflinePolicy, 'version'>,
  approval: bigint,
): Promise<number | undefined> {
  const { rows } = await tx.query<{ version: number }>(
    `insert into offline_policies (country, version, approval, currency, max_amount, max_per_day,
       agent_approval_above, methods, max_age_hours, enabled, review_from, quarantine_from,
       effective_from)
     select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
     from offline_policies where country = $1
     on conflict do nothing
     returning version`,
    [
      terms.country,
      approval,
      terms.currency,
      terms.maxAmountMinor,
      terms.maxPerDay,
      terms.agentApprovalAboveMinor ?? null,
      terms.methods,
      terms.maxAgeHours,
      terms.enabled,
      terms.reviewFrom,
      terms.quarantineFrom,
      terms.effectiveFrom,
    ],
  );
  return rows[0]?.version;
}
