import { hex } from '@sikka/protocol';
import type { Till } from '../../devices/index.ts';
import type { OfflinePolicy } from '../../policy/index.ts';
import type { BundleItem } from '../../settlement/index.ts';
import type { ClaimedPayment, Named, Party } from './resolve.ts';
import type { BundledTransaction } from './transactions.ts';

/** Why somebody has to look first: a review's reasons, beside the score's. */
export type HoldReason =
  | 'receiver_unknown'
  /** The payer signed for somebody else than whose number the till names. */
  | 'receiver_other'
  | 'agent_approval'
  | 'unsigned_debit';

/** Sentences for the till, kept with the transaction for ever. */
export const TRANSACTION_REFUSALS = {
  payment_mismatch: 'The signed payment says another amount, currency or receiver.',
  payment_taken: 'The signed payment came with another transaction of this device.',
  number_taken: 'The local_id was used for another transaction.',
} as const;

/** What is done about one new transaction. */
export interface Planned {
  readonly transaction: BundledTransaction;
  /** It debits the till's own tenant. */
  readonly own: boolean;
  /** Of the payment or order that moves the money; undefined where it is refused. */
  readonly documentId: Uint8Array | undefined;
  readonly payerWallet: number | undefined;
  readonly payeeWallet: number | undefined;
  /** Whose past the score may look at, since the till is told the score. */
  readonly scored: Scored;
  readonly refused: string | undefined;
  /** Undefined where it is refused, and where its payment stands in the bundle before it. */
  readonly item: BundleItem | undefined;
  readonly allowanceId: Uint8Array | undefined;
  readonly holds: readonly HoldReason[];
}

/**
 * Nobody whom the till merely names: neither by a telephone number, or the score would say that it
 * is somebody's, nor as a payer who has signed nothing.
 */
interface Scored {
  readonly payerWallet: number | undefined;
  readonly payeeWallet: number | undefined;
}

export interface Planning {
  readonly till: Till;
  readonly policy: OfflinePolicy;
  readonly named: Named;
  /** Payments that earlier transactions of this till brought, by id in hex. */
  readonly taken: ReadonlySet<string>;
}

/** What each new transaction of a bundle is to the bank. Pure. */
export function planTransactions(
  fresh: readonly BundledTransaction[],
  planning: Planning,
): readonly Planned[] {
  const taken = new Set(planning.taken);
  return fresh.map((transaction) => {
    const planned = planOne(transaction, { ...planning, taken });
    if (planned.documentId !== undefined) taken.add(hex(planned.documentId));
    return planned;
  });
}

function planOne(transaction: BundledTransaction, planning: Planning): Planned {
  const { parties, payments } = planning.named;
  const { said, ordinal } = transaction;
  const sender = parties.get(said.sender);
  const receiver = parties.get(said.receiver);
  const between = {
    ...{ payerWallet: sender?.wallet, payeeWallet: receiver?.wallet },
    scored: scoredOf(transaction, planning, { sender, receiver }),
  };
  const asks = holdsOf(transaction, planning, receiver);
  if (said.payment === undefined) {
    const own = isOwnDebit(transaction, planning, sender);
    const holds: readonly HoldReason[] = own ? asks : [...asks, 'unsigned_debit'];
    const { ownId: documentId } = transaction;
    const item = { ordinal };
    return { transaction, own, documentId, ...between, ...NOTHING, item, holds };
  }
  const claimed = payments.get(ordinal);
  const refused = refusalOf(transaction, planning, { claimed, receiver });
  if (refused !== undefined || claimed === undefined) {
    const why = refused ?? TRANSACTION_REFUSALS.payment_mismatch;
    const none = { own: false, documentId: undefined, item: undefined, holds: [] };
    return { transaction, ...between, ...NOTHING, ...none, refused: why };
  }
  const { documentId, allowanceId } = claimed;
  const item = { payment: said.payment };
  const isOther = receiver?.byPhone === true && isPaidElse(claimed, receiver);
  const holds: readonly HoldReason[] = isOther ? [...asks, 'receiver_other'] : asks;
  const framed = { own: false, documentId, item, allowanceId, holds };
  return { transaction, ...between, ...NOTHING, ...framed };
}

function scoredOf(
  { said }: BundledTransaction,
  { till }: Planning,
  {
    sender,
    receiver,
  }: { readonly sender: Party | undefined; readonly receiver: Party | undefined },
): Scored {
  const isTenant = sender?.accountId === till.tenant.accountId;
  const mayAsk = sender?.byPhone !== true && (isTenant || said.payment !== undefined);
  return {
    payerWallet: mayAsk ? sender?.wallet : undefined,
    payeeWallet: receiver?.byPhone === true ? undefined : receiver?.wallet,
  };
}

const NOTHING = { refused: undefined, allowanceId: undefined } as const;

/** A cash-in, or whatever its own tenant sends; a cash-out is always the customer's money. */
function isOwnDebit(
  { said: { type } }: BundledTransaction,
  { till }: Planning,
  sender: Party | undefined,
): boolean {
  if (type === 'cashout') return false;
  return type === 'cashin' || sender?.accountId === till.tenant.accountId;
}

/** The payer's signature and the till's words must agree in all that both say. */
function refusalOf(
  { said }: BundledTransaction,
  { till, taken }: Planning,
  between: {
    readonly claimed: ClaimedPayment | undefined;
    readonly receiver: Party | undefined;
  },
): string | undefined {
  const { claimed, receiver } = between;
  const { payment_mismatch: mismatch, payment_taken: twice } = TRANSACTION_REFUSALS;
  if (claimed === undefined) return mismatch;
  const { amountMinor, currency, payeeAccount } = claimed;
  if (amountMinor !== said.amountMinor || currency !== said.currency) return mismatch;
  if (said.type === 'cashout' && payeeAccount !== till.tenant.accountId) return mismatch;
  // Refused at once, a number would be told from one that nobody has: that one is held, so is this.
  if (receiver !== undefined && !receiver.byPhone && isPaidElse(claimed, receiver)) return mismatch;
  return taken.has(hex(claimed.documentId)) ? twice : undefined;
}

function isPaidElse({ payeeAccount }: ClaimedPayment, { accountId }: Party): boolean {
  return payeeAccount !== undefined && payeeAccount !== accountId;
}

function holdsOf(
  { said: { amountMinor } }: BundledTransaction,
  { policy: { agentApprovalAboveMinor: above } }: Planning,
  receiver: Party | undefined,
): readonly HoldReason[] {
  const holds: HoldReason[] = [];
  if (receiver?.wallet === undefined) holds.push('receiver_unknown');
  if (above !== undefined && amountMinor > above) holds.push('agent_approval');
  return holds;
}
