import type { ProblemMeaning } from './meaning.ts';

/** Problems of top-ups. */
export const TOP_UP_PROBLEM_CODES = {} as const satisfies Readonly<Record<string, ProblemMeaning>>;
