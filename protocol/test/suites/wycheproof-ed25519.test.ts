import { describe, expect } from 'vitest';
import { bytesOf, itWithVectors } from '../shared-vectors.ts';
import type { SignatureCase, Wycheproof } from '../shared-vectors.ts';
import { everyVerifier } from './every-verifier.ts';

interface Group {
  readonly publicKey: { readonly pk: string };
  readonly tests: readonly SignatureCase[];
}

describe('Ed25519 of Wycheproof, in WebCrypto and in Node', () => {
  itWithVectors<Wycheproof<Group>>(
    'accepts all valid and no invalid signature',
    'wycheproof/ed25519_test.json',
    async ({ testGroups }) => {
      const wrong: number[] = [];
      let seen = 0;
      for (const { publicKey, tests } of testGroups) {
        for (const { tcId, msg, sig, result } of tests) {
          seen += 1;
          const valid = await everyVerifier({
            suite: 'EdDSA',
            publicKey: bytesOf(publicKey.pk),
            message: bytesOf(msg),
            signature: bytesOf(sig),
          });
          if (valid !== (result === 'valid')) wrong.push(tcId);
        }
      }
      expect(seen).toBe(151);
      expect(wrong).toEqual([]);
    },
  );
});
