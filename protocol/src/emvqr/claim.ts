import type { EmvField } from './tlv.ts';

/**
 * What a merchant's printed or shown EMV code says. A claim and no more: anybody prints one, and
 * its checksum proves nothing. Show it, ask the bank who it is, and pay only what is signed
 * (spec/emvqr.md §4).
 */
export interface EmvClaim {
  /** Tag 01: the same code for every payer, or one for this sale; undefined: it does not say. */
  readonly initiation: 'static' | 'dynamic' | undefined;
  /** Tag 53, ISO 4217 number. */
  readonly currency: number | undefined;
  /** Tag 54 as written: digits with at most one point. `emvAmountMinor` makes money of it. */
  readonly amount: string | undefined;
  /** Tag 58, ISO 3166-1 alpha-2. */
  readonly country: string | undefined;
  /** Tag 59. */
  readonly merchantName: string | undefined;
  /** Tag 60. */
  readonly merchantCity: string | undefined;
  /** Tag 64: the same two in another language; Urdu for a Pakistani merchant. */
  readonly alternate: EmvAlternate | undefined;
  /** Our template, tag 80; undefined: another scheme's code. */
  readonly sikka: EmvSikka | undefined;
  /** Every data object but the checksum, in its order, as it stands: other schemes read these. */
  readonly fields: readonly EmvField[];
}

export interface EmvAlternate {
  /** ISO 639-1, upper or lower case as written. */
  readonly language: string;
  readonly merchantName: string;
  readonly merchantCity: string | undefined;
}

/** The inside of our template (spec/emvqr.md §3). */
export interface EmvSikka {
  /** A wallet number with a right check digit. */
  readonly wallet: number;
  /** Which credential the payee will show: its id in hex or the short id in print. */
  readonly credential: string | undefined;
  /** How the payee takes part; an unknown word is kept. */
  readonly mode: string | undefined;
}

/** Tag 80, sub-tag 00: whose template it is. */
export const SIKKA_IDENTIFIER = 'org.sikka';
