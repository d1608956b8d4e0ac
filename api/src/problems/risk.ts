import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of risk rules. */
export const RISK_PROBLEM_CODES = {
  'risk/rules_invalid': no(422, 'Invalid rules', 'Correct what `errors` points at.'),
  'risk/rules_not_found': no(404, 'No such rules', 'List the versions.'),
  'risk/status_conflict': no(
    409,
    'Not in that status',
    'A version goes draft, back-tested, shadow, active, retired: read its status first.',
  ),
  'risk/own_rules': no(409, 'Own rules', 'Ask a colleague: nobody activates their own rules.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
