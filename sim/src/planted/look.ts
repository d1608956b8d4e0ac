import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { StoreName } from '../bank/store.ts';
import type { Bug } from './bug.ts';
import type { Found } from './child.ts';
import type { Copy } from './copy.ts';

export interface Looking {
  /** Worlds at most. */
  readonly seeds: number;
  readonly events: number;
  readonly store?: StoreName;
}

/** Plants a bug in the copy and runs worlds in a process of their own until it is caught. */
export function look(copy: Copy, bug: Bug, looking: Looking): Promise<Found> {
  const { seeds, events, store = 'memory' } = looking;
  return copy.withBug(bug, async () => {
    const child = path.join(copy.folder, 'sim', 'src', 'planted', 'child.ts');
    const given = ['--import', 'tsx', child, String(seeds), String(events), store];
    const { stdout } = await promisify(execFile)(process.execPath, given, { cwd: copy.folder });
    return JSON.parse(stdout) as Found;
  });
}
