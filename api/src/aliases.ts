import type { Method } from './route.ts';
import type { RouteName } from './routes.ts';

/** Another path to a row of the table, by which older clients call it. */
export interface Alias {
  readonly method: Method;
  /** With the parameters that the row's own path names. */
  readonly path: string;
  readonly of: RouteName;
}

/**
 * Same method, parameters, body and answer as the row; limits, logs and idempotency go by the
 * row's name, so that no path is a second bucket.
 */
export const ALIASES: readonly Alias[] = [
  { method: 'POST', path: '/auth/refresh', of: 'refreshToken' },
  { method: 'POST', path: '/wallet/create', of: 'createWallet' },
  { method: 'GET', path: '/wallet/list', of: 'listWallets' },
  { method: 'GET', path: '/wallet/{wallet_id}', of: 'getWallet' },
  { method: 'POST', path: '/wallet/transfer', of: 'createTransfer' },
  { method: 'GET', path: '/tx/list', of: 'listTransactions' },
  { method: 'POST', path: '/offline-tx/create', of: 'createLocal' },
  { method: 'POST', path: '/offline-tx/sign-and-store', of: 'signAndStore' },
  { method: 'POST', path: '/api/v1/offline-transactions/offline-sync', of: 'syncOffline' },
  { method: 'POST', path: '/offline-tx/sync', of: 'syncOffline' },
  { method: 'POST', path: '/offline-tx/{id}/confirm', of: 'confirmOffline' },
  { method: 'GET', path: '/offline-tx/list', of: 'listOffline' },
  { method: 'POST', path: '/offline-tx/verify-receipt', of: 'verifyReceipt' },
];
