import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { checkpoint, sequence } from './audit/index.ts';
import { isUnavailable } from './db/index.ts';
import type { Pool } from './db/index.ts';
import { checkNightly, ensureIssuerKey, ensureSealingKey } from './flows/index.ts';
import { pruneCounters } from './http/index.ts';
import type { IssuerKeys, SealingKeys } from './keys/index.ts';
import type { Log } from './log.ts';
import { forgetEvents, publishEvents } from './notify/index.ts';
import type { EventStreams, Mailer, Webhooks } from './notify/index.ts';
import type { Settlement } from './settlement/index.ts';
import type { Notices, People } from './identity/index.ts';
import type { BankRail, RailEars } from './rail/index.ts';
import { endWithdrawal, settleTopUp } from './wallets/index.ts';
import type { Bulletins } from './wallets/index.ts';

export interface WorkerDeps {
  readonly pool: Pool;
  readonly bank: string;
  readonly issuerKeys: IssuerKeys;
  readonly sealingKeys: SealingKeys;
  readonly settlement: Settlement;
  readonly bulletins: Bulletins;
  readonly clock: () => Date;
  readonly log: Log;
  readonly mailer: Mailer;
  readonly events: EventStreams;
  readonly webhooks: Webhooks;
  readonly rail: BankRail;
  readonly people: People;
  readonly notices: Notices;
  /** Milliseconds between two looks for other banks' files, where it is not the usual. */
  readonly railEvery?: number | undefined;
}

export interface Worker {
  /** Starts nothing new and waits for what is running. */
  stop(): Promise<void>;
}

/** Milliseconds between two looks; each look is a query that mostly finds nothing. */
const EVERY = {
  /** Receipts wait for their place in the log and for the checkpoint over it. */
  sequencing: 250,
  /** Only for uploads whose caller did not wait or was lost. */
  draining: 500,
  /** A revocation reaches phones at their next sync, so seconds matter little. */
  bulletins: 5_000,
  /** A claim window ends on some second of some day. */
  closing: 30_000,
  keys: 3_600_000,
  /** Whoever waits for a code has the app open. */
  mail: 500,
  /** What happened is on a screen within half a second. */
  publishing: 250,
  streaming: 250,
  webhooks: 1_000,
  forgetting: 3_600_000,
  /** Counters of minutes that are over. */
  limits: 60_000,
  /** Another bank's files come some times a day. */
  rail: 5_000,
  /** The day's check begins within minutes of midnight, UTC. */
  nightly: 300_000,
  /** After a failure: the database may be restarting. */
  afterFailure: 1_000,
} as const;

/** One thing that is done again and again. */
type Loops = Partial<Record<Name, (stopping: AbortSignal) => Promise<unknown>>>;
type Name = keyof typeof EVERY;
type Every = Readonly<Record<Name, number>>;

/**
 * What goes on beside requests. Every loop may run in any number of processes at once and be
 * killed at any instruction: each step is one transaction that finds its work in the database.
 */
export function startWorker(deps: WorkerDeps): Worker {
  const { railEvery: rail = EVERY.rail } = deps;
  return startLoops(loopsOf(deps), { log: deps.log, every: { ...EVERY, rail } });
}

/** One round of what settles and announces, in order: for whoever keeps the time himself. */
export async function workOnce(deps: WorkerDeps): Promise<void> {
  const loops = loopsOf(deps);
  const { signal } = new AbortController();
  for (const name of ['draining', 'closing', 'sequencing', 'bulletins', 'publishing'] as const) {
    await loops[name]?.(signal);
  }
}

/** What a bank does by itself where its worker is another process: its own callers' streams. */
export function startStreaming({ events, log }: Pick<WorkerDeps, 'events' | 'log'>): Worker {
  return startLoops({ streaming: () => events.poll() }, { log, every: EVERY });
}

function startLoops(
  loops: Loops,
  { log, every }: { readonly log: Log; readonly every: Every },
): Worker {
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each loop listens while it pauses.
  setMaxListeners(Object.keys(EVERY).length, signal);
  const running = (Object.keys(loops) as Name[]).map(async (name) => {
    const act = loops[name];
    if (act === undefined) return;
    await repeat(name, () => act(signal), { log, stopping: signal, wait: every[name] });
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

function loopsOf(deps: WorkerDeps): Loops {
  const { pool, bank, settlement, bulletins, issuerKeys, clock } = deps;
  const ears: RailEars = {
    settle: (tx, news, now) => settleTopUp(deps, tx, news, now),
    endPayout: (tx, news, now) => endWithdrawal(deps, tx, news, now),
  };
  return {
    sequencing: async () => {
      await sequence(pool);
      await checkpoint(pool, { bank, now: clock(), issuer: await issuerKeys.signer(pool) });
    },
    draining: async (stopping) => {
      const { failed } = await settlement.drain(stopping);
      for (const { uploadId, reason } of failed) {
        deps.log.error('settlement.failed', { upload: String(uploadId), reason });
      }
    },
    bulletins: () => bulletins.issueIfDue(clock()),
    closing: () => settlement.closeAllowances(),
    keys: async () => {
      await ensureIssuerKey(deps, clock());
      await ensureSealingKey(deps);
    },
    mail: () => deps.mailer.drain(),
    publishing: () => publishEvents(pool),
    streaming: () => deps.events.poll(),
    webhooks: () => deps.webhooks.deliver(),
    forgetting: async () => {
      await deps.mailer.prune();
      await forgetEvents(pool);
    },
    limits: () => pruneCounters(pool, { now: clock(), keptMs: EVERY.limits }),
    rail: async () => {
      await deps.rail.send(clock());
      await deps.rail.collect(ears, clock);
    },
    nightly: () => checkNightly(deps),
  };
}

async function repeat(
  name: Name,
  act: () => Promise<unknown>,
  on: { readonly log: Log; readonly stopping: AbortSignal; readonly wait: number },
): Promise<void> {
  const { log, stopping, wait } = on;
  while (!stopping.aborted) {
    const well = await once(name, act, log);
    await pause(well ? wait : Math.max(wait, EVERY.afterFailure), undefined, {
      signal: stopping,
    }).catch(() => undefined);
  }
}

/** Whether it went well. */
async function once(name: Name, act: () => Promise<unknown>, log: Log): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const level = isUnavailable(error) ? 'warn' : 'error';
    log[level]('worker.failed', { loop: name, message });
    return false;
  }
}
