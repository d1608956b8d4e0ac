import { no } from './meaning.ts';
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
  'statement/too_many_entries': no(422, 'Too many entries', 'Ask for less time at once.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
