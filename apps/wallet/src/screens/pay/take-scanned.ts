import { parseQr, readEmvQr } from '@sikka/protocol';
import type { AskedPayment, Incoming, Payer } from '@sikka/wallet/payer';

/** What a scanned code means to somebody who pays. */
export type Scanned =
  | { readonly kind: 'asked'; readonly given: Incoming; readonly asked: AskedPayment }
  /** It was paid before: the same payment is shown again. */
  | { readonly kind: 'paid'; readonly paymentId: string }
  /** The payee's receipt for a payment of this wallet. */
  | { readonly kind: 'receipt'; readonly paymentId: string }
  /** A printed code of the country's scheme that names one of our wallets: nothing is proved. */
  | { readonly kind: 'number'; readonly wallet: number }
  /** No code of ours, or one that asks for nothing: look for another one. */
  | { readonly kind: 'foreign' | 'nothing_to_pay' }
  /** One of ours that must not be paid. */
  | { readonly kind: 'refused'; readonly code: string };

/** Judges a code as the payer (spec/judge.md §2), before anything is asked of the person. */
export async function takeScanned(payer: Payer, given: Incoming): Promise<Scanned> {
  const inspected = await payer.inspect(given);
  if (inspected.ok) {
    const { paidBy } = inspected;
    if (paidBy !== undefined) return { kind: 'paid', paymentId: paidBy };
    return { kind: 'asked', given, asked: inspected };
  }
  if (inspected.code !== 'malformed') return { kind: 'refused', code: inspected.code };
  if (typeof given !== 'string') return { kind: 'nothing_to_pay' };
  const parsed = parseQr(given.trim());
  if (!parsed.ok) return foreign(given);
  if (parsed.value.packet.kind !== 'receipt') return { kind: 'nothing_to_pay' };
  const accepted = await payer.acceptReceipt(given);
  return accepted.ok
    ? { kind: 'receipt', paymentId: accepted.paymentId }
    : { kind: 'refused', code: accepted.code };
}

function foreign(text: string): Scanned {
  const claim = readEmvQr(text.trim());
  const wallet = claim.ok ? claim.value.sikka?.wallet : undefined;
  return wallet === undefined ? { kind: 'foreign' } : { kind: 'number', wallet };
}
