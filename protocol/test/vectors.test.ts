import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BUNDLE_CODES, LEDGER_CODES, PROTOCOL_CODES, webCryptoVerifier } from '../src/index.ts';
import { nodeVerifier } from '../src/node.ts';
import { answerVector, isSameJson } from '../src/vectors/index.ts';
import { allVectors } from './cases/index.ts';
import type { VectorCase } from './cases/index.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'vectors');
const families = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const vectors = families.flatMap((family) =>
  readdirSync(join(folder, family)).map(
    (file) => JSON.parse(readFileSync(join(folder, family, file), 'utf8')) as VectorCase,
  ),
);
/** Of documents and their carriers; what only a wallet opens is the wallet's to answer. */
const answered = families.filter((family) => family !== 'backup');
const verifiers = { WebCrypto: webCryptoVerifier, Node: nodeVerifier() };

describe.each(Object.entries(verifiers))('with the %s verifier', (_, verifier) => {
  it.each(answered)('every vector of %s is answered as its file says', async (family) => {
    const differing: unknown[] = [];
    for (const vector of vectors.filter((each) => each.family === family)) {
      const got = await answerVector(family, vector.input, verifier);
      if (!isSameJson(got, vector.expect))
        differing.push({ vector: vector.case, got, want: vector.expect });
    }
    expect(differing).toEqual([]);
  });
});

describe('the vectors as a whole', () => {
  it.each(families)('%s has at least three failures for each success', (family) => {
    const own = vectors.filter((each) => each.family === family);
    const good = own.filter(({ expect: { ok } }) => ok === true).length;
    expect(good).toBeGreaterThan(0);
    expect(own.length - good).toBeGreaterThanOrEqual(3 * good);
  });

  it('have a failing case for every code', () => {
    const failing = new Set(vectors.map(({ expect: { code } }) => code));
    const codes = [...PROTOCOL_CODES, ...LEDGER_CODES, ...BUNDLE_CODES];
    expect(codes.filter((code) => !failing.has(code))).toEqual([]);
  });

  it('are what their generator makes, byte for byte', async () => {
    const made = (await allVectors()).map((each) => JSON.stringify(each)).sort();
    expect(vectors.map((each) => JSON.stringify(each)).sort()).toEqual(made);
  });
});
