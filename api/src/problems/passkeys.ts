import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of passkeys. */
export const PASSKEY_PROBLEM_CODES = {
  'passkey/invalid': no(400, 'Passkey not accepted', 'Ask for fresh options and try once more.'),
  'passkey/none': no(409, 'No passkey', 'Use the code that was mailed, or add a passkey.'),
  'passkey/exists': no(409, 'Passkey exists', 'It is registered already; nothing is left to do.'),
  'passkey/limit_reached': no(409, 'Too many passkeys', 'Remove one that you no longer have.'),
  'passkey/not_found': no(404, 'No such passkey', 'List your passkeys.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
