import { later, no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of signing in and sessions. */
export const AUTH_PROBLEM_CODES = {
  'auth/credentials_invalid': no(401, 'Not signed in', 'Check e-mail address and password.'),
  'auth/refresh_invalid': no(401, 'Refresh token invalid', 'Sign in again.'),
  'auth/session_ended': no(401, 'Session ended', 'Sign in again.'),
  'auth/password_wrong': no(401, 'Password wrong', 'Send the password of this account.'),
  'auth/locked': no(429, 'Locked for a while', 'Wait as long as Retry-After says.'),
  'auth/step_up_required': no(
    403,
    'Fresh proof required',
    'Prove your second factor again (POST /api/v1/step-up), then repeat the request.',
  ),
  'auth/session_missing': no(
    403,
    'No session',
    'Sign in: a token of the command line belongs to no session.',
  ),
  'auth/password_weak': no(
    422,
    'Password too weak',
    'Choose another; `detail` says what it lacks.',
  ),
  'server/busy': later(503, 'Busy', 'Send the same request again in a few seconds.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
