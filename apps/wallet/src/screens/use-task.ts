import { useSignal } from '@preact/signals';

/** Something pressed that takes a while: shows that it is at work, and cannot be pressed twice. */
export interface Task {
  readonly busy: boolean;
  /** The code of what was refused last. */
  readonly refused: string | undefined;
  /** `work` answers the code of a refusal, or nothing. */
  run(work: () => Promise<string | undefined>): Promise<void>;
}

export function useTask(): Task {
  const busy = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  return {
    busy: busy.value,
    refused: refused.value,
    async run(work) {
      if (busy.peek()) return;
      busy.value = true;
      refused.value = undefined;
      try {
        refused.value = await work();
      } finally {
        busy.value = false;
      }
    },
  };
}
