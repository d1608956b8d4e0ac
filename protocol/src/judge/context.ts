import type { Bulletin, Mode } from '../documents/types.ts';
import type { PrintedCodePacket, RequestPacket } from '../packets/types.ts';
import type { Neighbours } from './known.ts';

/** What a payment has to answer: one request, or one printed code (spec/judge.md §2, rule 7). */
export interface Target {
  /** The payee's wallet. */
  readonly wallet: number;
  readonly credentialId: Uint8Array;
  readonly currency: number;
  readonly mode: Mode;
  /** Id of the request, or of the printed credential. */
  readonly bind: Uint8Array;
  /** Undefined where the payer chooses. */
  readonly amountMinor: bigint | undefined;
  /** Undefined for a printed code. */
  readonly until: number | undefined;
  /** Id of the payment made or accepted for this request before. */
  readonly paidBy?: Uint8Array | undefined;
}

interface PhoneContext {
  readonly target: Target;
  /** The greatest bank-signed time known, advanced: a lower bound, in seconds. */
  readonly bankTime: number;
  /** The newest bulletin seen; undefined before the first. */
  readonly bulletin?: Bulletin | undefined;
  /** The highest version this software supports; this package's by default. */
  readonly supportedVersion?: number;
  readonly known: Neighbours;
}

/** The paying wallet, before it signs and before it shows. */
export interface PayerContext extends PhoneContext {
  readonly as: 'payer';
}

/** The till. */
export interface PayeeContext extends PhoneContext {
  readonly as: 'payee';
}

/** Settlement. */
export interface BankContext {
  readonly as: 'bank';
  /** Whether the allowance is in the bank's own ledger of reservations. */
  readonly allowanceKnown: boolean;
  /** The payment's payee wallet; undefined where there is none. A frozen one still receives. */
  readonly payee: { readonly currency: number } | undefined;
  /** When the inbox stored the bytes first, in seconds: the only time the bank judges. */
  readonly receivedAt: number;
  readonly known: Neighbours;
}

/** Auditor and command line: issuer keys, and whatever documents they were given. */
export interface ObserverContext {
  readonly as: 'observer';
  readonly known: Neighbours;
}

export type JudgeContext = PayerContext | PayeeContext | BankContext | ObserverContext;

/** What a payment for this request or printed code has to answer. */
export function targetOf(packet: RequestPacket | PrintedCodePacket): Target {
  const { wallet, currency } = packet.credential.fields;
  const { credentialId } = packet;
  if (packet.kind === 'printed-code') {
    return {
      wallet,
      credentialId,
      currency,
      mode: 'static',
      bind: credentialId,
      amountMinor: undefined,
      until: undefined,
    };
  }
  const { amountMinor, until } = packet.request.fields;
  return {
    wallet,
    credentialId,
    currency: packet.request.fields.currency,
    mode: 'dynamic',
    bind: packet.requestId,
    amountMinor,
    until,
  };
}
