import type { RouteName } from '@sikka/api';
import type { Handlers } from './caller.ts';
import type { BankConfig } from './config.ts';
import { demoAccountRoute, shownPeople } from './demo/index.ts';
import { consumeChallenge, deviceRoutes } from './devices/index.ts';
import * as flows from './flows/index.ts';
import * as http from './http/index.ts';
import { identityRoutes, passkeyRoutes } from './identity/index.ts';
import type { Log, Logs } from './log.ts';
import { eventRoutes, mailboxRoutes, webhookRoutes } from './notify/index.ts';
import type { Parts } from './parts.ts';
import { riskRoutes } from './risk/index.ts';
import { VERSION } from './version.ts';
import {
  keyRoutes,
  retireUnprovedKeys,
  topUpRoutes,
  transactionRoutes,
  minorLimitOf,
  walletOf,
  walletRoutes,
  withdrawalRoutes,
} from './wallets/index.ts';

export interface HandlerDeps extends Parts {
  readonly log: Log;
  readonly logs: Logs;
  readonly metrics: http.Metrics;
  readonly isReady: () => boolean;
}

/** Every route of the table; the compiler misses none. */
export function createHandlers(config: BankConfig, deps: HandlerDeps): Handlers<RouteName> {
  const { pool, settlement } = deps;
  const payeeWallet = async (db: Parameters<typeof walletOf>[0], id: bigint, currency: number) =>
    (await walletOf(db, { accountId: id, kind: 'current', currency }))?.number;
  const people = config.demo ? shownPeople() : [];
  const ping = async () => void (await pool.query('select 1'));
  const { demo, signupRevealsExisting: revealsExisting } = config;
  const wakeMailer = () => deps.mailer.wake();
  const queueMail: typeof deps.mailer.queue = (tx, mail) => deps.mailer.queue(tx, mail);
  const fourEyesAbove = minorLimitOf(config.fourEyesAbove);
  const walletDeps = { consumeChallenge, unprovedLimit: minorLimitOf(config.stepUpAbove) };
  return {
    ...http.serviceRoutes({ ...config, ...deps, version: VERSION, people, ping }),
    ...http.verificationRoutes(deps),
    ...deviceRoutes({ ...deps, payeeWallet, wakeMailer }),
    ...flows.handInRoutes(deps),
    revokeDevice: flows.revokeDeviceRoute(deps),
    rotateIssuerKey: flows.rotateIssuerKeyRoute(deps),
    getLedgerSum: flows.ledgerSumRoute(pool),
    createDemoAccount: demoAccountRoute({ ...deps, demo }),
    ...identityRoutes({
      ...deps,
      log: deps.logs.security,
      wakeMailer,
      afterVerified: flows.makeFirstKey(deps),
      onReset: retireUnprovedKeys,
      unprovedMaySignIn: revealsExisting,
    }),
    ...flows.meRoutes({ ...deps, wakeMailer, queueMail }),
    ...flows.userRoutes({ ...deps, wakeMailer, demo }),
    signUp: flows.signUpRoute({ ...deps, wakeMailer, revealsExisting }),
    ...mailboxRoutes(deps),
    ...eventRoutes(deps),
    ...webhookRoutes(deps),
    ...walletRoutes({
      ...{ ...deps, ...walletDeps },
      ...{ allowances: { ...deps, consumeChallenge }, wakeMailer },
      headsOf: (nos) => settlement.headsOf(nos),
    }),
    ...keyRoutes({ ...deps, ...walletDeps, printedCode: flows.printedCodeOf(pool) }),
    ...transactionRoutes({ ...deps, ...walletDeps }),
    ...topUpRoutes({ ...deps, wakeMailer }),
    ...withdrawalRoutes({ ...deps, wakeMailer }),
    ...flows.offlineRoutes(deps),
    ...passkeyRoutes({ ...deps, log: deps.logs.security, wakeMailer }),
    ...riskRoutes(deps),
    ...flows.sealingKeyRoutes(deps),
    ...flows.ledgerRoutes(deps),
    ...flows.ledgerPeopleRoutes(deps),
    ...flows.limitWalletRoutes({ ...deps, demo, fourEyesAbove }),
    ...flows.tillRoutes({ ...deps, demo }),
    ...flows.operationsRoutes(deps),
    ...flows.statementRoutes(deps),
    ...flows.bundleRoutes({ ...deps, observe: deps.metrics.pushed }),
    ...deskRoutes(config, deps),
    ...flows.privacyRoutes({ ...deps, log: deps.logs.security }),
  };
}

/** What people of the bank look at and decide. */
function deskRoutes(config: BankConfig, deps: HandlerDeps) {
  const { demo } = config;
  const fourEyesAbove = minorLimitOf(config.fourEyesAbove);
  return {
    ...flows.disputeRoutes(deps),
    ...flows.reviewRoutes({ ...deps, demo, fourEyesAbove }),
    ...flows.caseRoutes({ ...deps, demo, caps: capsOf(config) }),
    ...flows.heldRoutes(deps),
  };
}

function capsOf(config: BankConfig) {
  const { guaranteeCap, guaranteeCapPayee, guaranteeCapDays: days } = config;
  return {
    ofAllowance: minorLimitOf(guaranteeCap),
    ofPayee: minorLimitOf(guaranteeCapPayee),
    days,
  };
}
