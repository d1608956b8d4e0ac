import { parseArgs } from 'node:util';

export interface Options {
  /** Groups (`sizes`) or figures (`settlement/1000`); empty for everything. */
  readonly only: readonly string[];
  /** Seconds that one sample aims at. */
  readonly seconds: number;
  /** Samples of each figure; the median is what is printed. */
  readonly rounds: number;
  readonly json: boolean;
}

export type OptionsResult =
  { readonly ok: true; readonly value: Options } | { readonly ok: false; readonly message: string };

const DEFAULT = { seconds: 3, rounds: 3 } as const;
const QUICK = { seconds: 0.5, rounds: 1 } as const;
/** A longer sample says nothing more, and the payments for it have to be signed first. */
const LEAST_SECONDS = 0.1;
const MOST_SECONDS = 10;

export const USAGE = `npm run bench -- [--json] [--only NAME,…] [--seconds N | --quick]

  --only      groups or single figures, e.g. sizes,settlement/1000
  --seconds   aimed at by a sample, ${LEAST_SECONDS} to ${MOST_SECONDS} (${DEFAULT.seconds})
  --quick     one round of short samples: to see that it runs, not to quote
  --json      the last line of standard output is one JSON array of all figures`;

/** `names` are the groups and figures there are. */
export function readOptions(args: readonly string[], names: readonly string[]): OptionsResult {
  let values;
  try {
    values = parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) return refuse('');
  const only = (values.only ?? '').split(',').filter((name) => name !== '');
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    return refuse(`No figure is called ${unknown.join(', ')}. There are: ${names.join(', ')}`);
  }
  const base = values.quick === true ? QUICK : DEFAULT;
  const seconds = values.seconds === undefined ? base.seconds : Number(values.seconds);
  if (!(seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS)) {
    return refuse(`--seconds is ${LEAST_SECONDS} to ${MOST_SECONDS}.`);
  }
  return { ok: true, value: { only, seconds, rounds: base.rounds, json: values.json === true } };
}

const OPTIONS = {
  json: { type: 'boolean' },
  only: { type: 'string' },
  seconds: { type: 'string' },
  quick: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

function refuse(message: string): OptionsResult {
  return { ok: false, message: message === '' ? USAGE : `${message}\n\n${USAGE}` };
}
