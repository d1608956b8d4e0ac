import { pythonJson } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';

/** Which members a text covers: those that have to be there, or all as sent. */
export type Covered = 'six' | 'whole';

export interface SignedText {
  readonly text: string;
  readonly covered: Covered;
}

/**
 * The texts that a signature may be of (spec/wallet-key.md §2), at most eight, each once, in this
 * order: the named members, then all; minified, then spaced; values as given, then in quotes. Each
 * is written when it is asked for: the first mostly is the one.
 */
export function* signedTexts(node: JsonNode, named: readonly string[]): Generator<SignedText> {
  const found = new Set<string>();
  for (const covered of ['six', 'whole'] as const) {
    for (const spaced of [false, true]) {
      for (const stringified of [false, true]) {
        const form = { spaced, stringified };
        const text = pythonJson(node, covered === 'six' ? { ...form, keys: named } : form);
        if (text === undefined || found.has(text)) continue;
        found.add(text);
        yield { text, covered };
      }
    }
  }
}
