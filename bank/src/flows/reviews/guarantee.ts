import { currencyOf, decodePacketOfKind, equalBytes, formatAmount, RULES } from '@sikka/protocol';
import type { Payment, ProofPacket } from '@sikka/protocol';
import type { Refused } from '../../caller.ts';
import type { Tx } from '../../db/index.ts';
import { post } from '../../ledger/index.ts';
import type { AccountId } from '../../ledger/index.ts';
import type { KeptProof } from '../../settlement/index.ts';
import { openHouseAccount, walletByNumber, walletOf } from '../../wallets/index.ts';
import type { WalletRecord } from '../../wallets/index.ts';
import { readPaidBefore, readRefused } from './store/cases.ts';
import type { Guarantee } from './store/cases.ts';

/** How far the bank bears double spends (GUARANTEE_CAP…), in minor units of a currency. */
export interface GuaranteeCaps {
  /** Under one allowance, whatever number of cases it has. */
  readonly ofAllowance: (currency: number) => bigint;
  /** To one payee in so many days. */
  readonly ofPayee: (currency: number) => bigint;
  readonly days: number;
}

/** The payment that was refused because of a double spend, and whoever has a loss by it. */
export interface Loss {
  readonly paymentId: Uint8Array;
  readonly payment: Payment;
  /** His current wallet in the payment's currency; undefined where he has none. */
  readonly payee: WalletRecord | undefined;
}

/** Undefined where no payment was refused: the other document is a Return. */
export async function lossOf(tx: Tx, proof: KeptProof): Promise<Loss | undefined> {
  const refused = await readRefused(tx, proof.id);
  const { first, second } = packetOf(proof);
  for (const { id: paymentId, document } of [first, second]) {
    const { fields: payment } = document;
    if (payment.type !== 'payment' || !refused.some((id) => equalBytes(id, paymentId))) continue;
    const wallet = await walletByNumber(tx, payment.payeeWallet);
    const { currency } = payment;
    const payee = wallet && (await walletOf(tx, { ...wallet, kind: 'current', currency }));
    return { paymentId, payment, payee };
  }
  return undefined;
}

/**
 * What the bank would pay of this loss: all of it, or as much as staff name. Refused where an
 * honest till would not have taken the payment, where the accused would be paid himself, and above
 * a cap. Both accounts are locked, so that no other case of theirs is decided meanwhile.
 */
export async function guaranteeOf(
  tx: Tx,
  loss: Loss,
  about: {
    readonly proof: KeptProof;
    /** Minor units; undefined: all of it. */
    readonly asked: bigint | undefined;
    readonly caps: GuaranteeCaps;
    readonly now: Date;
  },
): Promise<Guarantee | Refused> {
  const { paymentId, payment, payee } = loss;
  const { proof, asked, caps, now } = about;
  if (!isWithinTerms(loss, proof)) return notCovered('No till should have taken this payment.');
  if (payee === undefined) return notCovered('The payee has no wallet that could be paid.');
  if (payee.accountId === proof.accountId) return notCovered('The accused paid himself.');
  const { currency, amountMinor: all } = payment;
  const amountMinor = asked ?? all;
  if (amountMinor > all) return notCovered(`The payment was of ${said(all, currency)}.`);
  const since = new Date(now.getTime() - caps.days * DAY_MS);
  const { allowanceNo } = proof;
  const before = await readPaidBefore(tx, { allowanceNo, payeeWallet: payee.number, since });
  const leftOfAllowance = caps.ofAllowance(currency) - before.ofAllowance;
  if (amountMinor > leftOfAllowance) {
    return notCovered(`Of this allowance ${said(leftOfAllowance, currency)} more is covered.`);
  }
  const leftOfPayee = caps.ofPayee(currency) - before.toPayee;
  if (amountMinor > leftOfPayee) {
    const most = said(leftOfPayee, currency);
    return notCovered(`To this payee ${most} more is covered within ${caps.days} days.`);
  }
  return { covered: paymentId, amountMinor, currency, payeeWallet: payee.number };
}

/** From the bank's own money, once for each case; false where there is not enough. Called last. */
export async function payGuarantee(
  tx: Tx,
  proofId: Uint8Array,
  order: Pick<Guarantee, 'amountMinor' | 'currency'> & {
    readonly credit: AccountId;
    readonly at: Date;
  },
): Promise<boolean> {
  const { amountMinor, currency, credit, at } = order;
  const debit = await openHouseAccount(tx, { kind: 'guarantee', currency, at });
  const transfer = { kind: 'guarantee', currency, debit, credit, amountMinor, reference: proofId };
  const posted = await post(tx, [transfer], at);
  if (!posted.ok && posted.code !== 'insufficient_funds') {
    throw new Error(`A guarantee was refused: ${posted.code}.`);
  }
  return posted.ok;
}

/** Rule 8 of spec/judge.md §2, by what any till sees of the two documents themselves. */
function isWithinTerms({ payment, paymentId }: Loss, proof: KeptProof): boolean {
  const { allowance, allowanceId } = packetOf(proof);
  const subject = { allowance: allowance.fields, allowanceId, payment, paymentId };
  const till = { as: 'observer', known: {} } as const;
  return RULES.every(({ rule, speaks }) => rule !== 8 || speaks(subject, till) === undefined);
}

function packetOf({ packet }: KeptProof): ProofPacket {
  const decoded = decodePacketOfKind('proof', packet);
  if (!decoded.ok) throw new Error(`A kept proof cannot be read: ${decoded.code}.`);
  return decoded.value;
}

function said(minor: bigint, currency: number): string {
  const amount = formatAmount(minor > 0n ? minor : 0n, currency);
  return `${amount} ${currencyOf(currency)?.alpha ?? ''}`;
}

function notCovered(detail: string): Refused {
  return { ok: false, code: 'case/not_covered', detail };
}

const DAY_MS = 86_400_000;
