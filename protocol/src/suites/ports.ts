import type { SignatureScheme } from './scheme.ts';
import type { Suite } from './suite.ts';

/**
 * Verifies signatures by spec/suites.md §1 and §5: all its refusals included, so every
 * implementation gives the same answer to the same bytes. Never throws, never rejects.
 */
export interface Verifier {
  verify(
    scheme: SignatureScheme,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean>;
}

/** Holds one private key. What it signs is already in the suite's form (ES256: low s). */
export interface Signer {
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Promise<Uint8Array>;
}
