import type { Allowance, AllowanceRequest } from '@sikka/protocol';
import { limits } from './limits.ts';

/** Why no allowance is issued; in the order in which the reasons are looked at. */
export const ALLOWANCE_REFUSAL_CODES = [
  'allowance/request_invalid',
  'allowance/wrong_bank',
  'allowance/wrong_account',
  'allowance/device_unknown',
  'allowance/signature_invalid',
  /** Another allowance was issued to this device for this journal. */
  'allowance/nonce_used',
  'auth/account_blocked',
  'device/revoked',
  'allowance/currency_unsupported',
  /** More than one allowance may reserve. */
  'allowance/over_limit',
  'wallet/not_found',
  'wallet/inactive',
  /** More than may be outstanding for this person, or for this device. */
  'allowance/limit_reached',
  'device/challenge_invalid',
  'wallet/insufficient_funds',
] as const;

export type AllowanceRefusal = (typeof ALLOWANCE_REFUSAL_CODES)[number];

/** What the bank allows in one currency since a date. Amounts in minor units. */
export interface Policy {
  readonly currency: number;
  readonly epoch: number;
  readonly limitMinor: bigint;
  readonly perPaymentMinor: bigint;
  readonly count: number;
  readonly validDays: number;
  readonly claimDays: number;
  readonly maxPerAccountMinor: bigint;
  readonly maxPerDeviceMinor: bigint;
}

export interface Standing {
  readonly policy: Policy | undefined;
  readonly account: { readonly status: 'active' | 'review' | 'closed' };
  readonly device: { readonly status: 'active' | 'suspended' | 'revoked' };
  /** Of the person's offline wallet in that currency. */
  readonly wallet: { readonly status: 'active' | 'inactive' } | undefined;
  /** Reserved and neither settled nor given back yet. */
  readonly outstanding: { readonly accountMinor: bigint; readonly deviceMinor: bigint };
}

/** Whether a person in this standing gets this amount; undefined where they do. */
export function refuseStanding(
  amountMinor: bigint,
  { policy, account, device, wallet, outstanding }: Standing,
): AllowanceRefusal | undefined {
  if (account.status !== 'active') return 'auth/account_blocked';
  if (device.status !== 'active') return 'device/revoked';
  if (policy === undefined) return 'allowance/currency_unsupported';
  if (amountMinor > policy.limitMinor) return 'allowance/over_limit';
  if (wallet === undefined) return 'wallet/not_found';
  if (wallet.status !== 'active') return 'wallet/inactive';
  const overAccount = outstanding.accountMinor + amountMinor > policy.maxPerAccountMinor;
  const overDevice = outstanding.deviceMinor + amountMinor > policy.maxPerDeviceMinor;
  return overAccount || overDevice ? 'allowance/limit_reached' : undefined;
}

const DAY_SECONDS = 86_400;

/** The terms that a request gets under a policy, but for whose they are and who signs. */
export function termsOf(
  request: AllowanceRequest,
  policy: Policy,
  now: number,
): Omit<Allowance, 'issuerKey' | 'publicKey' | 'serial' | 'suite'> {
  const { amountMinor, currency, journalNonce } = request;
  const until = now + policy.validDays * DAY_SECONDS;
  return {
    type: 'allowance',
    journalNonce,
    currency,
    limitMinor: amountMinor,
    perPaymentMinor: amountMinor < policy.perPaymentMinor ? amountMinor : policy.perPaymentMinor,
    count: policy.count,
    firstSequence: limits.firstSequence,
    from: now,
    until,
    claimUntil: until + policy.claimDays * DAY_SECONDS,
    policyEpoch: policy.epoch,
    minVersion: limits.minVersion,
  };
}
