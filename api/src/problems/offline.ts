import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of offline transactions. */
export const OFFLINE_PROBLEM_CODES = {
  'offline/not_found': no(404, 'No such transaction', 'List your offline transactions.'),
  'offline/not_synced': no(409, 'Not synced yet', 'Sync the transaction first.'),
  'offline/duplicate': no(409, 'Duplicate transaction', 'Use a fresh nonce for each payment.'),
  'offline/signature_invalid': no(
    400,
    'Signature invalid',
    'Sign the transaction with the sender wallet’s live key (RSA-PSS, SHA-256, salt 32).',
  ),
  'offline/too_many_pending': no(
    409,
    'Too many pending',
    'Sync what is pending before you store more.',
  ),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
