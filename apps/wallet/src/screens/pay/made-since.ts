import type { GivenView } from '@sikka/wallet/payer';

/** After these the payment may be in the journal all the same (`pay` in `@sikka/wallet`). */
export function isUnsure(code: string): boolean {
  return code === 'wallet/store_failed' || code === 'wallet/store_conflict';
}

type Made = Pick<GivenView, 'paymentId' | 'amountMinor' | 'payee'>;

/** What a press that failed has paid after all: new in the journal, to that till, that much. */
export function madeSince(
  before: readonly Made[],
  now: readonly Made[],
  { payee, amountMinor }: Pick<Made, 'payee' | 'amountMinor'>,
): Made | undefined {
  const known = new Set(before.map(({ paymentId }) => paymentId));
  return now.find(
    (made) =>
      !known.has(made.paymentId) &&
      made.amountMinor === amountMinor &&
      made.payee.wallet === payee.wallet &&
      made.payee.till === payee.till,
  );
}
