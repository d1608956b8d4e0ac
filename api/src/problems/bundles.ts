import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of bundles that tills push. */
export const BUNDLE_PROBLEM_CODES = {
  'till/not_active': no(403, 'Device not active', 'Ask the bank to let the device in again.'),
  'bundle/signature_invalid': no(
    403,
    'Invalid signature',
    'Sign the decoded payload with the key that was registered.',
  ),
  'bundle/conflict': no(
    409,
    'Bundle id already used',
    'Bundle the same transactions under a new id and a new nonce.',
  ),
  'bundle/unreadable': no(
    400,
    'Bundle cannot be opened',
    'Seal it to the bank’s current key, with the ids that it is pushed under.',
  ),
  'bundle/invalid': no(400, 'Invalid bundle', 'Correct what `detail` names, and bundle again.'),
  'bundle/stale': no(
    400,
    'Bundle too old or too early',
    'Set the device’s clock and bundle again; hand what is too old to the bank in person.',
  ),
  'bundle/policy': no(
    403,
    'Not allowed offline',
    'Try again another day, or ask the bank what this country’s policy allows.',
  ),
  'bundle/not_found': no(404, 'No such bundle', 'Push the bundle first.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
