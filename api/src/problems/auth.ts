import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of signing in and sessions. */
export const AUTH_PROBLEM_CODES = {
  'auth/session_ended': no(401, 'Session ended', 'Sign in again.'),
  'auth/step_up_required': no(
    403,
    'Fresh proof required',
    'Prove your second factor again (POST /api/v1/step-up), then repeat the request.',
  ),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
