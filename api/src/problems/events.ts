import type { ProblemMeaning } from './meaning.ts';

/** Problems of streams of events. */
export const EVENT_PROBLEM_CODES = {} as const satisfies Readonly<Record<string, ProblemMeaning>>;
