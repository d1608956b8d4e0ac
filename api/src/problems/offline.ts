import type { ProblemMeaning } from './meaning.ts';

/** Problems of offline transactions. */
export const OFFLINE_PROBLEM_CODES = {} as const satisfies Readonly<Record<string, ProblemMeaning>>;
