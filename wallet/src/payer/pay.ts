import { encodePacket, hex, judge, seal, signDocument } from '@sikka/protocol';
import type { JudgedTarget, Signer } from '@sikka/protocol';
import type { Incoming } from '../core/incoming.ts';
import { viewOf } from '../core/view.ts';
import type { View } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { changeWitnessed } from '../core/witness.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome, Refusal } from '../errors.ts';
import type { Append } from '../journal/journal.ts';
import { chooseAllowance, payerContext } from './choose-allowance.ts';
import type { ChosenAllowance } from './choose-allowance.ts';
import { madeFor, readTarget } from './inspect.ts';
import { shownPayment } from './shown-payment.ts';
import type { ShownPayment } from './shown-payment.ts';

export interface PayOptions {
  /** For an open request or a printed code; for others absent, or equal to what is asked. */
  readonly amountMinor?: bigint;
  /** Where the keystore asks before each payment. */
  readonly pin?: string;
}

/** `request_already_paid` comes with the payment that was made, to be shown again. */
export type PayAnswer =
  ({ readonly ok: true } & ShownPayment) | (Refusal & { readonly payment?: ShownPayment });

const SALT_BYTES = 16;

/**
 * Pays a request or a printed code: judges, asks the keystore's gate, signs, writes the payment to
 * durable storage, lets the witnesses know, and only then answers with what to show
 * (spec/journal.md 1, 9).
 *
 * Refuses with the judge's codes (`request_already_paid` together with the payment made),
 * `wallet/amount_missing`, `wallet/no_allowance`, `wallet/not_enrolled`,
 * `wallet/spending_stopped`, `wallet/pin_…` and `wallet/store_…`. After `wallet/store_failed` the
 * payment may be in the journal; it was not shown, and paying the request again tells.
 */
export async function pay(
  wallet: Wallet,
  given: Incoming,
  options: PayOptions = {},
): Promise<PayAnswer> {
  return answering<PayAnswer>(async () => {
    const done = await changeWitnessed(wallet, async (state, append) => {
      const view = await viewOf(wallet, state);
      return payLocked(wallet, { view, append }, { given, ...options });
    });
    return done.ok ? done.value : done;
  });
}

/** Nobody else writes while one of these is in hand. */
interface Locked {
  readonly view: View;
  readonly append: Append;
}

async function payLocked(
  wallet: Wallet,
  locked: Locked,
  { given, amountMinor: chosenMinor, pin }: PayOptions & { readonly given: Incoming },
): Promise<PayAnswer> {
  const { view } = locked;
  const spender = await readSpender(wallet, view);
  if (!spender.ok) return spender;
  const judged = await readTarget(given, view);
  if (!judged.ok) return judged;
  const { target } = judged.value;
  const made = madeFor(view, target.bind);
  if (made !== undefined) {
    const refusal = refuse('request_already_paid', 'show the payment made');
    return { ...refusal, payment: shownPayment(made) };
  }
  const amountMinor = chosenMinor ?? target.amountMinor;
  if (amountMinor === undefined) return refuse('wallet/amount_missing', 'the payer chooses');
  const salt = wallet.random.randomBytes(SALT_BYTES);
  const intent = { target, amountMinor, salt, claimedAt: wallet.clock.now() };
  const chosen = chooseAllowance(intent, view);
  if (!chosen.ok) return chosen;
  const stopped = await wallet.keystore.authorise(pin);
  if (stopped !== undefined) return stopped;
  return signAndKeep(locked, { ...spender, ...chosen, ...judged.value });
}

async function readSpender(
  { keystore }: Wallet,
  { state }: View,
): Promise<Outcome<{ readonly signer: Signer }>> {
  const signer = await keystore.signer();
  if (state.enrolment?.answer === undefined || signer === undefined) {
    return refuse('wallet/not_enrolled', 'enrol first');
  }
  // Somebody knows a payment that this journal does not: it would sign a sequence twice.
  if (state.rolledBack !== undefined) {
    return refuse('wallet/spending_stopped', 'this journal was rolled back');
  }
  if (state.allowances.size === 0) return refuse('wallet/no_allowance', 'ask the bank for one');
  return { ok: true, signer };
}

async function signAndKeep(
  { view, append }: Locked,
  order: ChosenAllowance & JudgedTarget & { readonly signer: Signer },
): Promise<PayAnswer> {
  const { held, payment, packet: request, target, signer } = order;
  const { allowance, allowanceId } = held;
  const signed = await signDocument(payment, signer, allowanceId);
  const packet = encodePacket({ kind: 'payment', allowance, payment: signed });
  // What is shown is judged as it is shown: its exact bytes, signatures included.
  const verdict = await judge(packet, { ...view.trust, ...payerContext(order, held, view) });
  if (!verdict.ok) return refuse(verdict.code, verdict.detail);
  const ecdhKey = ecdhKeyOf(request);
  if (ecdhKey === undefined) return refuse('malformed', 'a printed code without its key');
  const shown = await seal(packet, { ecdhKey, bind: target.bind });
  await append({ type: 'paid', packet, shown, request: request.bytes });
  const kept = view.state.given.get(hex(verdict.paymentId));
  if (kept === undefined) throw new TypeError('the fold forgot a payment');
  return { ok: true, ...shownPayment(kept) };
}

function ecdhKeyOf(packet: JudgedTarget['packet']): Uint8Array | undefined {
  return packet.kind === 'request'
    ? packet.request.fields.ecdhKey
    : packet.credential.fields.ecdhKey;
}
