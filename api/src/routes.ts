import type { Route } from './route.ts';
import { accountRoutes } from './routes/accounts.ts';
import { allowanceRoutes } from './routes/allowances.ts';
import { deviceRoutes } from './routes/devices.ts';
import { documentRoutes } from './routes/documents.ts';
import { logRoutes } from './routes/log.ts';
import { operatorRoutes } from './routes/operators.ts';
import { serviceRoutes } from './routes/service.ts';
import { walletRoutes } from './routes/wallets.ts';

/** The whole HTTP contract: one row a route, keyed by its operation id. */
export const ROUTES = {
  ...serviceRoutes,
  ...accountRoutes,
  ...walletRoutes,
  ...deviceRoutes,
  ...allowanceRoutes,
  ...documentRoutes,
  ...logRoutes,
  ...operatorRoutes,
} as const satisfies Readonly<Record<string, Route>>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;

/** Every route's name, in the order of the table. */
export const ROUTE_NAMES = Object.keys(ROUTES) as readonly RouteName[];
