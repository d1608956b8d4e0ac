import type { BundlePush } from '@sikka/protocol';
import { MAX_PUSHES, PUSH_TRANSACTIONS } from '../limits.ts';
import type { BankAnswer } from './bank-requests.ts';
import type { Pending } from './pending.ts';
import type { OfflineTransaction, SyncResult } from './types.ts';

export interface SyncWith {
  readonly pending: Pending;
  /** Makes a bundle under a new id; undefined while no key of the bank is known. */
  readonly bundle: (transactions: readonly OfflineTransaction[]) => Promise<BundlePush | undefined>;
  readonly push: (bundle: BundlePush) => Promise<BankAnswer>;
}

export interface SyncOutcome {
  readonly result: SyncResult;
  /** Why the last bundle was refused, if one was. */
  readonly refused: Extract<BankAnswer, { kind: 'refused' }> | undefined;
}

/**
 * Pushes everything that waits, bundle by bundle, and forgets a transaction only when the bank has
 * answered for it. A bundle that the bank cannot take (400) is cut in two until the transaction at
 * fault is by itself; anything else refused or lost ends the sync.
 */
export async function syncPending({ pending, bundle, push }: SyncWith): Promise<SyncOutcome> {
  const errors: string[] = [];
  let [pushed, failed, tries] = [0, 0, 0];
  let refused: SyncOutcome['refused'];
  await pending.own();
  const waiting = chunksOf(await pending.read());
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    tries += 1;
    if (tries > MAX_PUSHES) {
      errors.push('The rest waits for the next sync.');
      break;
    }
    const made = await bundle(next);
    if (made === undefined) {
      errors.push('The bank’s key is not known yet.');
      break;
    }
    const answer = await push(made);
    if (answer.kind === 'taken') {
      await pending.remove(new Set(next.map(({ local_id }) => local_id)));
      pushed += 1;
      continue;
    }
    errors.push(answer.error);
    if (answer.kind === 'lost') break;
    failed += 1;
    refused = answer;
    if (answer.status !== 400) break;
    if (next.length > 1) waiting.unshift(...halvesOf(next));
  }
  const success = errors.length === 0;
  return { result: { success, bundlesPushed: pushed, bundlesFailed: failed, errors }, refused };
}

function chunksOf(all: readonly OfflineTransaction[]): (readonly OfflineTransaction[])[] {
  const count = Math.ceil(all.length / PUSH_TRANSACTIONS);
  return Array.from({ length: count }, (_, i) =>
    all.slice(i * PUSH_TRANSACTIONS, (i + 1) * PUSH_TRANSACTIONS),
  );
}

function halvesOf(all: readonly OfflineTransaction[]): (readonly OfflineTransaction[])[] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}
