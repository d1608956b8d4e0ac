import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { WORD_LIST } from '@sikka/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { URDU } from '../build/fonts.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const words = JSON.parse(read('i18n/words/ur.json')) as readonly string[];
const JOINER = /\u200c/g;

/** Letters that have one shape under their dots and marks, wherever they stand. */
const SHAPES = ['جچحخ', 'دڈذ', 'رڑزژ', 'سش', 'صض', 'طظ', 'عغ', 'فق', 'کگ', 'اآ', 'وؤ', 'ہھ'];
/** These differ at the end of a word, and only there. */
const TEETH = 'بپتٹثنیئ';

/** A word as it looks without dots and marks. */
function shapeOf(word: string): string {
  const letters = [...word.replaceAll(JOINER, '')];
  return letters
    .map((letter, at) => {
      if (TEETH.includes(letter) && at < letters.length - 1) return 'ب';
      const alike = [...SHAPES, 'بپتٹث', 'یئ', 'نں'].find((shape) => shape.includes(letter));
      return alike?.[0] ?? letter;
    })
    .join('');
}

describe('the Urdu list', () => {
  it('has a word for each of BIP-39, no two the same', () => {
    expect(words).toHaveLength(WORD_LIST.length);
    expect(new Set(words.map((word) => word.normalize('NFC'))).size).toBe(2_048);
  });

  it('is the one that the specification names', () => {
    const digest = createHash('sha256').update(words.join('\n')).digest('hex');
    expect(read('spec/identifiers.md')).toContain(digest);
  });

  it('is one word each, of two to twelve letters of Urdu and no others', () => {
    // Arabic's own yeh, kaf and heh look the same and are others; vowel signs nobody writes.
    const letters = /^[آئابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوؤہھیے]{2,12}$/;
    const inside = /^\u200c|\u200c$|\u200c{2}|[ںے](?!\u200c|$)/;
    const odd = words.filter(
      (word) =>
        !letters.test(word.replaceAll(JOINER, '')) ||
        inside.test(word) ||
        word !== word.normalize('NFC'),
    );
    expect(odd).toEqual([]);
  });

  it('has no two words that differ in their dots alone', () => {
    const seen = new Map<string, string>();
    const pairs = words.flatMap((word) => {
      const other = seen.get(shapeOf(word));
      seen.set(shapeOf(word), word);
      return other === undefined ? [] : [[other, word]];
    });
    expect(pairs).toEqual([]);
    expect(shapeOf('نیلا')).toBe(shapeOf('پتلا'));
    expect(shapeOf('چھڑی')).toBe(shapeOf('چھری'));
  });

  it('is written with letters that the app brings', () => {
    expect([...new Set(words.join(''))].filter((letter) => !URDU.includes(letter))).toEqual([]);
  });

  const vector = new URL('../../../vectors/identifiers/two-words-apart.json', import.meta.url);
  it.skipIf(!existsSync(vector))('gives what the vector says (needs vectors/)', () => {
    const { about, expect: wanted } = JSON.parse(readFileSync(vector, 'utf8')) as {
      readonly about: string;
      readonly expect: { readonly indices: readonly number[] };
    };
    expect(about).toContain(wanted.indices.map((index) => words[index]).join(' '));
  });
});

describe('spoken words', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  /** As a start of the app: nothing is loaded, and the list is behind this answer. */
  async function start(answer: () => Promise<Response>) {
    const asked = vi.fn(answer);
    vi.stubGlobal('fetch', asked);
    vi.resetModules();
    const { spokenWords } = await import('../src/screens/spoken-words.ts');
    return { asked, spokenWords };
  }

  it('are English alone until the list is here, and asked for once', async () => {
    const { asked, spokenWords } = await start(() => Promise.resolve(Response.json(words)));
    expect(spokenWords(['abandon', 'zoo'])).toEqual({ en: 'abandon zoo', ur: 'abandon zoo' });
    const urdu = `${words[0] ?? ''} ${words.at(-1) ?? ''}`;
    await vi.waitFor(() => {
      expect(spokenWords(['abandon', 'zoo']).ur).toBe(urdu);
    });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('stay English where the list cannot be had, and ask again', async () => {
    const { asked, spokenWords } = await start(() => Promise.reject(new TypeError('offline')));
    await vi.waitFor(() => {
      expect(spokenWords(['fish', 'fine'])).toEqual({ en: 'fish fine', ur: 'fish fine' });
      expect(asked.mock.calls.length).toBeGreaterThan(1);
    });
  });
});
