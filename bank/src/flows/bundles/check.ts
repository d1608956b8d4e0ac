import type { ProblemCode } from '@sikka/api';
import type { Till } from '../../devices/index.ts';
import type { OfflinePolicy } from '../../policy/index.ts';
import { limits } from './limits.ts';
import { dayOf } from './transactions.ts';
import type { BundledTransaction } from './transactions.ts';

/** Why a bundle that its device signed is not taken in: kept with it, and answered again. */
export type BundleRefusal = keyof typeof REFUSALS;

interface Meaning {
  readonly code: ProblemCode;
  readonly detail: string;
}

/** In the order in which they are looked at. */
export const REFUSALS = {
  nonce_used: invalid('An earlier bundle of this device has this nonce.'),
  clock_wrong: stale('The device’s clock is more than 30 minutes from the bank’s.'),
  time_unreadable: invalid('A transaction’s initiated_at is no time.'),
  policy_missing: forbidden('No policy for offline bundles is in force in this country.'),
  too_old: stale('A transaction is older than this country’s policy allows.'),
  too_early: stale('A transaction is later than the device’s own clock.'),
  policy_disabled: forbidden('Offline bundles are not taken in this country now.'),
  policy_currency: forbidden('A transaction is in another currency than the device and policy.'),
  policy_amount: forbidden('A transaction is over the most that the policy allows.'),
  policy_method: forbidden('A transaction was made in a way that the policy does not allow.'),
  policy_count: forbidden('The device has more transactions on a day than the policy allows.'),
  too_large: invalid('The bundle holds more signed payments than are taken at once.'),
} as const satisfies Readonly<Record<string, Meaning>>;

export interface Checked {
  readonly till: Till;
  /** The signed one. */
  readonly clock: Date;
  readonly now: Date;
  readonly nonceUsed: boolean;
  /** Of the till's country, now. */
  readonly policy: OfflinePolicy | undefined;
  /** Transactions that no earlier bundle had. */
  readonly fresh: readonly BundledTransaction[];
  /** Transactions of this till by UTC day, without these. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * The first rule that a bundle breaks. Only what is new is judged: a till that has lost a reply
 * bundles the same again, however old it has become. Pure.
 */
export function checkBundle(checked: Checked): BundleRefusal | undefined {
  const { clock, now, nonceUsed, policy, fresh } = checked;
  if (nonceUsed) return 'nonce_used';
  if (Math.abs(clock.getTime() - now.getTime()) > limits.clockSkewMs) return 'clock_wrong';
  const times = fresh.flatMap(({ initiatedAt }) => initiatedAt?.getTime() ?? []);
  if (times.length < fresh.length) return 'time_unreadable';
  if (policy === undefined) return 'policy_missing';
  const oldest = now.getTime() - policy.maxAgeHours * limits.hourMs;
  if (times.some((at) => at < oldest)) return 'too_old';
  const latest = clock.getTime() + limits.clockSkewMs;
  if (times.some((at) => at > latest)) return 'too_early';
  return checkPolicy(checked, policy);
}

function checkPolicy(
  { till, fresh, counts }: Checked,
  policy: OfflinePolicy,
): BundleRefusal | undefined {
  if (!policy.enabled) return 'policy_disabled';
  if (till.currency !== policy.currency) return 'policy_currency';
  if (fresh.some(({ said }) => said.currency !== policy.currency)) return 'policy_currency';
  if (fresh.some(({ said }) => said.amountMinor > mostOf(policy))) return 'policy_amount';
  const methods: readonly string[] = policy.methods;
  if (fresh.some(({ method }) => !methods.includes(method))) return 'policy_method';
  const added = countsOf(fresh);
  for (const [day, count] of added) {
    if ((counts.get(day) ?? 0) + count > policy.maxPerDay) return 'policy_count';
  }
  return undefined;
}

/** How many begun on each UTC day. */
export function countsOf(fresh: readonly BundledTransaction[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { initiatedAt } of fresh) {
    if (initiatedAt === undefined) continue;
    const day = dayOf(initiatedAt);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
}

/** No more than the row of an order holds (migration 0026). */
function mostOf({ maxAmountMinor }: OfflinePolicy): bigint {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return maxAmountMinor < most ? maxAmountMinor : most;
}

function invalid(detail: string) {
  return { code: 'bundle/invalid', detail } as const;
}

function stale(detail: string) {
  return { code: 'bundle/stale', detail } as const;
}

function forbidden(detail: string) {
  return { code: 'bundle/policy', detail } as const;
}
