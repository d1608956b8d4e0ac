import { SUITES, suiteNumber, suiteOf } from './suite.ts';
import type { Suite } from './suite.ts';

/**
 * What older clients sign with (spec/suites.md §5), and no document of ours: `ECDSA-P256` is ES256
 * whose s may be high, under the same 33-byte key; `RS256` is RSASSA-PKCS1-v1_5 with SHA-256 under
 * a modulus of 2,048, 3,072 or 4,096 bits, e = 65537.
 */
export type OlderScheme = 'ECDSA-P256' | 'RS256';

/** What a {@link Verifier} verifies. Only a {@link Suite} may ever stand in a document. */
export type SignatureScheme = Suite | OlderScheme;

/** Outside the numbers of suites, which these are not: for buffers between threads alone. */
const OLDER_NUMBERS: Readonly<Record<OlderScheme, number>> = { 'ECDSA-P256': 128, RS256: 129 };

/** A number of one byte, unique for the scheme. */
export function schemeNumber(scheme: SignatureScheme): number {
  return isSuite(scheme) ? suiteNumber(scheme) : OLDER_NUMBERS[scheme];
}

/** The scheme of such a number. */
export function schemeOf(number: number): SignatureScheme | undefined {
  if (number === OLDER_NUMBERS['ECDSA-P256']) return 'ECDSA-P256';
  return number === OLDER_NUMBERS.RS256 ? 'RS256' : suiteOf(number);
}

function isSuite(scheme: SignatureScheme): scheme is Suite {
  return (SUITES as readonly SignatureScheme[]).includes(scheme);
}
