import type { ProblemMeaning } from './meaning.ts';

/** Problems of wallets and their keys. */
export const WALLET_PROBLEM_CODES = {} as const satisfies Readonly<Record<string, ProblemMeaning>>;
