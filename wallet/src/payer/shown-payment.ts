import { hex, qrText, twoWords } from '@sikka/protocol';
import type { GivenPayment } from '../journal/state.ts';

/** The payee as the bank verified it: name and town are the largest thing on the screen. */
export interface VerifiedPayee {
  readonly name: string;
  readonly town: string;
  readonly wallet: number;
  /** Which of the payee's tills it is: a number that the bank gave it. */
  readonly till: number;
}

/** A payment to show to the payee: always the same bytes. */
export interface ShownPayment {
  readonly paymentId: string;
  /** The sealed packet. */
  readonly packet: Uint8Array;
  /** The same as QR text, `SK1:…`. */
  readonly text: string;
  /** To tell two customers apart; they prove nothing. */
  readonly twoWords: readonly [string, string];
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payee: VerifiedPayee;
}

export function payeeOf({ paid }: Pick<GivenPayment, 'paid'>): VerifiedPayee {
  const { name, town, wallet, till } = paid.credential.fields;
  return { name, town, wallet, till };
}

export function shownPayment(given: GivenPayment): ShownPayment {
  const { packet, shown } = given;
  const { amountMinor, currency } = packet.payment.fields;
  return {
    paymentId: hex(packet.paymentId),
    packet: shown,
    text: qrText(shown),
    twoWords: twoWords(packet.paymentId),
    amountMinor,
    currency,
    payee: payeeOf(given),
  };
}
