import type { Verifier } from '@sikka/protocol';
import type { Handlers } from '../../caller.ts';
import type { Pool } from '../../db/index.ts';
import type { Identity } from '../../identity/index.ts';
import type { Log } from '../../log.ts';
import type { Settlement } from '../../settlement/index.ts';
import type { BlockAccount } from './chains.ts';
import { createLocal } from './create-local.ts';
import { signAndStore } from './sign-and-store.ts';
import { sync } from './sync.ts';
import { confirmOffline, listOffline, unifiedHistory } from './transactions.ts';
import { verifyReceiptRoute } from './verify-receipt.ts';

/** Offline transactions as older clients write them (http-api.md). */
export { chainHead } from './chains.ts';

export interface OfflineDeps extends Pick<Identity, 'people' | 'notices'> {
  readonly pool: Pool;
  readonly settlement: Settlement;
  readonly verifier: Verifier;
  readonly log: Log;
}

type OfflineRoutes =
  | 'createLocal'
  | 'signAndStore'
  | 'syncOffline'
  | 'confirmOffline'
  | 'listOffline'
  | 'unifiedHistory'
  | 'verifyReceipt';

export function offlineRoutes(deps: OfflineDeps): Handlers<OfflineRoutes> {
  const syncDeps = { ...deps, block: blockAndTell(deps) };
  return {
    createLocal: (call) => createLocal(deps, call),
    signAndStore: (call) => signAndStore(deps, call),
    syncOffline: (call) => sync(syncDeps, call),
    confirmOffline: (call) => confirmOffline(deps, call),
    listOffline: (call) => listOffline(deps, call),
    unifiedHistory: (call) => unifiedHistory(deps, call),
    verifyReceipt: verifyReceiptRoute(deps.verifier),
  };
}

/** Whose chain is broken is told by mail, in the same transaction. */
function blockAndTell({ people, notices }: OfflineDeps): BlockAccount {
  return async (tx, accountId, change) => {
    const blocked = await people.block(tx, accountId, change);
    if (blocked) await notices.tell(tx, { accountId, template: 'blocked', at: change.now });
    return blocked;
  };
}
