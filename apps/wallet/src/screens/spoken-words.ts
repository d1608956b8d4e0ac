/** A payment's two words as both phones show them, in both scripts. */
export interface SpokenWords {
  readonly en: string;
  readonly ur: string;
}

export function spokenWords([first, second]: readonly [string, string]): SpokenWords {
  return { en: `${first} ${second}`, ur: `${first} ${second}` };
}
