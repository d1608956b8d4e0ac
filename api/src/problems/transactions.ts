import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of online payments. */
export const TRANSACTION_PROBLEM_CODES = {
  'transaction/not_found': no(404, 'No such transaction', 'List your transactions.'),
  'transaction/reference_taken': no(
    409,
    'Reference taken',
    'Give each transaction a reference of its own.',
  ),
  'transaction/sender_not_you': no(
    403,
    'Another sender',
    'Leave the sender out, or name the account that is signed in.',
  ),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
