import { WORD_LIST } from '@sikka/protocol';
import { URDU_WORDS } from '../language/urdu-words.ts';

/** A payment's two words as both phones show them, in both scripts. */
export interface SpokenWords {
  readonly en: string;
  readonly ur: string;
}

/** Both ways to say the two words of a payment; they tell payments apart and prove nothing. */
export function spokenWords([first, second]: readonly [string, string]): SpokenWords {
  return { en: `${first} ${second}`, ur: `${inUrdu(first)} ${inUrdu(second)}` };
}

function inUrdu(word: string): string {
  return URDU_WORDS[WORD_LIST.indexOf(word)] ?? word;
}
