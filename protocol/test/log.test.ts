import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, hex, utf8 } from '../src/bytes.ts';
import { encodeCbor } from '../src/cbor.ts';
import { ProtocolError } from '../src/errors.ts';
import {
  appendLeaf,
  auditHash,
  consistencyPath,
  consistencySubtrees,
  EMPTY_FRONTIER,
  emptyRoot,
  firstHash,
  frontierRoot,
  inclusionPath,
  inclusionSubtrees,
  journalHash,
  leafHash,
  logEntry,
  logId,
  readLeafHashes,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../src/log/index.ts';
import type { ReadSubtree } from '../src/log/index.ts';
import { sha256 } from '../src/sha256.ts';

const GREATEST = 35;
const entries = Array.from({ length: GREATEST }, (_, i) => utf8(`entry ${i}`));
const leaves = entries.map(leafHash);

/** RFC 9162 §2.1.1, as written there. */
function naiveRoot(list: readonly Uint8Array[]): Uint8Array {
  if (list.length === 0) return sha256(new Uint8Array(0));
  if (list.length === 1) return sha256(concatBytes(Uint8Array.of(0), list[0]!));
  const k = splitOf(list.length);
  return sha256(
    concatBytes(Uint8Array.of(1), naiveRoot(list.slice(0, k)), naiveRoot(list.slice(k))),
  );
}

/** RFC 9162 §2.1.3.1, as written there. */
function naivePath(m: number, list: readonly Uint8Array[]): Uint8Array[] {
  if (list.length === 1) return [];
  const k = splitOf(list.length);
  return m < k
    ? [...naivePath(m, list.slice(0, k)), naiveRoot(list.slice(k))]
    : [...naivePath(m - k, list.slice(k)), naiveRoot(list.slice(0, k))];
}

/** RFC 9162 §2.1.4.1, as written there. */
function naiveProof(m: number, list: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (m === list.length) return whole ? [] : [naiveRoot(list)];
  const k = splitOf(list.length);
  return m <= k
    ? [...naiveProof(m, list.slice(0, k), whole), naiveRoot(list.slice(k))]
    : [...naiveProof(m - k, list.slice(k), false), naiveRoot(list.slice(0, k))];
}

function splitOf(n: number): number {
  return 2 ** (Math.ceil(Math.log2(n)) - 1);
}

const sizes = Array.from({ length: GREATEST + 1 }, (_, size) => size);
const roots = sizes.map((size) => naiveRoot(entries.slice(0, size)));
const read = readLeafHashes(leaves);

describe('the Merkle tree', () => {
  it('has the roots of RFC 9162, in memory and by its frontier', () => {
    let frontier = EMPTY_FRONTIER;
    for (const size of sizes) {
      expect(hex(rootOf(leaves.slice(0, size)))).toBe(hex(roots[size]!));
      expect(hex(frontierRoot(frontier))).toBe(hex(roots[size]!));
      const leaf = leaves[size];
      if (leaf !== undefined) ({ frontier } = appendLeaf(frontier, leaf));
    }
    expect(hex(emptyRoot())).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('has the published roots of the certificate transparency reference tree', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'].map(fromHex);
    inputs.push(fromHex('606162636465666768696a6b6c6d6e6f'));
    const shown = [1, 2, 3, 8].map((n) => hex(rootOf(inputs.slice(0, n).map(leafHash))));
    expect(shown).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  it('has the inclusion paths of RFC 9162, and each verifies', () => {
    for (const size of sizes.slice(1)) {
      for (let index = 0; index < size; index++) {
        const path = inclusionPath(index, size, read);
        expect(path.map(hex)).toEqual(naivePath(index, entries.slice(0, size)).map(hex));
        const claim = { leaf: leaves[index]!, index, size, root: roots[size]!, path };
        expect(verifyInclusion(claim)).toBe(true);
      }
    }
  });

  it('has the consistency proofs of RFC 9162, and each verifies', () => {
    for (const newSize of sizes) {
      for (let oldSize = 0; oldSize <= newSize; oldSize++) {
        const path = consistencyPath(oldSize, newSize, read);
        const naive = oldSize === 0 ? [] : naiveProof(oldSize, entries.slice(0, newSize));
        expect(path.map(hex)).toEqual(naive.map(hex));
        const [oldRoot, newRoot] = [roots[oldSize]!, roots[newSize]!];
        expect(verifyConsistency({ oldSize, oldRoot, newSize, newRoot, path })).toBe(true);
      }
    }
  });

  it('needs only what the frontier stored, and says so beforehand', () => {
    const stored = new Map<string, Uint8Array>();
    let frontier = EMPTY_FRONTIER;
    for (const leaf of leaves) {
      const appended = appendLeaf(frontier, leaf);
      for (const { level, index, hash } of appended.completed)
        stored.set(`${level}/${index}`, hash);
      frontier = appended.frontier;
    }
    const asked: string[] = [];
    const readStored: ReadSubtree = (level, index) => {
      asked.push(`${level}/${index}`);
      return stored.get(`${level}/${index}`)!;
    };
    const namesOf = (list: readonly { readonly level: number; readonly index: number }[]) =>
      list.map(({ level, index }) => `${level}/${index}`);
    for (const size of [1, 2, 3, 16, 31, 32, 33, 35]) {
      asked.length = 0;
      const path = inclusionPath(size - 1, size, readStored);
      expect(asked).toEqual(namesOf(inclusionSubtrees(size - 1, size)));
      expect(path.map(hex)).toEqual(inclusionPath(size - 1, size, read).map(hex));
      asked.length = 0;
      const proof = consistencyPath(size, GREATEST, readStored);
      expect(asked).toEqual(namesOf(consistencySubtrees(size, GREATEST)));
      expect(proof.map(hex)).toEqual(consistencyPath(size, GREATEST, read).map(hex));
    }
  });

  // Not the size: trees of several sizes can ask for one path. It is signed in the checkpoint.
  it('verifies no path that was changed, nor at another place, root or leaf', () => {
    const never = leafHash(utf8('never settled'));
    const scenario = fc.record({
      size: fc.integer({ min: 2, max: GREATEST }),
      place: fc.nat(),
      other: fc.nat(GREATEST - 1),
      change: fc.constantFrom('leaf', 'index', 'root', 'drop', 'grow', 'replace'),
    });
    fc.assert(
      fc.property(scenario, ({ size, place, other, change }) => {
        const index = place % size;
        const path = inclusionPath(index, size, read);
        const claim = { leaf: leaves[index]!, index, size, root: roots[size]!, path };
        const changed = {
          leaf: { leaf: never },
          index: { index: index + 1 + other },
          root: { root: roots[(size + 1 + other) % roots.length]! },
          drop: { path: path.toSpliced(other % path.length, 1) },
          grow: { path: path.toSpliced(other % (path.length + 1), 0, never) },
          replace: { path: path.with(other % path.length, never) },
        }[change];
        expect(verifyInclusion({ ...claim, ...changed })).toBe(false);
      }),
      { numRuns: 1_500 },
    );
  });

  it('shows no rewritten history consistent', () => {
    const rewritten = leaves.map((leaf, i) => (i === 3 ? leafHash(utf8('rewritten')) : leaf));
    const readRewritten = readLeafHashes(rewritten);
    for (let oldSize = 4; oldSize < GREATEST; oldSize++) {
      const claim = { oldSize, oldRoot: roots[oldSize]!, newSize: GREATEST };
      const newRoot = rootOf(rewritten);
      for (const path of [
        consistencyPath(oldSize, GREATEST, readRewritten),
        consistencyPath(oldSize, GREATEST, read),
      ]) {
        expect(verifyConsistency({ ...claim, newRoot, path })).toBe(false);
      }
    }
  });

  it.each([
    ['a smaller new tree', { oldSize: 5, newSize: 4 }],
    ['a negative size', { oldSize: -1, newSize: 4 }],
    ['a fraction', { oldSize: 1.5, newSize: 4 }],
    ['one size with two roots', { oldSize: 4, newSize: 4 }],
    ['an empty tree with a root of its own', { oldSize: 0, newSize: 4 }],
    ['no path', { oldSize: 3, newSize: 7 }],
  ])('does not show %s consistent', (_what, { oldSize, newSize }) => {
    const [oldRoot, newRoot] = [leaves[0]!, leaves[1]!];
    expect(verifyConsistency({ oldSize, oldRoot, newSize, newRoot, path: [] })).toBe(false);
  });

  it('takes no leaf for a node: the two are hashed apart', () => {
    const forged = concatBytes(leaves[0]!, leaves[1]!);
    expect(hex(leafHash(forged))).not.toBe(hex(roots[2]!));
  });
});

describe('log entries', () => {
  it('are the CBOR array of spec/log.md §1', () => {
    const entry = {
      paymentId: new Uint8Array(32).fill(1),
      allowanceId: new Uint8Array(32).fill(2),
      amountMinor: 50_000n,
      currency: 586,
      payeeWallet: 123_456_789_019,
      settledAt: 1_790_000_000,
    };
    const ids = `5820${'01'.repeat(32)}5820${'02'.repeat(32)}`;
    expect(hex(logEntry(entry))).toBe(`86${ids}19c35019024a1b0000001cbe991a1b1a6ab13b80`);
  });

  it('belong to a log named after its bank', () => {
    expect(hex(logId('a'))).toBe(hex(sha256(utf8('sikka/log/v1a'))));
    expect(hex(logId('a'))).not.toBe(hex(logId('b')));
  });
});

describe('the audit chain', () => {
  const row = {
    number: 1,
    time: 1_790_000_000,
    actor: 'operator:1',
    action: 'allowance.revoked',
    subject: 'allowance:aa',
    outcome: 'done',
    details: '{"why": "lost phone"}',
  };

  it('hashes the row of spec/log.md §2 over the hash before', () => {
    const cbor = encodeCbor([1, row.time, row.actor, row.action, row.subject, 'done', row.details]);
    const expected = sha256(concatBytes(utf8('sikka/audit/v1'), new Uint8Array(32), cbor));
    expect(hex(auditHash(firstHash(), row))).toBe(hex(expected));
  });

  it('changes with every field, and with every row before', () => {
    const changed = [
      { ...row, number: 2 },
      { ...row, time: row.time + 1 },
      { ...row, actor: 'operator:2' },
      { ...row, action: 'x' },
      { ...row, subject: 'x' },
      { ...row, outcome: 'x' },
      { ...row, details: '{"why":"lost phone"}' },
      { ...row, action: 'allowance.revokedallowance:aa', subject: '' },
    ].map((other) => hex(auditHash(firstHash(), other)));
    const original = hex(auditHash(firstHash(), row));
    const moved = hex(auditHash(sha256(firstHash()), row));
    expect(new Set([...changed, original, moved]).size).toBe(changed.length + 2);
  });

  it('takes texts as they are stored, which documents would not', () => {
    const stored = { ...row, details: '{"name":"e\u0301\\n\u200d"}\n' };
    expect(auditHash(firstHash(), stored)).toHaveLength(32);
  });

  it('refuses a previous hash of other than 32 bytes', () => {
    expect(() => auditHash(new Uint8Array(31), row)).toThrow(ProtocolError);
    expect(() => journalHash(new Uint8Array(33), new Uint8Array(1))).toThrow(ProtocolError);
  });

  it('is not the journal chain: the same bytes hash apart', () => {
    const bytes = encodeCbor([1, 2]);
    const journal = hex(journalHash(firstHash(), bytes));
    const expected = sha256(concatBytes(utf8('sikka/journal/v1'), firstHash(), bytes));
    expect(journal).toBe(hex(expected));
  });
});
