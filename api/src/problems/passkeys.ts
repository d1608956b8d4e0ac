import type { ProblemMeaning } from './meaning.ts';

/** Problems of passkeys. */
export const PASSKEY_PROBLEM_CODES = {} as const satisfies Readonly<Record<string, ProblemMeaning>>;
