import { verifyAuditChain, verifyLog } from '../../audit/index.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { checkBooks } from '../../ledger/index.ts';
import type { Log } from '../../log.ts';
import { limits } from './limits.ts';
import * as store from './store.ts';

export interface NightlyDeps {
  readonly pool: Pool;
  readonly clock: () => Date;
  readonly log: Log;
}

export interface NightlyReport {
  /** How many of each kind were found, at most `limits.nightlyFindings`; all 0 where it is well. */
  readonly found: Readonly<Record<string, number>>;
  /** The first of each kind that was found. */
  readonly findings: Readonly<Record<string, readonly unknown[]>>;
  /** What was looked at, and what waits; none of it is a fault. */
  readonly seen: Readonly<Record<string, number>>;
}

/**
 * Once a UTC day, by whichever worker comes first: recomputes the books and compares them with the
 * evidence of settlement, at one moment. What it finds is kept and logged as an error; nothing is
 * ever corrected. Documents are proved anew by `sikka audit` alone.
 */
export async function checkNightly({ pool, clock, log }: NightlyDeps): Promise<void> {
  const now = clock();
  const day = now.toISOString().slice(0, 10);
  const lostBefore = new Date(now.getTime() - limits.nightlyLostMs);
  if (!(await store.takeDay(pool, { day, now, lostBefore }))) return;
  const report = await inTransaction(pool, (tx) => check(tx, now), {
    isolation: 'repeatable read',
    readOnly: true,
  });
  const ok = Object.values(report.found).every((count) => count === 0);
  const kept = { day, startedAt: now, finishedAt: clock(), ok, report };
  await store.finishDay(pool, kept);
  if (ok) log.info('nightly.finished', { day, ...report.seen });
  else log.error('nightly.found', { day, ...report.found });
}

async function check(tx: Tx, now: Date): Promise<NightlyReport> {
  const most = limits.nightlyFindings;
  await store.allowLongStatements(tx, limits.nightlyStatementMs);
  const books = await checkBooks(tx);
  const chain = await verifyAuditChain(tx);
  const paymentLog = await verifyLog(tx);
  const inbox = await store.readInbox(tx, now);
  const findings = {
    sums: [...books.sums].filter(([, sum]) => sum !== 0n).map(([currency]) => currency),
    balances: books.discrepancies.slice(0, most).map(({ account }) => account.toString()),
    below_floor: await store.readBelowFloor(tx, most),
    settlement_days: await store.readSettlementDifferences(tx, most),
    reservations: await store.readReservationDifferences(tx, most),
    limit_wallets: await store.readLimitWalletDifferences(tx, most),
    audit_chain: chain.findings.map(({ code }) => code),
    payment_log: paymentLog.findings.map(({ code }) => code),
  };
  const counts = Object.entries(findings).map(([kind, found]) => [kind, found.length] as const);
  return {
    found: Object.fromEntries(counts),
    findings,
    seen: {
      audit_events: chain.size,
      log_leaves: paymentLog.size,
      inbox_depth: inbox.depth,
      inbox_oldest_seconds: Math.round(inbox.oldestSeconds),
      held_items: inbox.heldItems,
      reviews_open: inbox.reviewsOpen,
    },
  };
}
