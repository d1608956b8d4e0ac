import { describe, expect, test } from 'vitest';
import { blocks, entryHash, GENESIS, judgeEntry } from '../../../src/flows/offline/chain.ts';
import { readChainFields } from '../../../src/flows/offline/chain.ts';
import type { ChainCode, ChainEntry, ChainFields } from '../../../src/flows/offline/chain.ts';

/** http-api.md, "Wire facts": entry = SHA-256(prev + "|" + canonical), genesis 64 zeros. */

const canonical = '{"amount":"50.0","nonce":"n-1"}';
const link = (previous: string, sequence: bigint, text = canonical): ChainEntry => ({
  sequence,
  previous,
  canonical: text,
  entry: entryHash({ previous, canonical: text }),
});
const first = link(GENESIS, 1n);
const head = { sequence: first.sequence, entry: first.entry };
const whole: ChainFields = {
  previous: GENESIS,
  entry: first.entry,
  sequence: 1n,
  canonical,
};

test('the hash is that of Python’s hashlib over prev, a bar and the canonical text', () => {
  expect(entryHash({ previous: GENESIS, canonical: '{"a": "\\u0627"}' })).toBe(
    // hashlib.sha256(("0" * 64 + "|" + '{"a": "\\u0627"}').encode()).hexdigest()
    PYTHON_HASH,
  );
});

const PYTHON_HASH = 'df6901324cbe6d9e23b0541f0edad198695b932684a856b3a388f931f1895e30';

describe('the four fields', () => {
  test('none at all is a client without a chain', () => {
    const none = { previous: undefined, entry: undefined, sequence: undefined };
    expect(readChainFields({ ...none, canonical: undefined })).toEqual({ kind: 'none' });
  });

  test('all of them are an entry', () => {
    expect(readChainFields(whole)).toEqual({ kind: 'entry', entry: first });
  });

  test.each<[string, Partial<ChainFields>, ChainCode]>([
    ['no previous hash', { previous: undefined }, 'LEDGER_INTEGRITY_INCOMPLETE_FIELDS'],
    ['no entry hash', { entry: undefined }, 'LEDGER_INTEGRITY_INCOMPLETE_FIELDS'],
    ['no sequence', { sequence: undefined }, 'LEDGER_INTEGRITY_INCOMPLETE_FIELDS'],
    ['no canonical text', { canonical: undefined }, 'LEDGER_INTEGRITY_INCOMPLETE_FIELDS'],
    ['a canonical object', { canonical: { a: 1 } }, 'LEDGER_INTEGRITY_INCOMPLETE_FIELDS'],
    ['a negative sequence', { sequence: -1n }, 'LEDGER_INTEGRITY_INVALID_SEQUENCE'],
    ['a sequence that is text', { sequence: '1' }, 'LEDGER_INTEGRITY_INVALID_SEQUENCE'],
    ['a sequence beyond 2^53', { sequence: 2n ** 53n }, 'LEDGER_INTEGRITY_INVALID_SEQUENCE'],
    ['63 digits', { previous: '0'.repeat(63) }, 'LEDGER_INTEGRITY_INVALID_HASH_FORMAT'],
    [
      'a letter that is no digit',
      { entry: 'g'.repeat(64) },
      'LEDGER_INTEGRITY_INVALID_HASH_FORMAT',
    ],
    ['a hash that is a number', { entry: 7n }, 'LEDGER_INTEGRITY_INVALID_HASH_FORMAT'],
    [
      'a hash with a line end',
      { entry: `${first.entry}\n` },
      'LEDGER_INTEGRITY_INVALID_HASH_FORMAT',
    ],
  ])('with %s are refused', (_what, change, code) => {
    expect(readChainFields({ ...whole, ...change })).toEqual({ kind: 'refused', code });
  });
});

describe('an entry', () => {
  test('of a device never seen is taken, wherever it begins', () => {
    expect(judgeEntry(first, undefined)).toBe('extends');
    expect(judgeEntry(link('ab'.repeat(32), 41n), undefined)).toBe('extends');
  });

  test('that follows the head is taken, also in capital letters', () => {
    const next = link(first.entry, 2n);
    expect(judgeEntry(next, head)).toBe('extends');
    const capital = link(first.entry.toUpperCase(), 2n);
    expect(judgeEntry({ ...capital, entry: capital.entry.toUpperCase() }, head)).toBe('extends');
  });

  /** The four attacks on a chain: fork, cut, reorder, gap (security.md, row 23). */
  test.each<[string, ChainEntry, ChainCode]>([
    ['forks it', link(GENESIS, 1n, '{"other":1}'), 'LEDGER_INTEGRITY_SEQUENCE_MISMATCH'],
    ['cuts it off', link(GENESIS, 2n), 'LEDGER_INTEGRITY_PREV_MISMATCH'],
    ['comes out of order', link('cd'.repeat(32), 3n), 'LEDGER_INTEGRITY_SEQUENCE_MISMATCH'],
    ['leaves a gap', link(first.entry, 3n), 'LEDGER_INTEGRITY_SEQUENCE_MISMATCH'],
    [
      'says other than it hashed',
      { ...link(first.entry, 2n), canonical: '{"amount":"5.00"}' },
      'LEDGER_INTEGRITY_HASH_MISMATCH',
    ],
  ])('that %s is refused', (_what, entry, code) => {
    expect(judgeEntry(entry, head)).toBe(code);
  });

  test('of a device never seen whose hash does not fit has a code of its own', () => {
    const code = 'LEDGER_INTEGRITY_HASH_MISMATCH_FIRST_SEEN_DEVICE';
    expect(judgeEntry({ ...first, canonical: '{}' }, undefined)).toBe(code);
  });
});

test.each<[ChainCode, boolean]>([
  ['LEDGER_INTEGRITY_INCOMPLETE_FIELDS', false],
  ['LEDGER_INTEGRITY_INVALID_SEQUENCE', false],
  ['LEDGER_INTEGRITY_INVALID_HASH_FORMAT', true],
  ['LEDGER_INTEGRITY_PREV_MISMATCH', false],
  ['LEDGER_INTEGRITY_SEQUENCE_MISMATCH', false],
  ['LEDGER_INTEGRITY_HASH_MISMATCH', true],
  ['LEDGER_INTEGRITY_HASH_MISMATCH_FIRST_SEEN_DEVICE', false],
])('%s blocks the account: %s', (code, blocked) => {
  expect(blocks(code)).toBe(blocked);
});
