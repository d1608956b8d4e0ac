import type { Handlers } from '../../caller.ts';
import { createLocal } from './create-local.ts';
import { signAndStore } from './sign-and-store.ts';
import { sync } from './sync.ts';
import type { SyncDeps } from './sync.ts';
import { confirmOffline, listOffline, unifiedHistory } from './transactions.ts';
import { verifyReceiptRoute } from './verify-receipt.ts';

/** Offline transactions as older clients write them (http-api.md). */
export { chainHead } from './chains.ts';
export type { BlockAccount } from './chains.ts';
export type { SyncDeps as OfflineDeps } from './sync.ts';

type OfflineRoutes =
  | 'createLocal'
  | 'signAndStore'
  | 'syncOffline'
  | 'confirmOffline'
  | 'listOffline'
  | 'unifiedHistory'
  | 'verifyReceipt';

export function offlineRoutes(deps: SyncDeps): Handlers<OfflineRoutes> {
  return {
    createLocal: (call) => createLocal(deps, call),
    signAndStore: (call) => signAndStore(deps, call),
    syncOffline: (call) => sync(deps, call),
    confirmOffline: (call) => confirmOffline(deps, call),
    listOffline: (call) => listOffline(deps, call),
    unifiedHistory: (call) => unifiedHistory(deps, call),
    verifyReceipt: verifyReceiptRoute(deps.verifier),
  };
}
