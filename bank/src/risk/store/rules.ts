import type { Db, Tx } from '../../db/index.ts';

export const RULE_STATUSES = ['draft', 'back_tested', 'shadow', 'active', 'retired'] as const;
export type RuleStatus = (typeof RULE_STATUSES)[number];

export type RuleAct =
  'created' | 'back_tested' | 'shadowed' | 'unshadowed' | 'activated' | 'retired' | 'restored';

export interface RuleVersion {
  readonly version: number;
  readonly name: string;
  /** As it was stored: to be read again. */
  readonly document: unknown;
  readonly status: RuleStatus;
  readonly createdBy: bigint;
  /** Public id. */
  readonly author: string;
  readonly createdAt: Date;
  readonly activator: string | undefined;
  readonly activatedAt: Date | undefined;
  /** What was active until it was activated. */
  readonly replaced: number | undefined;
}

interface Row {
  readonly version: number;
  readonly name: string;
  readonly document: unknown;
  readonly status: RuleStatus;
  readonly created_by: bigint;
  readonly author: string;
  readonly created_at: Date;
  readonly activator: string | null;
  readonly activated_at: Date | null;
  readonly replaced: number | null;
}

const VERSIONS = `
  select r.version, r.name, r.document, r.status, r.created_by, author.public_id as author,
         r.created_at, activator.public_id as activator, r.activated_at, r.replaced
    from risk_rules as r
    join accounts as author on author.id = r.created_by
    left join accounts as activator on activator.id = r.activated_by`;

function versionOf(row: Row): RuleVersion {
  return {
    version: row.version,
    name: row.name,
    document: row.document,
    status: row.status,
    createdBy: row.created_by,
    author: row.author,
    createdAt: row.created_at,
    activator: row.activator ?? undefined,
    activatedAt: row.activated_at ?? undefined,
    replaced: row.replaced ?? undefined,
  };
}

/** Newest first, below `before`. */
export async function readVersions(
  db: Db,
  ask: { readonly before: number | undefined; readonly most: number },
): Promise<readonly RuleVersion[]> {
  const { rows } = await db.query<Row>(
    `${VERSIONS} where r.version < coalesce($1, 2147483647) order by r.version desc limit $2`,
    [ask.before ?? null, ask.most],
  );
  return rows.map(versionOf);
}

export async function readVersion(db: Db, version: number): Promise<RuleVersion | undefined> {
  const { rows } = await db.query<Row>(`${VERSIONS} where r.version = $1`, [version]);
  return rows[0] === undefined ? undefined : versionOf(rows[0]);
}

/** What decides and what only watches: at most one of each. */
export async function readInForce(db: Db): Promise<readonly RuleVersion[]> {
  const { rows } = await db.query<Row>(`${VERSIONS} where r.status in ('active', 'shadow')`);
  return rows.map(versionOf);
}

/**
 * Who changes a status waits for whoever does so already, until that has ended. Whoever scores
 * does not wait.
 */
export async function lockStatuses(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('risk_rules', 0))`);
}

export async function insertVersion(
  tx: Tx,
  rules: {
    readonly name: string;
    readonly document: string;
    readonly digest: Uint8Array;
    readonly by: bigint;
    readonly at: Date;
  },
): Promise<number> {
  const { rows } = await tx.query<{ readonly version: number }>(
    `insert into risk_rules (name, document, digest, created_by, created_at)
     values ($1, $2, $3, $4, $5) returning version`,
    [rules.name, rules.document, rules.digest, rules.by, rules.at],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('A version was not inserted.');
  return row.version;
}

export async function setStatus(tx: Tx, version: number, status: RuleStatus): Promise<void> {
  await tx.query(`update risk_rules set status = $2 where version = $1`, [version, status]);
}

export async function setActive(
  tx: Tx,
  version: number,
  act: { readonly by: bigint; readonly at: Date; readonly replaced: number | undefined },
): Promise<void> {
  await tx.query(
    `update risk_rules set status = 'active', activated_by = $2, activated_at = $3, replaced = $4
      where version = $1`,
    [version, act.by, act.at, act.replaced ?? null],
  );
}

export async function insertRuleEvent(
  tx: Tx,
  event: {
    readonly version: number;
    readonly act: RuleAct;
    readonly by: bigint;
    readonly report?: object;
    readonly at: Date;
  },
): Promise<void> {
  const report = event.report === undefined ? null : JSON.stringify(event.report);
  await tx.query(
    `insert into risk_rule_events (version, act, by_account, report, at)
     values ($1, $2, $3, $4, $5)`,
    [event.version, event.act, event.by, report, event.at],
  );
}

export interface RuleEvent {
  readonly act: RuleAct;
  /** Public id. */
  readonly by: string;
  readonly at: Date;
  readonly report: unknown;
}

/** Oldest first. */
export async function readRuleEvents(db: Db, version: number): Promise<readonly RuleEvent[]> {
  const { rows } = await db.query<RuleEvent>(
    `select e.act, a.public_id as by, e.at, e.report
       from risk_rule_events as e join accounts as a on a.id = e.by_account
      where e.version = $1 order by e.id`,
    [version],
  );
  return rows;
}
