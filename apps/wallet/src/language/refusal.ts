import type { Speech } from './language.ts';

/**
 * The sentence for a code of the SDK, the specification or the bank: what is safe first, then what
 * to do. A code that this version does not know gets a general one, with the code in it.
 */
export function sentenceOf(speech: Speech, code: string): string {
  const key = `refusals.${code}`;
  return speech.has(key) ? speech.text(key) : speech.text('refusals.unknown', { code });
}
