import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import { post } from '../ledger/index.ts';
import { agree, currentPolicy, putInForce } from '../policy/index.ts';
import type { OfflineTerms } from '../policy/index.ts';
import { DEFAULT_RISK_POLICY } from '../risk/index.ts';
import { openHouseAccount } from '../wallets/index.ts';

const RUPEE = 586;
const COUNTRY = 'PK';
/** 1,000,000.00: more than anybody tries out in an afternoon. */
const HOUSE_MINOR = 100_000_000n;

const TERMS: OfflineTerms = {
  ...{ country: COUNTRY, currency: RUPEE, maxAmountMinor: 2_500_000n, maxPerDay: 50 },
  ...{ agentApprovalAboveMinor: undefined, maxAgeHours: 72 },
  methods: ['qr', 'ussd', 'wallet'],
  ...{ enabled: true, ...DEFAULT_RISK_POLICY, effectiveFrom: undefined },
};

/**
 * What sealed ledgers and tills need in a demo: a policy of Pakistan, and money of the bank's own
 * behind limits and guarantees. Nobody else is there to agree, and the approvals say so. Nothing
 * is done where there is a policy already.
 */
export async function seedOffline(pool: Pool, now: Date): Promise<void> {
  if ((await currentPolicy(pool, COUNTRY, now)) !== undefined) return;
  await inTransaction(pool, async (tx) => {
    const { approval } = await agreeAlone(tx, 'offline_policy', `country:${COUNTRY}`, now);
    await putInForce(tx, TERMS, { approval, at: now });
    await fill(tx, 'credit_line', now);
    await fill(tx, 'guarantee', now);
  });
}

async function fill(tx: Tx, kind: 'credit_line' | 'guarantee', at: Date): Promise<void> {
  const { approval } = await agreeAlone(tx, 'funding', `${kind}:PKR`, at);
  const credit = await openHouseAccount(tx, { kind, currency: RUPEE, at });
  const debit = await openHouseAccount(tx, { kind: 'bank_cash', currency: RUPEE, at });
  const reference = new TextEncoder().encode(`approval:${approval}`);
  const funding = { kind: 'funding', currency: RUPEE, debit, credit, amountMinor: HOUSE_MINOR };
  const posted = await post(tx, [{ ...funding, reference }], at);
  if (!posted.ok) throw new Error(`The demo's money was refused: ${posted.code}.`);
}

function agreeAlone(tx: Tx, kind: string, subject: string, now: Date) {
  const content = kind === 'funding' ? { amount: HOUSE_MINOR, note: 'demo' } : { ...TERMS };
  return agree(tx, { kind, subject, content, caller: undefined, now }, { alone: true });
}
