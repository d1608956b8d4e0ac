import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of disputes. */
export const DISPUTE_PROBLEM_CODES = {
  'dispute/not_found': no(404, 'No such dispute', 'List the open ones.'),
  'dispute/exists': no(409, 'Disputed already', 'Read yours: one is taken of each side.'),
  'dispute/decided': no(409, 'Decided otherwise', 'What was decided stays so.'),
  'dispute/too_many': no(409, 'Too many open disputes', 'Wait until the bank has decided some.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
