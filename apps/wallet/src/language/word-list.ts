import { signal } from '@preact/signals';
import address from '@sikka/i18n/words/ur.json?url';

/**
 * The published list (spec/identifiers.md), the same for everybody: a file of its own beside the
 * scripts, because what starts the app has no use for it.
 */
const list = signal<readonly string[] | undefined>(undefined);
let asked = false;

/**
 * The Urdu words in the order of the English ones; undefined until they are here. Asks for them the
 * first time, and again after it could not have them.
 */
export function urduWords(): readonly string[] | undefined {
  if (!asked) {
    asked = true;
    load().catch(() => {
      asked = false;
    });
  }
  return list.value;
}

async function load(): Promise<void> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`no words: ${answer.status}`);
  // Built from i18n/words: texts in order.
  list.value = (await answer.json()) as readonly string[];
}
