import type { ProblemMeaning } from './meaning.ts';

/** Problems of online payments. */
export const TRANSACTION_PROBLEM_CODES = {} as const satisfies Readonly<
  Record<string, ProblemMeaning>
>;
