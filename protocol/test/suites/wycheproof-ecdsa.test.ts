import { describe, expect } from 'vitest';
import { equalBytes } from '../../src/bytes.ts';
import { compressPoint } from '../../src/point.ts';
import { derSignature } from '../../src/suites/key-formats.ts';
import { normaliseLowS } from '../../src/suites/low-s.ts';
import { bytesOf, itWithVectors, readSharedVectors } from '../shared-vectors.ts';
import type { SignatureCase, Wycheproof } from '../shared-vectors.ts';
import { everyVerifier } from './every-verifier.ts';

interface Group {
  readonly publicKey: { readonly uncompressed: string };
  readonly tests: readonly SignatureCase[];
}

interface Outcome {
  readonly tcId: number;
  readonly upstream: boolean;
  readonly ours: boolean;
  readonly ifNormalised: boolean;
}

/** Valid upstream with s > n/2: derived beside the vectors. */
function highS(file: string): readonly number[] {
  const listed = readSharedVectors<Record<string, { readonly valid_high_s_tcIds: number[] }>>(
    'wycheproof/_high_s_tcIds.json',
  );
  return listed[file]!.valid_high_s_tcIds;
}

async function outcomeOf(group: Group, test: SignatureCase, signature: Uint8Array) {
  const publicKey = compressPoint(bytesOf(group.publicKey.uncompressed))!;
  const signed = { suite: 'ES256', publicKey, message: bytesOf(test.msg), signature } as const;
  const ours = await everyVerifier(signed);
  const normalised = signature.length === 64 ? normaliseLowS(signature) : signature;
  const ifNormalised = await everyVerifier({ ...signed, signature: normalised });
  return { tcId: test.tcId, upstream: test.result === 'valid', ours, ifNormalised };
}

function tcIdsOf(outcomes: readonly Outcome[], which: (outcome: Outcome) => boolean): number[] {
  return outcomes.filter(which).map(({ tcId }) => tcId);
}

/** r‖s of a strict DER signature; undefined for what 64 bytes cannot say. */
function fromDer(der: Uint8Array): Uint8Array | undefined {
  const rBytes = der[3] ?? 0;
  const r = scalarOf(der.subarray(4, 4 + rBytes));
  const s = scalarOf(der.subarray(6 + rBytes));
  if (r === undefined || s === undefined) return undefined;
  const raw = new Uint8Array([...r, ...s]);
  return equalBytes(derSignature('ES256', raw), der) ? raw : undefined;
}

function scalarOf(integer: Uint8Array): number[] | undefined {
  const magnitude = [...integer].slice(integer[0] === 0 ? 1 : 0);
  if (magnitude.length > 32) return undefined;
  return [...new Array<number>(32 - magnitude.length).fill(0), ...magnitude];
}

describe('ECDSA P-256 of Wycheproof, in WebCrypto and in Node', () => {
  itWithVectors<Wycheproof<Group>>(
    'P1363: refuses all invalid, and of the valid exactly those with high s',
    'wycheproof/ecdsa_secp256r1_sha256_p1363_test.json',
    async ({ testGroups }) => {
      const outcomes: Outcome[] = [];
      for (const group of testGroups) {
        for (const test of group.tests) {
          outcomes.push(await outcomeOf(group, test, bytesOf(test.sig)));
        }
      }
      expect(outcomes).toHaveLength(262);
      expect(tcIdsOf(outcomes, ({ upstream, ours }) => ours && !upstream)).toEqual([]);
      expect(tcIdsOf(outcomes, ({ upstream, ours }) => upstream && !ours)).toEqual(
        highS('ecdsa_secp256r1_sha256_p1363_test'),
      );
      expect(tcIdsOf(outcomes, (one) => one.upstream && !one.ifNormalised)).toEqual([]);
    },
  );

  itWithVectors<Wycheproof<Group>>(
    'DER turned into r‖s: the same; what does not turn was invalid for its DER',
    'wycheproof/ecdsa_secp256r1_sha256_test.json',
    async ({ testGroups }) => {
      const outcomes: Outcome[] = [];
      const notExpressible: SignatureCase[] = [];
      for (const group of testGroups) {
        for (const test of group.tests) {
          const signature = fromDer(bytesOf(test.sig));
          if (signature === undefined) notExpressible.push(test);
          else outcomes.push(await outcomeOf(group, test, signature));
        }
      }
      expect(notExpressible.filter(({ result }) => result === 'valid')).toEqual([]);
      expect(tcIdsOf(outcomes, ({ upstream }) => upstream)).toHaveLength(174);
      expect(tcIdsOf(outcomes, ({ upstream, ours }) => ours && !upstream)).toEqual([]);
      expect(tcIdsOf(outcomes, ({ upstream, ours }) => upstream && !ours)).toEqual(
        highS('ecdsa_secp256r1_sha256_test'),
      );
      expect(tcIdsOf(outcomes, (one) => one.upstream && !one.ifNormalised)).toEqual([]);
    },
  );
});
