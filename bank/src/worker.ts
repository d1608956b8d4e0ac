import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { checkpoint, sequence } from './audit/index.ts';
import { isUnavailable } from './db/index.ts';
import type { Pool } from './db/index.ts';
import { ensureIssuerKey, ensureSealingKey } from './flows/index.ts';
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
  /** After a failure: the database may be restarting. */
  afterFailure: 1_000,
} as const;

/**
 * What goes on beside requests. Every loop may run in any number of processes at once and be
 * killed at any instruction: each step is one transaction that finds its work in the database.
 */
export function startWorker(deps: WorkerDeps): Worker {
  const { pool, bank, settlement, bulletins, issuerKeys, clock } = deps;
  const stopping = new AbortController();
  // Each loop listens while it pauses.
  setMaxListeners(Object.keys(EVERY).length, stopping.signal);
  const loop = (name: keyof typeof EVERY, act: () => Promise<unknown>) =>
    repeat(name, act, { log: deps.log, stopping: stopping.signal });
  const ears: RailEars = {
    settle: (tx, news, now) => settleTopUp(deps, tx, news, now),
    endPayout: (tx, news, now) => endWithdrawal(deps, tx, news, now),
  };
  const loops = [
    loop('sequencing', async () => {
      await sequence(pool);
      await checkpoint(pool, { bank, now: clock(), issuer: await issuerKeys.signer() });
    }),
    loop('draining', async () => {
      const { failed } = await settlement.drain();
      for (const { uploadId, reason } of failed) {
        deps.log.error('settlement.failed', { upload: String(uploadId), reason });
      }
    }),
    loop('bulletins', () => bulletins.issueIfDue(clock())),
    loop('closing', () => settlement.closeAllowances(clock())),
    loop('keys', async () => {
      await ensureIssuerKey(deps, clock());
      await ensureSealingKey(deps);
    }),
    loop('mail', () => deps.mailer.drain()),
    loop('publishing', () => publishEvents(pool, clock())),
    loop('streaming', () => deps.events.poll()),
    loop('webhooks', () => deps.webhooks.deliver()),
    loop('forgetting', async () => {
      await deps.mailer.prune();
      await forgetEvents(pool, clock());
    }),
    loop('limits', () => pruneCounters(pool, new Date(clock().getTime() - EVERY.limits))),
    loop('rail', async () => {
      await deps.rail.send(clock());
      await deps.rail.collect(ears, clock());
    }),
  ];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function repeat(
  name: keyof typeof EVERY,
  act: () => Promise<unknown>,
  { log, stopping }: { readonly log: Log; readonly stopping: AbortSignal },
): Promise<void> {
  while (!stopping.aborted) {
    const wait = await once(name, act, log);
    await pause(wait, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** How long to wait before the next time. */
async function once(
  name: keyof typeof EVERY,
  act: () => Promise<unknown>,
  log: Log,
): Promise<number> {
  try {
    await act();
    return EVERY[name];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const level = isUnavailable(error) ? 'warn' : 'error';
    log[level]('worker.failed', { loop: name, message });
    return Math.max(EVERY[name], EVERY.afterFailure);
  }
}
