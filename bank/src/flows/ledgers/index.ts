/** Sealed ledgers: people, limits, and what ledgers settle (decisions/0028). */
export type { LimitWalletDeps } from './limit-wallets.ts';
export { limitWalletRoutes } from './limit-wallets.ts';
export { LEDGER_INTAKE_CODES } from './codes.ts';
export type { LedgerDeps } from './routes.ts';
export { ledgerRoutes } from './routes.ts';
export type { LedgerPeopleDeps } from './people.ts';
export { ledgerPeopleRoutes } from './people.ts';
