import type { WalletRecord } from './wallets.ts';

export type TransferRefusal =
  | 'wallet/same_wallet'
  | 'wallet/not_found'
  | 'wallet/inactive'
  | 'wallet/currency_mismatch'
  | 'wallet/transfer_not_allowed';

/**
 * Whether a person may order this transfer; undefined where they may. Money for spending offline
 * moves between its owner's two wallets only (load, return); others are paid current to current.
 * Somebody else's wallet is "not found" as a source, so that numbers cannot be tried out.
 */
export function refuseTransfer(order: {
  readonly accountId: bigint;
  readonly currency: number;
  readonly from: WalletRecord | undefined;
  readonly to: WalletRecord | undefined;
}): TransferRefusal | undefined {
  const { accountId, currency, from, to } = order;
  if (from === undefined || from.accountId !== accountId || to === undefined) {
    return 'wallet/not_found';
  }
  if (from.number === to.number) return 'wallet/same_wallet';
  if (from.status !== 'active' || to.status !== 'active') return 'wallet/inactive';
  if (from.currency !== currency || to.currency !== currency) return 'wallet/currency_mismatch';
  const own = to.accountId === accountId;
  const online = from.kind === 'current' && to.kind === 'current';
  return own || online ? undefined : 'wallet/transfer_not_allowed';
}
