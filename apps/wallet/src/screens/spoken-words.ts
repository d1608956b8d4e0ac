import { WORD_LIST } from '@sikka/protocol';
import { urduWords } from '../language/word-list.ts';

/** A payment's two words as both phones show them, in both scripts. */
export interface SpokenWords {
  readonly en: string;
  /** The English ones as long as the Urdu list is not here. */
  readonly ur: string;
}

/** Each word in both scripts (spec/identifiers.md); what shows it follows the list's coming. */
export function spokenWords(twoWords: readonly [string, string]): SpokenWords {
  const en = twoWords.join(' ');
  const list = urduWords();
  if (list === undefined) return { en, ur: en };
  return { en, ur: twoWords.map((word) => list[WORD_LIST.indexOf(word)] ?? word).join(' ') };
}
