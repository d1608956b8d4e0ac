import { later } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** What a client finds out by itself, without an answer of the bank. */
export const CLIENT_PROBLEM_CODES = {
  'client/unreachable': later(0, 'Bank not reached', 'Try again when there is a network.'),
  'client/unexpected_answer': later(0, 'Unexpected answer', 'Something between answered: retry.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
