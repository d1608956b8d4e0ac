import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of top-ups and withdrawals. */
export const TOP_UP_PROBLEM_CODES = {
  'topup/differs': no(400, 'Not what was asked for', 'Ask anew, for what you want now.'),
  'withdrawal/account_unproved': no(
    403,
    'Bank account not proved',
    'Top up from this account first, then withdraw to it.',
  ),
  'withdrawal/rejected': no(400, 'Refused by the other bank', 'Ask your bank, or try later.'),
  'topup/rejected': no(400, 'Refused by the other bank', 'Name another bank account.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
