import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of tills, their policies, and of money that the bank puts behind them. */
export const TILL_PROBLEM_CODES = {
  'till/exists': no(409, 'Device already registered', 'Read it, or register another key.'),
  'till/key_invalid': no(
    422,
    'Invalid device key',
    'Send a public key in PEM: P-256, or RSA of 2,048, 3,072 or 4,096 bits.',
  ),
  'till/not_found': no(404, 'No such device', 'Register the device first.'),
  'till/status': no(409, 'Not in that status', 'Read the device first: revoked is for ever.'),
  'tenant/not_found': no(404, 'No such tenant', 'Register a device of this tenant first.'),
  'policy/invalid': no(422, 'Invalid policy', 'Correct what `detail` names.'),
  'policy/not_found': no(404, 'No policy in force', 'Have one set for this country.'),
  'funding/invalid': no(422, 'Invalid funding', 'Correct what `detail` names.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
