import type {
  IssuedCache,
  ProveOptions,
  RefundPacket,
  Trust,
  VerifiedDeviceTransaction,
  VerifiedKeyPayment,
  VerifiedLedgerPayment,
  VerifiedPayment,
  VerifiedReturn,
} from '@sikka/protocol';
import {
  equalBytes,
  provePayeePacket,
  provePayment,
  proveReturn,
  proveWalletKey,
} from '@sikka/protocol';
import { doneRefund, settledAnswer, settledKeyAnswer } from './answers.ts';
import type {
  Claim,
  Handed,
  KeyPaymentClaim,
  PaymentClaim,
  RefundClaim,
  ReturnClaim,
} from './claims.ts';
import type { RefusalCode } from './codes.ts';
import type { AllowanceTerms, Known, KnownCredential, KnownKeys } from './facts.ts';
import { nonceKeyOf } from './facts.ts';
import { keyOf } from './keys.ts';
import { limits } from './limits.ts';
import type { ItemKind, Outcome } from './outcomes.ts';
import { outcome } from './outcomes.ts';
import { answeredOrder, createOrderProver } from './prove-orders.ts';
import type { GivenProofs, ProveOrder } from './prove-orders.ts';

/** What a claim turned out to be. */
export type Proof =
  | { readonly kind: 'payment'; readonly verified: VerifiedPayment; readonly allowanceNo: bigint }
  | { readonly kind: 'return'; readonly verified: VerifiedReturn; readonly allowanceNo: bigint }
  /** Both signatures hold, and its credential is one of ours. */
  | {
      readonly kind: 'refund';
      readonly packet: RefundPacket;
      readonly credential: KnownCredential;
    }
  | { readonly kind: 'key_payment'; readonly verified: VerifiedKeyPayment }
  | { readonly kind: 'ledger_entry'; readonly verified: VerifiedLedgerPayment }
  | { readonly kind: 'device_transaction'; readonly verified: VerifiedDeviceTransaction }
  /** Evidence of what came with it. */
  | { readonly kind: 'carried'; readonly outcome: Outcome }
  /** Refused by rules 1 to 3: about the bytes, not about any document. */
  | { readonly kind: 'refused'; readonly claimed: ItemKind; readonly code: RefusalCode }
  /** Byte for byte what was judged before: nothing is left to prove or decide. */
  | { readonly kind: 'answered'; readonly outcome: Outcome };

export type Proved = Proof & Handed;
export type ProvedPayment = Extract<Proved, { readonly kind: 'payment' }>;
export type ProvedReturn = Extract<Proved, { readonly kind: 'return' }>;
export type ProvedKeyPayment = Extract<Proved, { readonly kind: 'key_payment' }>;
export type ProvedRefund = Extract<Proved, { readonly kind: 'refund' }>;
export type ProvedLedgerEntry = Extract<Proved, { readonly kind: 'ledger_entry' }>;
export type ProvedDeviceTransaction = Extract<Proved, { readonly kind: 'device_transaction' }>;
export type ProvedOrder = ProvedLedgerEntry | ProvedDeviceTransaction;

export interface Proving extends Trust {
  /** What the bank has of the allowances, documents and credentials that the claims name. */
  readonly known: Known;
  /** Bank signatures verified before. */
  readonly issued: IssuedCache;
  /** What the intake proved in this very call. */
  readonly given?: GivenProofs | undefined;
}

/**
 * Judge's rules 2 and 3 for every claim, many at once and in the order given. A packet that stands
 * in the batch twice is proved once. Pure but for the verifier's threads and the cache.
 */
export async function prove(
  claims: readonly Claim[],
  proving: Proving,
): Promise<readonly Proved[]> {
  const proofs = new Map<string, Promise<Proof>>();
  const proveOrder = createOrderProver(proving);
  const results = new Array<Proved>(claims.length);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < claims.length; i = next++) {
      const claim = claims[i];
      if (claim === undefined) continue;
      const { item, sha256 } = claim;
      const key = keyOf(sha256);
      const proof = proofs.get(key) ?? proveOne(claim, proving, proveOrder);
      proofs.set(key, proof);
      results[i] = { ...(await proof), item, sha256 };
    }
  };
  await Promise.all(Array.from({ length: limits.provingAtOnce }, work));
  return results;
}

async function proveOne(claim: Claim, proving: Proving, proveOrder: ProveOrder): Promise<Proof> {
  switch (claim.kind) {
    case 'payment':
      return answered(claim, proving.known) ?? (await proveClaimedPayment(claim, proving));
    case 'return':
      return proveClaimedReturn(claim, proving);
    case 'refund':
      return answeredRefund(claim, proving.known) ?? (await proveClaimedRefund(claim, proving));
    case 'key_payment':
      return answeredByKey(claim, proving.known) ?? (await proveKeyPayment(claim, proving));
    case 'ledger_entry':
    case 'device_transaction':
      return answeredOrder(claim, proving.known.orders) ?? (await proveOrder(claim));
    case 'carrier':
      return { kind: 'carried', outcome: outcome({ kind: 'carrier', result: 'recorded' }) };
    case 'other':
      return { kind: 'refused', claimed: 'other', code: claim.code };
  }
}

/** Rule 4, early: these very bytes passed rules 1 to 3 before, so their answer is known. */
function answered({ documentId, sha256 }: PaymentClaim, { settled }: Known): Proof | undefined {
  const payment = settled.get(keyOf(documentId));
  if (payment === undefined || !equalBytes(payment.sha256, sha256)) return undefined;
  return { kind: 'answered', outcome: settledAnswer(payment) };
}

function answeredRefund({ documentId, packet, sha256 }: RefundClaim, known: Known) {
  const done = known.refunds.get(keyOf(documentId));
  if (done === undefined || !equalBytes(done.sha256, sha256)) return undefined;
  const outcome = doneRefund(done, packet.refund.fields.currency);
  return { kind: 'answered', outcome } as const;
}

async function proveClaimedPayment({ packet }: PaymentClaim, proving: Proving): Promise<Proof> {
  const terms = proving.known.allowances.get(keyOf(packet.allowanceId));
  const proved = await provePayment(packet, options(proving, terms !== undefined));
  if (!proved.ok) return { kind: 'refused', claimed: 'payment', code: proved.code };
  return { kind: 'payment', verified: proved.value, allowanceNo: numberOf(terms) };
}

async function proveClaimedReturn({ packet }: ReturnClaim, proving: Proving): Promise<Proof> {
  const terms = proving.known.allowances.get(keyOf(packet.allowanceId));
  const proved = await proveReturn(packet, options(proving, terms !== undefined));
  if (!proved.ok) return { kind: 'refused', claimed: 'return', code: proved.code };
  return { kind: 'return', verified: proved.value, allowanceNo: numberOf(terms) };
}

function options({ issuers, verifier, issued }: Proving, known: boolean): ProveOptions {
  return { issuers, verifier, allowances: issued, isKnownAllowance: () => known };
}

function numberOf(terms: AllowanceTerms | undefined): bigint {
  if (terms === undefined) throw new Error('Proved under an allowance that is not known.');
  return terms.no;
}

/** spec/settlement.md §6: the credential by the issuer, as one of ours, the refund under it. */
async function proveClaimedRefund(claim: RefundClaim, proving: Proving): Promise<Proof> {
  const { issuers, verifier, issued, known } = proving;
  const refused = (code: RefusalCode): Proof => ({ kind: 'refused', claimed: 'refund', code });
  const { item, packet } = claim;
  const credential = known.credentials.get(keyOf(packet.credentialId));
  const proved = await provePayeePacket(item.bytes, { issuers, verifier, credentials: issued });
  const signed = proved.ok || proved.code === 'payee_signature_invalid';
  if (signed && credential === undefined) return refused('credential_unknown');
  if (!proved.ok) return refused(proved.code);
  if (credential === undefined) throw new Error('Refused above.');
  return { kind: 'refund', packet, credential };
}

function answeredByKey({ documentId, sha256 }: KeyPaymentClaim, { keys }: Known) {
  const settled = keys.settled.get(keyOf(documentId));
  if (settled === undefined || !equalBytes(settled.sha256, sha256)) return undefined;
  return { kind: 'answered', outcome: settledKeyAnswer(settled) } as const;
}

/**
 * The payer's wallet key by the signature (spec/wallet-key.md §2). That no key of that wallet fits
 * may pass: a key is registered later than its first signature perhaps.
 */
async function proveKeyPayment(claim: KeyPaymentClaim, proving: Proving): Promise<Proof> {
  for (const key of candidateKeys(claim, proving.known.keys)) {
    const proved = await proveWalletKey(claim.signed, key, proving.verifier);
    if (proved.ok) return { kind: 'key_payment', verified: proved.value };
    if (proved.code === 'malformed') {
      return { kind: 'refused', claimed: 'key_payment', code: proved.code };
    }
  }
  return { kind: 'refused', claimed: 'key_payment', code: 'payer_key_unknown' };
}

/** Few, so that the work is bounded whatever somebody registers or hands in. */
function candidateKeys({ signed: { claimed } }: KeyPaymentClaim, known: KnownKeys) {
  const { payerWallet: wallet, nonce } = claimed;
  const first = known.byNonce.get(nonceKeyOf({ wallet, nonce }));
  const others = known.byWallet.get(wallet) ?? [];
  if (first === undefined) return others;
  return [first, ...others.filter(({ id }) => !equalBytes(id, first.id))];
}
