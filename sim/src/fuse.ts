/** The phone's process died: nothing of the wallet may catch this. */
export class Died extends Error {
  override readonly name = 'Died';
}

/** One side of one write or call, where a process can die. */
export type Step =
  'append:before' | 'append:torn' | 'append:after' | 'apart:before' | 'apart:after' | KeyStep;

type KeyStep = 'key:before' | 'key:after' | 'call:before' | 'call:after';

/** Kills a phone's process at one of its next steps. */
export interface Fuse {
  /** The process dies at the n-th step from now, from 1. */
  arm(steps: number): void;
  disarm(): void;
  /**
   * Called at every step; throws {@link Died} where the fuse ends. A torn write dies in the
   * middle: whoever writes leaves half of it.
   */
  burn(step: Step): void;
}

/** `onDeath` is told where. */
export function createFuse(onDeath: (step: Step) => void): Fuse {
  let left = 0;
  return {
    arm(steps) {
      left = steps;
    },
    disarm() {
      left = 0;
    },
    burn(step) {
      if (left === 0) return;
      left -= 1;
      if (left > 0) return;
      onDeath(step);
      throw new Died(step);
    },
  };
}
