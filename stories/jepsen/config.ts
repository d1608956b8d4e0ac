import { randomInt } from 'node:crypto';

/** What `npm run crash -- --kills 200 --seed 7 --json` is told. */
export interface CrashConfig {
  readonly kills: number;
  readonly seed: number;
  /** The result as JSON on standard output, instead of in words. */
  readonly json: boolean;
}

export type CrashConfigResult =
  | { readonly ok: true; readonly value: CrashConfig }
  | { readonly ok: false; readonly error: string };

const USAGE = 'npm run crash -- --kills <1 to 100000> [--seed <number>] [--json]';

export function readCrashConfig(args: readonly string[]): CrashConfigResult {
  const given = new Map<string, number>();
  let json = false;
  for (let place = 0; place < args.length; place += 1) {
    const name = args[place];
    if (name === '--json') {
      json = true;
      continue;
    }
    const text = args[(place += 1)] ?? '';
    if ((name !== '--kills' && name !== '--seed') || !/^\d{1,9}$/.test(text)) {
      return { ok: false, error: USAGE };
    }
    given.set(name, Number(text));
  }
  const { kills = 0, seed = randomInt(1_000_000) } = {
    kills: given.get('--kills'),
    seed: given.get('--seed'),
  };
  if (kills < 1 || kills > 100_000) return { ok: false, error: USAGE };
  return { ok: true, value: { kills, seed, json } };
}
