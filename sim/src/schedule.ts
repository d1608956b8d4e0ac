import type { TrueTime } from './clock.ts';

/** Something that happens at a moment. It answers one line for the log. */
export interface Happening {
  /** True time. */
  readonly at: number;
  readonly name: string;
  /** Drawn from the seed: which of two at one moment is first. */
  readonly tie: number;
  run(): Promise<string>;
}

/** One logical thread: the earliest first, each run to its end before the next begins. */
export interface Schedule {
  add(happening: Happening): void;
  /** Takes the next one, moves true time to it; undefined where there is none. */
  next(): Happening | undefined;
}

export function createSchedule(time: TrueTime): Schedule {
  const queue: Happening[] = [];
  return {
    add(happening) {
      const at = queue.findIndex((other) => isBefore(happening, other));
      queue.splice(at === -1 ? queue.length : at, 0, happening);
    },
    next() {
      const happening = queue.shift();
      // What was due while the clock was moved by hand happens now.
      if (happening !== undefined) time.now = Math.max(time.now, happening.at);
      return happening;
    },
  };
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at === b.at ? a.tie < b.tie : a.at < b.at;
}
