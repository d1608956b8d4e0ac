import { setImmediate as breathe } from 'node:timers/promises';
import { record } from '../audit/index.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import { startBackTest } from './back-test.ts';
import type { BackTest } from './back-test.ts';
import { limits } from './limits.ts';
import type { Weights } from './model.ts';
import { rulesOf } from './risk.ts';
import type { RuleSet } from './rules.ts';
import {
  insertRuleEvent,
  insertVersion,
  lockStatuses,
  readInForce,
  readPastScores,
  readVersion,
  setActive,
  setStatus,
} from './store/index.ts';
import type { RuleAct, RuleStatus, RuleVersion } from './store/index.ts';

/** Who acts, and when. */
export interface Act {
  readonly by: { readonly accountId: bigint; readonly account: string };
  readonly at: Date;
}

export type Refusal = 'risk/rules_not_found' | 'risk/status_conflict' | 'risk/own_rules';
/** Undefined: done. */
export type Outcome = Refusal | undefined;

/** Keeps rules as a new draft and answers its number. */
export async function draft(
  pool: Pool,
  rules: { readonly name: string; readonly set: RuleSet },
  act: Act,
): Promise<number> {
  const document = JSON.stringify(rules.set.rules);
  const { digest } = rules.set;
  return inTransaction(pool, async (tx) => {
    const by = { by: act.by.accountId, at: act.at };
    const version = await insertVersion(tx, { name: rules.name, document, digest, ...by });
    await tell(tx, { version, act: 'created' }, act);
    return version;
  });
}

/**
 * Scores the newest items of these days again and keeps the report with the version. The items are
 * read page by page outside any transaction, and others get their turn between pages.
 */
export async function backTest(
  deps: { readonly pool: Pool; readonly weights: Weights },
  ask: { readonly version: number; readonly days: number },
  act: Act,
): Promise<Outcome> {
  const found = await readVersion(deps.pool, ask.version);
  if (found === undefined) return 'risk/rules_not_found';
  const report = await testOn(deps, found, { days: ask.days, now: act.at });
  await inTransaction(deps.pool, async (tx) => {
    await lockStatuses(tx);
    const version = await readVersion(tx, ask.version);
    if (version?.status === 'draft') await setStatus(tx, ask.version, 'back_tested');
    await tell(tx, { version: ask.version, act: 'back_tested', report }, act);
  });
  return undefined;
}

async function testOn(
  { pool, weights }: { readonly pool: Pool; readonly weights: Weights },
  version: RuleVersion,
  { days, now }: { readonly days: number; readonly now: Date },
): Promise<BackTest & { readonly days: number; readonly complete: boolean }> {
  const since = new Date(now.getTime() - days * 86_400_000);
  const test = startBackTest(rulesOf(version), weights);
  let before: Parameters<typeof readPastScores>[1]['before'] | undefined = {
    ...{ at: now, upload: 0n, item: 0 },
  };
  for (let read = 0; before !== undefined && read < limits.backTestItems;) {
    const page = await readPastScores(pool, { since, before, most: limits.backTestPage });
    test.add(page.scores);
    read += page.scores.length;
    before = page.last;
    await breathe();
  }
  return { ...test.report(), days, complete: before === undefined };
}

/** From back-tested to watching; who watched before goes back. */
export async function shadow(pool: Pool, version: number, act: Act): Promise<Outcome> {
  return change(pool, { version, from: 'back_tested' }, async (tx, { watching }) => {
    if (watching !== undefined) {
      await setStatus(tx, watching.version, 'back_tested');
      await tell(tx, { version: watching.version, act: 'unshadowed' }, act);
    }
    await setStatus(tx, version, 'shadow');
    await tell(tx, { version, act: 'shadowed' }, act);
    return undefined;
  });
}

/** From watching to deciding, by somebody other than the author; who decided before is retired. */
export async function activate(pool: Pool, version: number, act: Act): Promise<Outcome> {
  return change(pool, { version, from: 'shadow' }, async (tx, { found, deciding }) => {
    if (found.createdBy === act.by.accountId) return 'risk/own_rules';
    if (deciding !== undefined) {
      await setStatus(tx, deciding.version, 'retired');
      await tell(tx, { version: deciding.version, act: 'retired' }, act);
    }
    const by = { by: act.by.accountId, at: act.at };
    await setActive(tx, version, { ...by, replaced: deciding?.version });
    await tell(tx, { version, act: 'activated' }, act);
    return undefined;
  });
}

/** The version that decides is retired, and what it took the place of decides again. */
export async function rollBack(pool: Pool, version: number, act: Act): Promise<Outcome> {
  return change(pool, { version, from: 'active' }, async (tx, { found }) => {
    await setStatus(tx, version, 'retired');
    await tell(tx, { version, act: 'retired' }, act);
    if (found.replaced === undefined) return undefined;
    await setStatus(tx, found.replaced, 'active');
    await tell(tx, { version: found.replaced, act: 'restored' }, act);
    return undefined;
  });
}

interface Standing {
  readonly found: RuleVersion;
  readonly deciding: RuleVersion | undefined;
  readonly watching: RuleVersion | undefined;
}

/** One change at a time, of a version that is in this status. */
async function change(
  pool: Pool,
  which: { readonly version: number; readonly from: RuleStatus },
  act: (tx: Tx, standing: Standing) => Promise<Outcome>,
): Promise<Outcome> {
  return inTransaction(pool, async (tx) => {
    await lockStatuses(tx);
    const found = await readVersion(tx, which.version);
    if (found === undefined) return 'risk/rules_not_found';
    if (found.status !== which.from) return 'risk/status_conflict';
    const inForce = await readInForce(tx);
    const deciding = inForce.find(({ status }) => status === 'active');
    const watching = inForce.find(({ status }) => status === 'shadow');
    return act(tx, { found, deciding, watching });
  });
}

/** Into the version's history and the audit chain. */
async function tell(
  tx: Tx,
  event: { readonly version: number; readonly act: RuleAct; readonly report?: object },
  { by, at }: Act,
): Promise<void> {
  await insertRuleEvent(tx, { ...event, by: by.accountId, at });
  const actor = `account:${by.account}`;
  const subject = `risk_rules:${event.version}`;
  await record(tx, [{ actor, action: `risk_rules.${event.act}`, subject, outcome: 'ok' }], at);
}
