import { fromHex } from '../bytes.ts';

/** A signature suite (spec/suites.md §1). */
export type Suite = 'ES256' | 'EdDSA' | 'PS256';

interface SuiteFacts {
  readonly number: number;
  readonly publicKeyLength: number;
  readonly signatureLength: number;
  /** The COSE protected header, `{1: alg}`, a constant of the suite. */
  readonly protectedHeader: Uint8Array;
}

const FACTS: Readonly<Record<Suite, SuiteFacts>> = {
  ES256: {
    number: 1,
    publicKeyLength: 33,
    signatureLength: 64,
    protectedHeader: fromHex('a10126'),
  },
  EdDSA: {
    number: 2,
    publicKeyLength: 32,
    signatureLength: 64,
    protectedHeader: fromHex('a10127'),
  },
  PS256: {
    number: 3,
    publicKeyLength: 256,
    signatureLength: 256,
    protectedHeader: fromHex('a1013824'),
  },
};

/** Every suite of version 1, by number. */
export const SUITES = ['ES256', 'EdDSA', 'PS256'] as const satisfies readonly Suite[];

export function suiteNumber(suite: Suite): number {
  return FACTS[suite].number;
}

/** The suite of a number; undefined for one that version 1 does not have (`unknown_suite`). */
export function suiteOf(number: number): Suite | undefined {
  return Number.isInteger(number) ? SUITES[number - 1] : undefined;
}

export function publicKeyLength(suite: Suite): number {
  return FACTS[suite].publicKeyLength;
}

export function signatureLength(suite: Suite): number {
  return FACTS[suite].signatureLength;
}

/** The COSE protected header of a suite, as bytes: the same for every document it signs. */
export function protectedHeader(suite: Suite): Uint8Array {
  return FACTS[suite].protectedHeader;
}
