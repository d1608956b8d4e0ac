import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { isGuessable } from './guessable-pin.ts';

/** A new PIN, typed twice and hard to guess. */
export interface PinTwice {
  /** The second time is due. */
  readonly repeats: boolean;
  /** Why the last one is none, as a sentence. */
  readonly refused: string | undefined;
  take(typed: string): Promise<void>;
}

export function usePinTwice(onChosen: (pin: string) => Promise<void>): PinTwice {
  const { speech } = useApp();
  const first = useSignal<string | undefined>(undefined);
  const refused = useSignal<string | undefined>(undefined);
  return {
    repeats: first.value !== undefined,
    refused: refused.value,
    async take(typed) {
      if (first.value === undefined) {
        const easy = isGuessable(typed);
        refused.value = easy ? speech.text('start.pinGuessable') : undefined;
        if (!easy) first.value = typed;
        return;
      }
      const same = typed === first.value;
      first.value = undefined;
      refused.value = same ? undefined : speech.text('start.pinsDiffer');
      if (same) await onChosen(typed);
    },
  };
}
