import type { TILL_METHODS } from '@sikka/api';
import type { Db, Tx } from '../db/index.ts';
import { insertPolicy, readPolicy } from './store.ts';

export type TillMethod = (typeof TILL_METHODS)[number];

/** What tills of a country may do offline. */
export interface OfflineTerms {
  /** ISO 3166-1, two letters. */
  readonly country: string;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** Of one transaction. */
  readonly maxAmountMinor: bigint;
  /** Transactions of one till on one UTC day. */
  readonly maxPerDay: number;
  /** Above it somebody at the bank looks first. */
  readonly agentApprovalAboveMinor: bigint | undefined;
  readonly methods: readonly TillMethod[];
  /** How old the oldest transaction of a bundle may be; 1 to 720. */
  readonly maxAgeHours: number;
  readonly enabled: boolean;
  /** Scores in ten thousandths: from here on a review, and from there on a quarantine. */
  readonly reviewFrom: number;
  readonly quarantineFrom: number;
  /** Undefined: from the moment at which two people have agreed. */
  readonly effectiveFrom: Date | undefined;
}

export interface OfflinePolicy extends OfflineTerms {
  readonly version: number;
  readonly effectiveFrom: Date;
}

/** The highest version that is in force at `at`. */
export async function currentPolicy(
  db: Db,
  country: string,
  at: Date,
): Promise<OfflinePolicy | undefined> {
  return readPolicy(db, country, at);
}

/** The next version of the country's policy. `approval`: by which two people agreed to it. */
export async function putInForce(
  tx: Tx,
  terms: OfflineTerms,
  by: { readonly approval: bigint; readonly at: Date },
): Promise<OfflinePolicy> {
  const policy = { ...terms, effectiveFrom: terms.effectiveFrom ?? by.at };
  const version = await insertPolicy(tx, policy, by.approval);
  // Another was put in force at this moment: this one comes after it.
  return version === undefined ? putInForce(tx, terms, by) : { ...policy, version };
}
