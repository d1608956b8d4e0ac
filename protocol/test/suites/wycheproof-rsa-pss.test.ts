import { describe, expect } from 'vitest';
import { bytesOf, itWithVectors } from '../shared-vectors.ts';
import type { SignatureCase, Wycheproof } from '../shared-vectors.ts';
import { everyVerifier } from './every-verifier.ts';

interface Group {
  readonly keySize: number;
  readonly sha: string;
  readonly mgfSha: string;
  readonly sLen: number;
  readonly publicKey: { readonly modulus: string; readonly publicExponent: string };
  readonly tests: readonly SignatureCase[];
}

interface Outcome {
  readonly tcId: number;
  readonly valid: boolean;
  readonly expected: boolean;
}

/** Whether a group's parameters are those of PS256 (spec/suites.md §1). */
function isPs256({ keySize, sha, mgfSha, sLen, publicKey }: Group): boolean {
  return (
    keySize === 2048 &&
    sha === 'SHA-256' &&
    mgfSha === 'SHA-256' &&
    sLen === 32 &&
    BigInt(`0x${publicKey.publicExponent}`) === 65_537n
  );
}

async function outcomesOf({ testGroups }: Wycheproof<Group>): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const group of testGroups) {
    for (const { tcId, msg, sig, result } of group.tests) {
      const valid = await everyVerifier({
        suite: 'PS256',
        publicKey: bytesOf(group.publicKey.modulus.replace(/^00/, '')),
        message: bytesOf(msg),
        signature: bytesOf(sig),
      });
      outcomes.push({ tcId, valid, expected: isPs256(group) && result === 'valid' });
    }
  }
  return outcomes;
}

function wrong(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(({ valid, expected }) => valid !== expected);
}

function accepted(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ valid }) => valid).length;
}

describe('RSA-PSS of Wycheproof, in WebCrypto and in Node', () => {
  for (const file of ['rsa_pss_2048_sha256_mgf1_32', 'rsa_pss_2048_sha256_mgf1_32_params']) {
    itWithVectors<Wycheproof<Group>>(
      `${file}: accepts all valid and no invalid signature`,
      `wycheproof/${file}_test.json`,
      async (vectors) => {
        const outcomes = await outcomesOf(vectors);
        expect(wrong(outcomes)).toEqual([]);
        expect(accepted(outcomes)).toBe(63);
      },
    );
  }

  itWithVectors<Wycheproof<Group>>(
    'salts of 0 bytes are refused, the valid ones too; only the one changed to 32 bytes passes',
    'wycheproof/rsa_pss_2048_sha256_mgf1_0_test.json',
    async (vectors) => {
      const outcomes = await outcomesOf(vectors);
      expect(outcomes).toHaveLength(103);
      // 69 is "s_len changed to 32": wrong for a key of salt 0, and exactly PS256.
      expect(outcomes.filter(({ valid }) => valid).map(({ tcId }) => tcId)).toEqual([69]);
    },
  );

  for (const file of ['rsa_pss_misc', 'rsa_pss_misc_params']) {
    itWithVectors<Wycheproof<Group>>(
      `${file}: other hashes, salts, sizes and exponents are refused`,
      `wycheproof/${file}_test.json`,
      async (vectors) => {
        const outcomes = await outcomesOf(vectors);
        expect(outcomes).toHaveLength(150);
        expect(wrong(outcomes)).toEqual([]);
      },
    );
  }
});
