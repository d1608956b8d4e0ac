import type { ProblemMeaning } from './meaning.ts';

/** Problems of webhooks. */
export const WEBHOOK_PROBLEM_CODES = {} as const satisfies Readonly<Record<string, ProblemMeaning>>;
