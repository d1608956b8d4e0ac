import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of people and limits of sealed ledgers. */
export const LEDGER_PROBLEM_CODES = {
  'kyc/key_invalid': no(
    400,
    'Invalid signing key',
    'Send `public_key`: the public P-256 signing key as a JWK, without `d`.',
  ),
  'kyc/key_taken': no(
    409,
    'Key already registered',
    'A key is one person’s: generate a fresh one.',
  ),
  'kyc/not_found': no(404, 'No such person', 'Register first; keep the `user_id`.'),
  'limit_wallet/not_approved': no(400, 'Not approved yet', 'Have the registration approved first.'),
  'limit_wallet/exists': no(400, 'Wallet already requested', 'There is one for each person.'),
  'limit_wallet/not_found': no(404, 'No such wallet', 'Request one first; keep the `wallet_id`.'),
  'limit_wallet/not_funded': no(
    400,
    'Nothing to fund the limit from',
    'Have finance fund the credit line, or the person load the current wallet.',
  ),
  'limit_wallet/decided': no(409, 'Already decided', 'Read the wallet first.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
