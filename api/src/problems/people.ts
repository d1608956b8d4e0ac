import type { ProblemMeaning } from './meaning.ts';

/** Problems of accounts, one-time codes and users. */
export const PEOPLE_PROBLEM_CODES = {} as const satisfies Readonly<Record<string, ProblemMeaning>>;
