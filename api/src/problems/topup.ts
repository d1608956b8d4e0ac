import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of top-ups. */
export const TOP_UP_PROBLEM_CODES = {
  'topup/differs': no(400, 'Not what was asked for', 'Ask anew, for what you want now.'),
  'topup/rejected': no(400, 'Refused by the other bank', 'Name another bank account.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
