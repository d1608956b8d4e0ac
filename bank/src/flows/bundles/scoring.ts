import { hex } from '@sikka/protocol';
import type { OfflinePolicy } from '../../policy/index.ts';
import type { Assessment, RiskBatch, RiskItem } from '../../risk/index.ts';
import type { Pushed } from './intake.ts';
import type { Planned } from './plan.ts';

/** What risk is asked about a bundle: its new transactions. */
export function riskBatchOf(
  { till, bundle, signed, clock, now }: Pushed,
  planned: readonly Planned[],
  policy: OfflinePolicy,
): RiskBatch {
  return {
    subject: `bundle:${hex(signed.payloadHash)}`,
    device: { id: bundle.deviceId, registeredAt: till.createdAt },
    ...{ deviceClock: clock, receivedAt: now, failedPins: bundle.failedPins },
    items: planned.flatMap((one) => riskItemOf(one, policy)),
  };
}

function riskItemOf(planned: Planned, { maxAmountMinor: mostMinor }: OfflinePolicy): RiskItem[] {
  const { transaction, own, documentId } = planned;
  const { payerWallet, payeeWallet } = planned.scored;
  const { ordinal, said, initiatedAt } = transaction;
  // Such a bundle is refused whole.
  if (initiatedAt === undefined) return [];
  const item = {
    ...{ item: ordinal, payerWallet: walletOf(payerWallet), payeeWallet: walletOf(payeeWallet) },
    ...{ ownFloat: own, cashOut: said.type === 'cashout', amountMinor: said.amountMinor },
    ...{ currency: said.currency, mostMinor, claimedAt: initiatedAt },
    paymentId: said.payment === undefined ? undefined : documentId,
    ...{ chainGap: 0, sequenceFaults: 0 },
  };
  return [item];
}

/** Why somebody has to look, for whoever does: never answered to the till. */
export function reasonsOf(
  planned: readonly Planned[],
  assessment: Assessment | undefined,
): readonly string[] {
  const holds = new Set<string>(planned.flatMap((one) => one.holds));
  const worst = assessment?.items.find(({ score }) => score.score === assessment.score);
  const byScore = worst?.score.reasons.map(({ code }) => code) ?? [];
  return [...new Set([...holds, ...byScore])];
}

function walletOf(number: number | undefined): bigint | undefined {
  return number === undefined ? undefined : BigInt(number);
}
