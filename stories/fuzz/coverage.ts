import { Session } from 'node:inspector';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

/** What ran since it was asked last. */
export interface Ran {
  /** Names of the blocks of our sources that ran. */
  readonly blocks: ReadonlySet<string>;
  /** How often they ran, all together: the same for the same input on any machine. */
  readonly steps: number;
}

export interface Coverage {
  take(): Ran;
  stop(): void;
}

/** Whose blocks count: what reads bytes from outside. */
const READERS = /\/(?:protocol|wallet)\/src\//;

/**
 * V8's own block counters. Has to start before the sources are loaded: what was compiled earlier
 * counts whole functions only.
 */
export function startCoverage(): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    take: () => ranIn(scriptsOf(session)),
    stop: () => session.disconnect(),
  };
}

/** A session in its own thread answers before `post` returns. */
function scriptsOf(session: Session): readonly Script[] {
  let scripts: readonly Script[] = [];
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error !== null) throw error;
    scripts = taken.result;
  });
  return scripts;
}

function ranIn(scripts: readonly Script[]): Ran {
  const blocks = new Set<string>();
  let steps = 0;
  for (const { url, functions } of scripts) {
    if (!READERS.test(url)) continue;
    const file = url.slice(url.search(READERS));
    for (const { ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        if (count === 0) continue;
        blocks.add(`${file}:${startOffset}-${endOffset}`);
        steps += count;
      }
    }
  }
  return { blocks, steps };
}
