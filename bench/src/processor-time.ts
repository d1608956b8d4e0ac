import { readdirSync, readFileSync } from 'node:fs';
import type { Owner } from './town/store.ts';
import { backendPid } from './town/store.ts';

/** Processor time that a process and its threads have used, and PostgreSQL with all of its own. */
export interface ProcessorSeconds {
  readonly bank: number;
  readonly postgres: number;
}

/** The kernel counts in hundredths of a second wherever Node runs (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** Unlike a rate, the same beside other work. Undefined where there is no /proc. */
export async function createProcessorClock(
  bankPid: number,
  owner: Owner,
): Promise<(() => ProcessorSeconds) | undefined> {
  const backend = read(await backendPid(owner));
  if (backend === undefined) return undefined;
  return () => {
    const postmaster = read(backend.parent);
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => read(Number(name)))
      .filter((process) => process?.parent === backend.parent);
    const ticks = children.reduce((sum, child) => sum + (child?.own ?? 0), 0);
    return {
      bank: (read(bankPid)?.own ?? 0) / TICKS_PER_SECOND,
      postgres: (ticks + (postmaster?.own ?? 0) + (postmaster?.ended ?? 0)) / TICKS_PER_SECOND,
    };
  };
}

interface ProcessTimes {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended. */
  readonly ended: number;
}

/** proc(5): fields after the name, which may hold spaces and brackets. */
function read(pid: number): ProcessTimes | undefined {
  let line;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const at = (field: number) => fields[field - 3] ?? 0;
  return { parent: at(4), own: at(14) + at(15), ended: at(16) + at(17) };
}
