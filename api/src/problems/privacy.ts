import type { ProblemMeaning } from './meaning.ts';

/** Problems of personal data. */
export const PRIVACY_PROBLEM_CODES = {} as const satisfies Readonly<Record<string, ProblemMeaning>>;
