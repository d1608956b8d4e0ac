import type { OfflinePolicy as WirePolicy } from '@sikka/api';
import { currencyOf, formatAmount, parseLooseAmount } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Caller, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { agree, currentPolicy, putInForce } from '../../policy/index.ts';
import type { OfflineTerms } from '../../policy/index.ts';
import { DEFAULT_RISK_POLICY } from '../../risk/index.ts';

export interface PolicyDeps {
  readonly pool: Pool;
  /** One person is enough. */
  readonly demo: boolean;
}

/** What a policy says where its author says nothing. */
const DEFAULTS = { perDay: 50, methods: ['wallet', 'qr', 'ussd'], maxAgeHours: 72 } as const;
const TEN_THOUSANDTHS = 10_000;

/** Policies of offline bundles, by country: versions that two people agreed to. */
export function policyRoutes(deps: PolicyDeps): Handlers<'setOfflinePolicy' | 'getOfflinePolicy'> {
  const { pool, demo } = deps;
  return {
    setOfflinePolicy: async (call) => {
      const { caller, now } = call;
      const read = readTerms(call);
      if (!read.ok) return read;
      const terms = read.value;
      return inTransaction(pool, (tx) => propose(tx, { terms, caller, demo, now }));
    },
    getOfflinePolicy: async ({ params, now }) => {
      const policy = await currentPolicy(pool, params.country, now);
      return policy === undefined ? noPolicy : answer(policy, now);
    },
  };
}

async function propose(
  tx: Tx,
  ask: {
    readonly terms: OfflineTerms;
    readonly caller: Caller;
    readonly demo: boolean;
    readonly now: Date;
  },
): Promise<Reply<'setOfflinePolicy'>> {
  const { terms, caller, demo, now } = ask;
  const { country } = terms;
  const subject = `country:${country}`;
  const act = { kind: 'offline_policy', subject, content: contentOf(terms), caller, now };
  const { agreed, approval } = await agree(tx, act, { alone: demo });
  if (!agreed) return answer(terms, now);
  const policy = await putInForce(tx, terms, { approval, at: now });
  const actor = `account:${caller.account}`;
  const details = { approval, version: policy.version, content: contentOf(terms) };
  const event = { actor, action: 'policy.in_force', subject, outcome: 'ok', details };
  await record(tx, [event], now);
  return answer(policy, now);
}

/** What both have to ask for. */
function contentOf(terms: OfflineTerms): Readonly<Record<string, unknown>> {
  const { agentApprovalAboveMinor, effectiveFrom, ...rest } = terms;
  return {
    ...rest,
    agentApprovalAboveMinor: agentApprovalAboveMinor ?? null,
    effectiveFrom: effectiveFrom?.toISOString() ?? null,
  };
}

function readTerms({ body }: Call<'setOfflinePolicy'>): Read<OfflineTerms> {
  const currency = currencyOf(body.currency ?? 'PKR')?.numeric;
  if (currency === undefined) return invalid('This bank keeps no accounts in that currency.');
  const most = parseLooseAmount(body.max_offline_amount, currency);
  const above = body.require_agent_approval_above ?? undefined;
  const approval = above === undefined ? undefined : parseLooseAmount(above, currency);
  if (!most.ok || approval?.ok === false) return amountInvalid;
  const reviewFrom = scoreOf(body.review_from, DEFAULT_RISK_POLICY.reviewFrom);
  const quarantineFrom = scoreOf(body.quarantine_from, DEFAULT_RISK_POLICY.quarantineFrom);
  if (quarantineFrom < reviewFrom) return invalid('`quarantine_from` is under `review_from`.');
  const { effective_from: from } = body;
  const effectiveFrom = from === undefined ? undefined : new Date(from);
  if (effectiveFrom !== undefined && Number.isNaN(effectiveFrom.getTime())) {
    return invalid('`effective_from` is no date.');
  }
  const value = {
    ...{ country: body.country, currency, maxAmountMinor: most.value },
    maxPerDay: body.max_offline_per_device_per_day ?? DEFAULTS.perDay,
    agentApprovalAboveMinor: approval?.value,
    methods: [...(body.allowed_methods ?? DEFAULTS.methods)].sort(),
    maxAgeHours: body.max_bundle_age_hours ?? DEFAULTS.maxAgeHours,
    enabled: body.enabled ?? true,
    ...{ reviewFrom, quarantineFrom, effectiveFrom },
  };
  return { ok: true, value };
}

type Read<T> = { readonly ok: true; readonly value: T } | Refused;

function scoreOf(score: number | undefined, byDefault: number): number {
  return score === undefined ? byDefault : Math.round(score * TEN_THOUSANDTHS);
}

/** `now`: what a proposal without a date of its own would count from. */
function answer(
  policy: OfflineTerms & { readonly version?: number },
  now: Date,
): { readonly ok: true; readonly status: 200; readonly value: PolicyValue } {
  const { currency, agentApprovalAboveMinor: above, version } = policy;
  const wire: WirePolicy = {
    country: policy.country,
    version: version ?? null,
    status: version === undefined ? 'proposed' : 'active',
    currency: currencyOf(currency)?.alpha ?? '',
    max_offline_amount: formatAmount(policy.maxAmountMinor, currency),
    max_offline_per_device_per_day: policy.maxPerDay,
    require_agent_approval_above: above === undefined ? null : formatAmount(above, currency),
    allowed_methods: [...policy.methods],
    max_bundle_age_hours: policy.maxAgeHours,
    review_from: policy.reviewFrom / TEN_THOUSANDTHS,
    quarantine_from: policy.quarantineFrom / TEN_THOUSANDTHS,
    enabled: policy.enabled,
    effective_from: (policy.effectiveFrom ?? now).toISOString(),
  };
  return { ok: true, status: 200, value: { success: true, policy: wire } };
}

interface PolicyValue {
  success: true;
  policy: WirePolicy;
}

function invalid(detail: string): Refused {
  return { ok: false, code: 'policy/invalid', detail };
}

const amountInvalid = {
  ok: false,
  code: 'amount/invalid',
  detail: 'An amount is decimal text such as "500.00", more than 0, exact in the currency.',
} as const;
const noPolicy = {
  ok: false,
  code: 'policy/not_found',
  detail: 'No policy of this country is in force.',
} as const;
