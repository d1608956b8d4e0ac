import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of accounts, one-time codes and users. */
export const PEOPLE_PROBLEM_CODES = {
  'account/exists': no(400, 'Account already exists', 'Sign in, or reset the password.'),
  'otp/invalid': no(
    400,
    'Code invalid',
    'Ask for a fresh code: each is used once, within minutes.',
  ),
  'otp/too_many': no(429, 'Too many codes', 'Use the code that was sent, or wait.'),
  'session/not_found': no(404, 'No such session', 'List your sessions.'),
  'user/not_found': no(404, 'No such user', 'List the users.'),
  'user/own_name': no(400, 'Own name', 'Ask another member of staff.'),
  'user/own_phone': no(400, 'Own phone number', 'Ask another member of staff.'),
  'user/own_roles': no(400, 'Own roles', 'Ask another administrator.'),
  'user/phone_taken': no(
    409,
    'Phone number taken',
    'Who has it now gives it up first, or the bank takes it from them.',
  ),
  'user/status_conflict': no(409, 'Not in that status', 'Read the user’s status first.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
