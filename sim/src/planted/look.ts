import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundle, NODE_OPTIONS } from '../bundle.ts';
import type { StoreName } from '../bank/store.ts';
import type { Bug } from './bug.ts';
import type { Found } from './child.ts';
import type { Copy } from './copy.ts';

export interface Looking {
  /** Worlds at most. */
  readonly seeds: number;
  readonly events: number;
  readonly store?: StoreName;
  /** Ends the process that looks; `look` then rejects. */
  readonly stopping?: AbortSignal;
}

/** Plants a bug in the copy and runs worlds in a process of their own until it is caught. */
export function look(copy: Copy, bug: Bug, looking: Looking): Promise<Found> {
  const { seeds, events, store = 'memory', stopping } = looking;
  const told = [String(seeds), String(events), store];
  return copy.withBug(bug, async () => {
    if (store === 'postgres') {
      return start(copy, ['--import', 'tsx', path.join(copy.folder, CHILD), ...told], stopping);
    }
    const { file, remove } = await bundle(CHILD, copy.folder);
    return start(copy, [...NODE_OPTIONS, file, ...told], stopping).finally(remove);
  });
}

const CHILD = path.join('sim', 'src', 'planted', 'child.ts');

async function start(
  { folder }: Copy,
  given: readonly string[],
  stopping: AbortSignal | undefined,
): Promise<Found> {
  const options = { cwd: folder, ...(stopping === undefined ? {} : { signal: stopping }) };
  const { stdout } = await promisify(execFile)(process.execPath, given, options);
  return JSON.parse(stdout) as Found;
}
