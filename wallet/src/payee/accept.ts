import {
  decodePacket,
  encodePacket,
  failure,
  hex,
  judgeVerified,
  provePayment,
  qrText,
  sha256,
  signDocument,
  twoWords,
} from '@sikka/protocol';
import type { PaymentPacket, Result, VerifiedPayment } from '@sikka/protocol';
import { bytesOf } from '../core/incoming.ts';
import type { Incoming } from '../core/incoming.ts';
import { viewOf } from '../core/view.ts';
import type { View } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse, WalletError } from '../errors.ts';
import type { Refusal } from '../errors.ts';
import type { ExchangeState } from '../exchange/exchange.ts';
import type { Append } from '../journal/journal.ts';
import type { AcceptedPayment, WalletState } from '../journal/state.ts';
import { MAX_EVIDENCE } from '../limits.ts';
import { neighboursOf } from './neighbours.ts';
import { readSeller } from './seller.ts';
import type { Seller } from './seller.ts';
import { sealedTargets, targetFor } from './targets.ts';

/** What the till shows: green, amber, or red with the reason. */
export type AcceptAnswer =
  | {
      readonly ok: true;
      /** `duplicate`: accepted before, and this is the receipt given then. */
      readonly verdict: 'accepted' | 'duplicate';
      readonly code: 'acceptable' | 'duplicate';
      readonly paymentId: string;
      readonly amountMinor: bigint;
      readonly currency: number;
      /** By this device's clock: when it was accepted first. */
      readonly at: number;
      readonly state: ExchangeState;
      /** When it must have been handed in at the latest, by the bank's time. */
      readonly handInBy: number;
      readonly twoWords: readonly [string, string];
      readonly receipt: Uint8Array;
      /** The receipt as QR text, `SK1:…`. */
      readonly receiptText: string;
    }
  | (Refusal & { readonly verdict: 'refused' });

/**
 * Judges a payment as the payee (spec/judge.md §2), writes it to durable storage together with its
 * receipt, and only then answers. Shown again, it gives the same receipt again. A payment that
 * contradicts one accepted before is refused and kept, to be handed in as evidence.
 *
 * Refuses with the judge's codes, `sealed/open_failed`, `wallet/not_a_payment`,
 * `wallet/not_enrolled`, `wallet/role_missing` and `wallet/store_…`.
 */
export async function accept(wallet: Wallet, given: Incoming): Promise<AcceptAnswer> {
  const answer = await answering<AcceptAnswer>(async () => {
    const read = bytesOf(given);
    if (!read.ok) return read;
    const done = await wallet.journal.change(async (state, append) => {
      const view = await viewOf(wallet, state);
      return acceptLocked(wallet, { view, append }, read.bytes);
    });
    return done.ok ? done.value : done;
  });
  return answer.ok ? answer : { ...answer, verdict: 'refused' };
}

interface Locked {
  readonly view: View;
  readonly append: Append;
}

type Answer = AcceptAnswer | Refusal;

async function acceptLocked(wallet: Wallet, locked: Locked, shown: Uint8Array): Promise<Answer> {
  const { view } = locked;
  const seller = await readSeller(wallet, view);
  if (!seller.ok) return seller;
  const shownHash = sha256(shown);
  // The request's key is gone once it is paid, so bytes seen before are known by their hash.
  const before = seenBefore(view.state, shownHash);
  if (before !== undefined) return answerOf(before, 'duplicate');
  const opened = await openShown(wallet, view.state, shown);
  if (!opened.ok) return opened;
  const proved = await provePayment(opened.value, view.trust);
  if (!proved.ok) return proved;
  return judgeAndKeep(wallet, locked, { seller, shownHash, payment: proved.value });
}

function seenBefore(state: WalletState, shownHash: Uint8Array): AcceptedPayment | undefined {
  const paymentId = state.acceptedByShown.get(hex(shownHash));
  return paymentId === undefined ? undefined : state.accepted.get(paymentId);
}

/** The payment packet inside: sealed to any request or code that is still open, or in the clear. */
async function openShown(
  { keystore }: Wallet,
  state: WalletState,
  shown: Uint8Array,
): Promise<Result<Uint8Array> | Refusal> {
  const decoded = decodePacket(shown);
  if (!decoded.ok) return decoded;
  if (decoded.value.kind === 'payment') return { ok: true, value: shown };
  if (decoded.value.kind !== 'sealed') {
    return refuse('wallet/not_a_payment', `a ${decoded.value.kind} packet`);
  }
  for (const { ecdhKey, bind } of sealedTargets(state)) {
    const opened = await keystore.open(ecdhKey, shown, bind);
    if (opened.ok || opened.code !== 'sealed/open_failed') return opened;
  }
  return failure('sealed/open_failed', 'not for an open request or code of this till');
}

interface Shown {
  readonly seller: Seller;
  readonly shownHash: Uint8Array;
  readonly payment: VerifiedPayment;
}

async function judgeAndKeep(
  wallet: Wallet,
  { view, append }: Locked,
  { seller, shownHash, payment }: Shown,
): Promise<Answer> {
  const { state, bankTime, bulletin } = view;
  const verdict = judgeVerified(payment, {
    as: 'payee',
    target: targetFor(payment.payment, seller, state),
    bankTime,
    bulletin,
    known: neighboursOf(state, payment.packet),
  });
  const id = hex(payment.paymentId);
  if (!verdict.ok) {
    const before = state.accepted.get(id);
    if (verdict.code === 'duplicate' && before !== undefined) return answerOf(before, 'duplicate');
    await keepEvidence(state, append, { code: verdict.code, packet: payment.packet });
    return refuse(verdict.code, verdict.detail);
  }
  const receipt = await signReceipt(wallet, view, { seller, packet: payment.packet });
  await append({ type: 'accepted', packet: payment.bytes, shownHash, receipt });
  const request = state.closedRequests.get(hex(payment.payment.bind));
  if (request !== undefined) {
    await forgetKey(wallet, request.request.fields.ecdhKey);
  }
  const kept = state.accepted.get(id);
  if (kept === undefined) throw new TypeError('the fold forgot a payment');
  return answerOf(kept, 'accepted');
}

/** The payment is kept whatever becomes of its key: one that stays goes at the next opening. */
async function forgetKey({ keystore }: Wallet, ecdhKey: Uint8Array): Promise<void> {
  try {
    await keystore.deleteAgreementKey(ecdhKey);
  } catch (error) {
    if (!(error instanceof WalletError)) throw error;
  }
}

/** Two documents of one key that cannot both be true: the bank gets the second one, too. */
async function keepEvidence(
  { contradictions }: WalletState,
  append: Append,
  { code, packet }: { readonly code: string; readonly packet: PaymentPacket },
): Promise<void> {
  if (code !== 'double_spend' && code !== 'contradiction') return;
  if (contradictions.has(hex(packet.paymentId)) || contradictions.size >= MAX_EVIDENCE) return;
  await append({ type: 'contradicted', packet: packet.bytes });
}

async function signReceipt(
  { clock }: Wallet,
  { bankTime, bulletin }: View,
  { seller, packet }: { readonly seller: Seller; readonly packet: PaymentPacket },
): Promise<Uint8Array> {
  const { credential, credentialId, signer } = seller;
  const receipt = await signDocument(
    {
      type: 'receipt',
      paymentId: packet.paymentId,
      amountMinor: packet.payment.fields.amountMinor,
      verdict: 'accepted',
      time: Math.max(bankTime, clock.now()),
      bulletinVersion: bulletin?.version ?? 0,
    },
    signer,
    credentialId,
  );
  return encodePacket({ kind: 'receipt', credential, receipt });
}

function answerOf(kept: AcceptedPayment, verdict: 'accepted' | 'duplicate'): Answer {
  const { packet, receipt, at, state } = kept;
  const { amountMinor, currency } = packet.payment.fields;
  return {
    ok: true,
    verdict,
    code: verdict === 'accepted' ? 'acceptable' : 'duplicate',
    paymentId: hex(packet.paymentId),
    amountMinor,
    currency,
    at,
    state,
    handInBy: packet.allowance.fields.claimUntil,
    twoWords: twoWords(packet.paymentId),
    receipt,
    receiptText: qrText(receipt),
  };
}
