import { equalBytes } from '@sikka/protocol';
import type { VerifiedKeyPayment } from '@sikka/protocol';
import type { AccountId } from '../../ledger/index.ts';
import { rejectedKeyPayment, settledKeyAnswer } from '../answers.ts';
import type { RefusalCode } from '../codes.ts';
import { mayPass } from '../codes.ts';
import type { KeyPayer, KeyWindow, SettledKeyPayment } from '../facts.ts';
import { nonceKeyOf } from '../facts.ts';
import { keyOf } from '../keys.ts';
import { refusedBytes } from '../outcomes.ts';
import type { ProvedKeyPayment } from '../prove.ts';
import type { Answer, Docket } from './docket.ts';
import { addFunds, earlierAnswer, plainAnswer } from './docket.ts';

/**
 * Decides about a payment by a wallet's key, by the rules of spec/wallet-key.md §6 in their order.
 * Nothing was reserved for it: it is paid from what the offline wallet has left, or not at all.
 * A conflict accuses nobody, because the bank may have had the same key.
 */
export function decideKeyPayment(docket: Docket, proved: ProvedKeyPayment): Answer {
  const { verified } = proved;
  const earlier = firstAnswer(docket, verified);
  if (earlier !== undefined) return earlier;
  if (isNonceTaken(docket, verified)) {
    return refuse(docket, proved, { code: 'nonce_conflict', claim: undefined });
  }
  const signer = keyOf(verified.authority.keyId);
  const key = docket.facts.keys.keys.get(signer);
  const payer = docket.facts.keys.payers.get(verified.payerWallet);
  if (key === undefined || payer === undefined) {
    throw new Error('No facts were read of a wallet whose key was proved.');
  }
  const times = timesOf(docket, proved);
  const speaks = key.wallet === verified.payerWallet && times.some((time) => isLive(key, time));
  if (!speaks) return refuse(docket, proved, { code: 'payer_key_retired', claim: undefined });
  const payee = docket.facts.keys.keys.get(keyOf(verified.payeeKey));
  if (payee !== undefined && !agrees(verified, payer, payee)) return refuseText(docket, proved);

  const claim = { payerAccount: payer.accountId, payeeWallet: payee?.wallet };
  const judged = judge(docket, verified, { payer, payee, times });
  if (!judged.ok) return refuse(docket, proved, { code: judged.code, claim });
  return settle(docket, proved, { ...judged, claim });
}

/** In this batch or before it, whatever form it had then. */
function firstAnswer(docket: Docket, verified: VerifiedKeyPayment): Answer | undefined {
  const { paymentId } = verified;
  const key = keyOf(paymentId);
  const settled = docket.facts.keys.settled.get(key) ?? docket.settledKeysNow.get(key)?.payment;
  if (settled !== undefined) return plainAnswer(settledKeyAnswer(settled));
  return earlierAnswer(docket, paymentId, (rejection) => rejectedKeyPayment(verified, rejection));
}

/** Unique for its payer's wallet, for ever: so nobody can burn another's nonces. */
function isNonceTaken(docket: Docket, { payerWallet, nonce, paymentId }: VerifiedKeyPayment) {
  const name = nonceKeyOf({ wallet: payerWallet, nonce });
  const before = docket.facts.keys.taken.get(name)?.paymentId;
  const first = before ?? docket.claimedNow.get(name)?.verified.paymentId;
  return first !== undefined && !equalBytes(first, paymentId);
}

/**
 * The times at which the payer's authority is looked at, in seconds: now; when the bytes came,
 * unless they were refused then, because a refusal that may pass keeps no authority for later; and
 * when the payer stored it in a session of his own.
 */
function timesOf(
  { hearing, facts }: Docket,
  { item, verified: { payerWallet: wallet, nonce } }: ProvedKeyPayment,
): readonly number[] {
  const taken = facts.keys.taken.get(nonceKeyOf({ wallet, nonce }));
  const stored = taken?.bySession === true ? [taken.receivedAt] : [];
  const came = facts.keys.refusedBefore.has(item.place) ? [] : [hearing.receivedAt];
  return [hearing.decidedAt, ...came, ...stored];
}

function isLive({ from, until }: KeyWindow, time: number): boolean {
  return from <= time && (until === undefined || time < until);
}

/** What the text covers beyond the six members has to be true of the keys. */
function agrees({ says, payerWallet }: VerifiedKeyPayment, payer: KeyPayer, payee: KeyWindow) {
  const isOneOf = (name: string, allowed: readonly string[]) =>
    allowed.includes(says.get(name) ?? '');
  const isSaid = (name: string) => (says.get(name) ?? '') !== '';
  return (
    (!isSaid('receiver_wallet_id') || isOneOf('receiver_wallet_id', [`${payee.wallet}`])) &&
    (!isSaid('payee_id') || isOneOf('payee_id', [payee.owner, `${payee.wallet}`])) &&
    (!isSaid('payer_id') || isOneOf('payer_id', [payer.owner, `${payerWallet}`]))
  );
}

interface Parties {
  readonly payer: KeyPayer;
  readonly payee: KeyWindow | undefined;
  readonly times: readonly number[];
}

type Judged =
  | {
      readonly ok: true;
      readonly debit: AccountId;
      readonly credit: AccountId;
      readonly to: number;
    }
  | { readonly ok: false; readonly code: RefusalCode };

/** The first rule that speaks. */
function judge(
  docket: Docket,
  { amountMinor, currency }: VerifiedKeyPayment,
  { payer, payee, times }: Parties,
): Judged {
  const no = (code: RefusalCode): Judged => ({ ok: false, code });
  if (payer.kind !== 'offline' || payer.currency !== currency) return no('wrong_currency');
  if (!payer.active) return no('wallet_inactive');
  // What the bank had before the account was blocked is paid; later it may be a thief's.
  const inTime = payer.accountActive || times.some((time) => time < payer.blockedAt);
  if (!inTime) return no('payer_under_review');
  if (payee === undefined) return no('payee_unknown');
  const credit = docket.facts.wallets.get(payee.wallet)?.accounts.get(currency);
  if (credit === undefined) return no('wrong_currency');
  const funds = docket.funds.get(payer.account);
  if (funds === undefined || funds < amountMinor) return no('insufficient_funds');
  return { ok: true, debit: payer.account, credit, to: payee.wallet };
}

interface Claim {
  readonly payerAccount: bigint;
  readonly payeeWallet: number | undefined;
}

interface Refusal {
  readonly code: RefusalCode;
  /** Where it takes its nonce all the same. */
  readonly claim: Claim | undefined;
}

function refuse(docket: Docket, proved: ProvedKeyPayment, { code, claim }: Refusal): Answer {
  const { item, sha256, verified } = proved;
  if (claim !== undefined) takeNonce(docket, proved, claim);
  const answer = plainAnswer(rejectedKeyPayment(verified, { code }));
  docket.rejected.push({
    handed: { item, sha256 },
    kind: 'key_payment',
    code,
    documentId: mayPass(code) ? undefined : verified.paymentId,
    allowanceNo: undefined,
    sequence: undefined,
    accusation: undefined,
    keyPayment: verified.paymentId,
  });
  // What may pass is asked again, even in this batch: another key's text may say the same.
  if (!mayPass(code)) docket.answers.set(keyOf(verified.paymentId), answer);
  return answer;
}

/** About this text and no other: one that covers less may say the same and be true. */
function refuseText(docket: Docket, { item, sha256 }: ProvedKeyPayment): Answer {
  const [kind, code] = ['key_payment', 'payee_mismatch'] as const;
  docket.rejected.push({
    handed: { item, sha256 },
    kind,
    code,
    documentId: undefined,
    allowanceNo: undefined,
    sequence: undefined,
    accusation: undefined,
  });
  return plainAnswer(refusedBytes(kind, code));
}

function takeNonce(docket: Docket, { item, sha256, verified }: ProvedKeyPayment, by: Claim): void {
  const { payerWallet: wallet, nonce } = verified;
  const name = nonceKeyOf({ wallet, nonce });
  if (docket.facts.keys.taken.has(name) || docket.claimedNow.has(name)) return;
  docket.claimedNow.set(name, { handed: { item, sha256 }, verified, ...by });
}

function settle(
  docket: Docket,
  proved: ProvedKeyPayment,
  to: Extract<Judged, { ok: true }> & { readonly claim: Claim },
): Answer {
  const { item, sha256, verified } = proved;
  const { paymentId: id, payerWallet, amountMinor, currency } = verified;
  takeNonce(docket, proved, to.claim);
  const payment: SettledKeyPayment = {
    id,
    payerWallet,
    amountMinor,
    currency,
    payeeWallet: to.to,
    settledAt: docket.hearing.decidedAt,
    sha256,
  };
  const { debit: payer, credit: payee } = to;
  const settling = { handed: { item, sha256 }, verified, payment, payer, payee };
  docket.settledKeys.push(settling);
  docket.settledKeysNow.set(keyOf(id), settling);
  addFunds(docket, payer, -amountMinor);
  addFunds(docket, payee, amountMinor);
  return plainAnswer(settledKeyAnswer(payment));
}
