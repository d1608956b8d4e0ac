/** A refund as it was signed (spec/settlement.md §6). Ids are lower-case hex. */
export interface RefundSaid {
  readonly number: number;
  readonly amountMinor: bigint;
  readonly cumulativeMinor: bigint;
  readonly previous: string;
  readonly currency: number;
  /** Of the credential that signed it. */
  readonly wallet: number;
}

export interface RefundCase {
  /** Undefined where no such payment stands settled. */
  readonly payment:
    { readonly id: string; readonly payeeWallet: number; readonly amountMinor: bigint } | undefined;
  readonly currency: number;
  /** Of this payment, by number. */
  readonly done: readonly { readonly id: string; readonly amountMinor: bigint }[];
}

/** Why a refund is refused; undefined where it is done, or there is too little money for it. */
export function refundRefusal(
  { number, amountMinor, cumulativeMinor, previous, ...said }: RefundSaid,
  { payment, currency, done }: RefundCase,
): string | undefined {
  if (payment === undefined) return 'refund_unknown_payment';
  if (said.wallet !== payment.payeeWallet) return 'refund_wrong_payee';
  if (said.currency !== currency) return 'wrong_currency';
  if (number <= done.length) return 'refund_conflict';
  if (number !== done.length + 1) return 'refund_out_of_order';
  if (previous !== (done.at(-1)?.id ?? payment.id)) return 'refund_out_of_order';
  const before = done.reduce((sum, each) => sum + each.amountMinor, 0n);
  const consistent = cumulativeMinor === before + amountMinor;
  return consistent && cumulativeMinor <= payment.amountMinor ? undefined : 'refund_over_amount';
}
