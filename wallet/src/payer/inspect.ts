import { hex, judgeTarget } from '@sikka/protocol';
import type { JudgedTarget, Result } from '@sikka/protocol';
import { bytesOf } from '../core/incoming.ts';
import type { Incoming } from '../core/incoming.ts';
import { viewOf } from '../core/view.ts';
import type { View } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering } from '../errors.ts';
import type { Outcome, Refusal } from '../errors.ts';
import type { GivenPayment } from '../journal/state.ts';
import type { VerifiedPayee } from './shown-payment.ts';

/** What is asked, for the screen on which the person confirms. */
export interface AskedPayment {
  readonly payee: VerifiedPayee;
  readonly currency: number;
  /** Absent: the payer chooses. */
  readonly amountMinor: bigint | undefined;
  /** Id of the payment already made for this request, to be shown again. */
  readonly paidBy: string | undefined;
}

/**
 * Reads a request or printed code and judges it as the payer (spec/judge.md §2), before anything
 * is asked of the person. Refuses with the judge's codes.
 */
export async function inspect(wallet: Wallet, given: Incoming): Promise<Outcome<AskedPayment>> {
  return answering(async () => {
    const view = await viewOf(wallet, await wallet.journal.read());
    const judged = await readTarget(given, view);
    if (!judged.ok) return judged;
    const { packet, target } = judged.value;
    const { name, town, wallet: number, till } = packet.credential.fields;
    const made = madeFor(view, target.bind);
    return {
      ok: true,
      payee: { name, town, wallet: number, till },
      currency: target.currency,
      amountMinor: target.amountMinor,
      paidBy: made && hex(made.packet.paymentId),
    };
  });
}

/** The request or printed code in the bytes, judged. That it was paid is for the caller to say. */
export async function readTarget(
  given: Incoming,
  { trust, bankTime, bulletin }: View,
): Promise<Result<JudgedTarget> | Refusal> {
  const read = bytesOf(given);
  if (!read.ok) return read;
  return judgeTarget(read.bytes, { ...trust, bankTime, bulletin });
}

/** The payment made for a request; a printed code has none, it is paid many times. */
export function madeFor({ state }: View, requestId: Uint8Array): GivenPayment | undefined {
  const paymentId = state.givenByRequest.get(hex(requestId));
  return paymentId === undefined ? undefined : state.given.get(paymentId);
}
