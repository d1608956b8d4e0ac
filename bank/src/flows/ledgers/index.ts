/** Sealed ledgers: people, limits, and what ledgers settle (decisions/0028). */
export type { LimitWalletDeps } from './limit-wallets.ts';
export { limitWalletRoutes } from './limit-wallets.ts';
export type { LedgerPeopleDeps } from './people.ts';
export { ledgerPeopleRoutes } from './people.ts';
