import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of personal data. */
export const PRIVACY_PROBLEM_CODES = {
  'privacy/held': no(
    409,
    'Personal data is held',
    'It must be kept for now; ask the bank until when and why.',
  ),
  'privacy/balance_left': no(
    409,
    'Money is left',
    'Move what your wallets hold, and return what is reserved for spending offline.',
  ),
  'privacy/payments_open': no(
    409,
    'Payments are open',
    'Hand in what is pending; credentials of your devices must have ended.',
  ),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
