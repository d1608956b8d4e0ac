import { createIssuedCache } from '@sikka/protocol';
import type { IssuedCache, IssuerKey, IssuerKeys, Trust, Verifier } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { sumBalances } from './balances.ts';
import { createBook } from './book.ts';
import type { Book } from './book.ts';
import { auditAllowances } from './checks/allowances.ts';
import { auditChain } from './checks/audit-chain.ts';
import { auditBalances } from './checks/balances.ts';
import { auditBulletins } from './checks/bulletins.ts';
import { auditCheckpoints } from './checks/checkpoints.ts';
import { auditClaimedNonces } from './checks/claimed-nonces.ts';
import { auditContradictions } from './checks/contradictions.ts';
import { auditCredentials } from './checks/credentials.ts';
import { auditDevices } from './checks/devices.ts';
import { auditExtraPayments } from './checks/extra-payments.ts';
import { auditGuarantees } from './checks/guarantees.ts';
import { auditIssuerKeys } from './checks/issuer-keys.ts';
import { auditLedgers } from './checks/ledgers.ts';
import { auditLogEnds } from './checks/log.ts';
import { auditOtherTransfers } from './checks/other-transfers.ts';
import { auditProofs } from './checks/proofs.ts';
import { auditRefunds } from './checks/refunds.ts';
import { auditReservations } from './checks/reservations.ts';
import { auditReturns } from './checks/returns.ts';
import { auditReviews } from './checks/reviews.ts';
import { auditPayments } from './checks/settled.ts';
import { auditSettlementTransfers } from './checks/settlement-transfers.ts';
import { auditSignedOrders } from './checks/signed-orders.ts';
import { auditStored } from './checks/stored.ts';
import { auditTills } from './checks/tills.ts';
import { auditUploads } from './checks/uploads.ts';
import { auditWalletKeys } from './checks/wallet-keys.ts';
import { guarded } from './guarded.ts';
import { readKept } from './kept.ts';
import type { KeptCheckpoint } from './kept.ts';
import { limits } from './limits.ts';
import type { AuditReport, CheckName } from './report.ts';
import { openSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

export interface AuditOptions {
  /** A user who may read the bank's tables; nothing is ever written. */
  readonly databaseUrl: string;
  /** The bank's public keys, from where you trust them. Without them the database's own count. */
  readonly trustedIssuers?: IssuerKeys | undefined;
  /** Packets of checkpoints, or of settlement receipts, that were kept outside. */
  readonly keptCheckpoints?: readonly Uint8Array[] | undefined;
  /** As of when claim windows are over; without it by the database's clock. */
  readonly now?: Date | undefined;
  /** Told what is looked at next. */
  readonly progress?: ((text: string) => void) | undefined;
}

/** What every pass works with. */
export interface Audit {
  readonly snapshot: Snapshot;
  readonly book: Book;
  /** Grows while trusted bulletins announce new keys. */
  readonly issuers: Map<number, IssuerKey>;
  readonly verifier: Verifier;
  readonly trust: Trust;
  /** Allowances and credentials whose signature was verified. */
  readonly issued: IssuedCache;
  readonly given: IssuerKeys | undefined;
  readonly kept: readonly KeptCheckpoint[];
  readonly now: Date;
  /** The bank's id, once the first device has named it. */
  bank: string | undefined;
}

interface Pass {
  readonly about: string;
  /** Where it is written that the pass itself could not be made. */
  readonly check: CheckName;
  readonly run: (audit: Audit) => Promise<void>;
}

/** In this order: trust first, then evidence, then what was done with it. */
const PASSES: readonly Pass[] = [
  { about: 'issuer keys and bulletins', check: 'issuer keys', run: auditIssuerKeys },
  { about: 'bulletins', check: 'bulletins', run: auditBulletins },
  { about: 'devices', check: 'devices', run: auditDevices },
  { about: 'credentials', check: 'credentials', run: auditCredentials },
  { about: 'allowances', check: 'allowances', run: auditAllowances },
  { about: 'wallet keys', check: 'wallet keys', run: auditWalletKeys },
  { about: 'keys of tills', check: 'orders', run: auditTills },
  { about: 'uploads, answers and rejections', check: 'uploads', run: auditUploads },
  { about: 'settled payments and the log', check: 'payments', run: auditPayments },
  { about: 'payments that hold a nonce', check: 'key payments', run: auditClaimedNonces },
  { about: 'orders that hold a number', check: 'orders', run: auditSignedOrders },
  { about: 'sealed ledgers', check: 'sealed ledgers', run: auditLedgers },
  { about: 'reviews and cases', check: 'reviews', run: auditReviews },
  { about: 'the log', check: 'log', run: auditLogEnds },
  { about: 'contradictions', check: 'contradictions', run: auditContradictions },
  { about: 'extra payments', check: 'extra payments', run: auditExtraPayments },
  { about: 'proofs', check: 'proofs', run: auditProofs },
  { about: 'guarantees', check: 'guarantees', run: auditGuarantees },
  { about: 'returns', check: 'returns', run: auditReturns },
  { about: 'refunds', check: 'refunds', run: auditRefunds },
  {
    about: 'settlement transfers',
    check: 'settlement transfers',
    run: auditSettlementTransfers,
  },
  { about: 'reservations and allowance states', check: 'reservations', run: auditReservations },
  { about: 'other transfers', check: 'other transfers', run: auditOtherTransfers },
  { about: 'balances', check: 'balances', run: auditBalances },
  { about: 'stored columns', check: 'stored columns', run: auditStored },
  { about: 'the audit chain', check: 'audit chain', run: auditChain },
  { about: 'checkpoints', check: 'checkpoints', run: auditCheckpoints },
];

/**
 * Recomputes a bank from the bytes it received and signed, and says of every check whether it
 * holds and which row is the first that does not. Reads one snapshot and writes nothing.
 *
 * What is wrong with the bank is in the report. Throws {@link AuditorError} where no audit could
 * be made.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const kept = readKept(options.keptCheckpoints ?? []);
  const snapshot = await openSnapshot(options.databaseUrl);
  try {
    const [clock] = await snapshot.query<{ now: Date }>('select now()');
    const issuers = new Map(options.trustedIssuers);
    const verifier = nodeVerifier({ cachedKeys: limits.importedKeys });
    const state: Audit = {
      snapshot,
      book: createBook(),
      issuers,
      verifier,
      trust: { issuers, verifier },
      issued: createIssuedCache(limits.issuedDocuments),
      given: options.trustedIssuers,
      kept,
      now: options.now ?? clock?.now ?? new Date(Number.NaN),
      bank: undefined,
    };
    for (const pass of PASSES) {
      options.progress?.(pass.about);
      await guarded(state, { check: pass.check, table: 'unknown' }, () => pass.run(state));
    }
    return await report(state);
  } finally {
    await snapshot.close();
  }
}

async function report(state: Audit): Promise<AuditReport> {
  const { snapshot, book, bank, given, kept, now } = state;
  const checks = book.results();
  return {
    ok: checks.every(({ ok }) => ok),
    at: now,
    bank,
    warnings: [
      ...(given === undefined ? [OWN_KEYS] : []),
      ...(kept.length === 0 ? [NOTHING_KEPT] : []),
    ],
    checks,
    balances: await sumBalances(snapshot),
  };
}

const OWN_KEYS =
  "The issuer keys are the database's own: whoever owns it could have made them. Give keys that " +
  'you have from elsewhere.';
const NOTHING_KEPT =
  'No checkpoint that was kept outside was given: a history rewritten as a whole would not show.';
