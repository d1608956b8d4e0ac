import { later, no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of statements and exports. */
export const STATEMENT_PROBLEM_CODES = {
  'statement/date_invalid': no(
    422,
    'Invalid date',
    'Send days such as 2026-11-21, or times such as 2026-11-21T08:00:00Z; both are UTC.',
  ),
  'statement/period_empty': no(422, 'Empty period', 'Let it begin before it ends, and before now.'),
  'statement/period_too_long': no(422, 'Period too long', 'Ask for less time at once.'),
  'statement/too_long_ago': no(
    422,
    'Too long ago',
    'Let it begin later. What is older is in the files that were made then.',
  ),
  'statement/period_open': later(
    409,
    'Period still open',
    'Ask again a few minutes after its end: what was decided in it is written by then.',
  ),
  'statement/too_many_entries': no(422, 'Too many entries', 'Ask for less time at once.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
