import { hex, judgeDraft, knownPayment, knownReturn, MAX_AMOUNT_MINOR } from '@sikka/protocol';
import type { JudgeCode, Neighbours, PayerContext, Payment, Target } from '@sikka/protocol';
import type { View } from '../core/view.ts';
import { refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { HeldAllowance, WalletState } from '../journal/state.ts';

/** What the person decided, and what is fresh for this payment. */
export interface Intent {
  readonly target: Target;
  readonly amountMinor: bigint;
  readonly salt: Uint8Array;
  /** The phone's clock, in seconds; decides nothing. */
  readonly claimedAt: number;
}

export interface ChosenAllowance {
  readonly held: HeldAllowance;
  readonly payment: Payment;
}

/**
 * The payment as it would be signed, under the first allowance that holds it: soonest to expire,
 * so that money does not go stale. Judged in the payer's context **before** anything is signed
 * (spec/judge.md §1). Refuses `wallet/no_allowance`, or with the code of the judge for the
 * allowance that comes closest, such as `over_limit` or `expired`.
 */
export function chooseAllowance(intent: Intent, view: View): Outcome<ChosenAllowance> {
  if (intent.amountMinor < 1n) return refuse('amount_zero', 'an amount is at least 1');
  const usable = [...view.state.allowances.values()]
    .filter(({ returned }) => returned === undefined)
    .sort((a, b) => a.allowance.fields.until - b.allowance.fields.until);
  let refusal: { readonly code: JudgeCode; readonly detail: string } | undefined;
  for (const held of usable) {
    if (held.spentMinor + intent.amountMinor > MAX_AMOUNT_MINOR) {
      refusal ??= { code: 'over_limit', detail: 'more than any allowance holds' };
      continue;
    }
    const payment = draftPayment(intent, held);
    const subject = { allowance: held.allowance.fields, allowanceId: held.allowanceId, payment };
    const verdict = judgeDraft(subject, payerContext(intent, held, view));
    if (verdict.ok) return { ok: true, held, payment };
    // A dead allowance says less than one that is only too small.
    if (refusal === undefined || isOver(refusal.code)) refusal = verdict;
  }
  if (refusal === undefined) return refuse('wallet/no_allowance', 'ask the bank for one');
  return refuse(refusal.code, refusal.detail);
}

/** `previous` and `spent` come from the journal's last payment only (spec/journal.md 3). */
function draftPayment(
  { target, amountMinor, salt, claimedAt }: Intent,
  held: HeldAllowance,
): Payment {
  return {
    type: 'payment',
    sequence: held.lastSequence + 1,
    amountMinor,
    currency: held.allowance.fields.currency,
    spentMinor: held.spentMinor + amountMinor,
    previous: held.head,
    payeeWallet: target.wallet,
    mode: target.mode,
    bind: target.bind,
    salt,
    claimedAt,
  };
}

/** The payer's context for the next payment under an allowance (spec/judge.md §1). */
export function payerContext(
  { target }: Pick<Intent, 'target'>,
  held: HeldAllowance,
  { state, bankTime, bulletin }: View,
): PayerContext {
  return { as: 'payer', target, bankTime, bulletin, known: knownUnder(state, held) };
}

/** What this journal signed next before, and a Return: what the payment must not contradict. */
function knownUnder(state: WalletState, held: HeldAllowance): Neighbours {
  const head = held.paymentIds.get(held.lastSequence);
  const last = head && state.given.get(hex(head));
  const returned = held.returned?.packet;
  return {
    before: last && knownPayment(last.packet.payment.fields, last.packet.paymentId),
    returned: returned && knownReturn(returned.return.fields, returned.returnId),
  };
}

function isOver(code: JudgeCode): boolean {
  return code === 'expired' || code === 'over_count' || code === 'allowance_revoked';
}
