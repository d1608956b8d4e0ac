import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of wallets and their keys. */
export const WALLET_PROBLEM_CODES = {
  'wallet/exists': no(400, 'Wallet exists', 'List your wallets.'),
  'wallet/bank_account_invalid': no(
    422,
    'Invalid bank account',
    'Send an IBAN with right check digits, such as PK36SCBL0000001123456702.',
  ),
  'wallet/key_invalid': no(
    422,
    'Invalid wallet key',
    'Send RSA of 2,048 bits with e = 65,537 as `BEGIN PUBLIC KEY`, for a wallet of kind offline.',
  ),
  'wallet/key_taken': no(409, 'Wallet key taken', 'Generate a fresh key for this wallet.'),
  'wallet/possession_unproven': no(
    400,
    'Possession of the key is not proved',
    'Sign the challenge with the key that the request names (spec/wallet-key.md).',
  ),
  'wallet/key_device_held': no(
    400,
    'The bank does not have this key',
    'The private half is on the device that registered it; register a fresh key if that is lost.',
  ),
  'wallet/qr_invalid': no(
    400,
    'Invalid QR code',
    'Show the code that the receiver’s wallet makes, whole.',
  ),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
