import type { Route } from './route.ts';
import { accountRoutes } from './routes/accounts.ts';
import { allowanceRoutes } from './routes/allowances.ts';
import { authRoutes } from './routes/auth.ts';
import { bundleRoutes } from './routes/bundles.ts';
import { deviceRoutes } from './routes/devices.ts';
import { disputeRoutes } from './routes/disputes.ts';
import { documentRoutes } from './routes/documents.ts';
import { eventRoutes } from './routes/events.ts';
import { fundingRoutes } from './routes/funding.ts';
import { keyRoutes } from './routes/keys.ts';
import { kycRoutes } from './routes/kyc.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { logRoutes } from './routes/log.ts';
import { mailboxRoutes } from './routes/mailbox.ts';
import { offlineRoutes } from './routes/offline.ts';
import { operationsRoutes } from './routes/operations.ts';
import { operatorRoutes } from './routes/operators.ts';
import { passkeyRoutes } from './routes/passkeys.ts';
import { peopleRoutes } from './routes/people.ts';
import { privacyRoutes } from './routes/privacy.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { riskRoutes } from './routes/risk.ts';
import { serviceRoutes } from './routes/service.ts';
import { statementRoutes } from './routes/statements.ts';
import { tillRoutes } from './routes/tills.ts';
import { topUpRoutes } from './routes/topup.ts';
import { transactionRoutes } from './routes/transactions.ts';
import { userRoutes } from './routes/users.ts';
import { walletRoutes } from './routes/wallets.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { withdrawalRoutes } from './routes/withdrawals.ts';

/** The whole HTTP contract: one row a route, keyed by its operation id. */
export const ROUTES = {
  ...serviceRoutes,
  ...authRoutes,
  ...accountRoutes,
  ...peopleRoutes,
  ...userRoutes,
  ...passkeyRoutes,
  ...privacyRoutes,
  ...walletRoutes,
  ...keyRoutes,
  ...topUpRoutes,
  ...withdrawalRoutes,
  ...statementRoutes,
  ...transactionRoutes,
  ...offlineRoutes,
  ...deviceRoutes,
  ...allowanceRoutes,
  ...documentRoutes,
  ...logRoutes,
  ...eventRoutes,
  ...webhookRoutes,
  ...mailboxRoutes,
  ...operatorRoutes,
  ...operationsRoutes,
  ...riskRoutes,
  ...fundingRoutes,
  ...tillRoutes,
  ...bundleRoutes,
  ...kycRoutes,
  ...disputeRoutes,
  ...reviewRoutes,
  ...ledgerRoutes,
} as const satisfies Readonly<Record<string, Route>>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;

/** Every route's name, in the order of the table. */
export const ROUTE_NAMES = Object.keys(ROUTES) as readonly RouteName[];
