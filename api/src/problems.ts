import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { AUTH_PROBLEM_CODES } from './problems/auth.ts';
import { BUNDLE_PROBLEM_CODES } from './problems/bundles.ts';
import { CLIENT_PROBLEM_CODES } from './problems/client.ts';
import { DISPUTE_PROBLEM_CODES } from './problems/disputes.ts';
import { EVENT_PROBLEM_CODES } from './problems/events.ts';
import { LEDGER_PROBLEM_CODES } from './problems/ledger.ts';
import { OFFLINE_PROBLEM_CODES } from './problems/offline.ts';
import { PASSKEY_PROBLEM_CODES } from './problems/passkeys.ts';
import { PEOPLE_PROBLEM_CODES } from './problems/people.ts';
import { PRIVACY_PROBLEM_CODES } from './problems/privacy.ts';
import { RISK_PROBLEM_CODES } from './problems/risk.ts';
import { STATEMENT_PROBLEM_CODES } from './problems/statements.ts';
import { TILL_PROBLEM_CODES } from './problems/tills.ts';
import { TOP_UP_PROBLEM_CODES } from './problems/topup.ts';
import { TRANSACTION_PROBLEM_CODES } from './problems/transactions.ts';
import { WALLET_PROBLEM_CODES } from './problems/wallets.ts';
import { WEBHOOK_PROBLEM_CODES } from './problems/webhooks.ts';
import { REVIEW_PROBLEM_CODES } from './problems/reviews.ts';
import { later, no } from './problems/meaning.ts';
import type { ProblemMeaning } from './problems/meaning.ts';

export type { ProblemMeaning } from './problems/meaning.ts';

/** The closed list of problems (RFC 9457). A code, once published, keeps its meaning. */
export const PROBLEM_CODES = {
  'request/malformed': no(400, 'Malformed request', 'Send one well-formed body.'),
  'request/duplicate_key': no(400, 'Duplicate key', 'Name each key of an object once.'),
  'request/invalid': no(422, 'Invalid request', 'Correct what `errors` points at.'),
  'request/too_large': no(413, 'Request too large', 'Send less, in several requests.'),
  'request/unsupported_media_type': no(
    415,
    'Unsupported media type',
    'Send the content type that the route names.',
  ),
  'request/not_found': no(404, 'No such route', 'See /openapi.json for every route.'),
  'request/method_not_allowed': no(405, 'Method not allowed', 'Use a method that Allow names.'),
  'request/timed_out': later(408, 'Request timed out', 'Send the whole request at once.'),

  'auth/token_missing': no(401, 'Token missing', 'Send `Authorization: Bearer …`.'),
  'auth/token_invalid': no(401, 'Token invalid', 'Sign in again.'),
  'auth/token_expired': no(401, 'Token expired', 'Refresh the token, or sign in again.'),
  'auth/role_missing': no(403, 'Not allowed', 'Ask an operator: this needs another role.'),
  'auth/account_blocked': no(403, 'Account blocked', 'What is pending can still be handed in.'),

  'idempotency/key_reused': no(
    422,
    'Idempotency key reused',
    'Use a fresh key for another request; the same request repeats its answer.',
  ),
  'idempotency/in_progress': later(
    409,
    'First request still at work',
    'Send the same request again for the first answer.',
  ),

  'amount/invalid': no(422, 'Invalid amount', 'Send decimal text such as "500.00".'),

  'wallet/not_found': no(404, 'No such wallet', 'List your wallets.'),
  'wallet/inactive': no(409, 'Wallet inactive', 'Activate the wallet first.'),
  'wallet/same_wallet': no(400, 'Same wallet', 'Name two different wallets.'),
  'wallet/currency_mismatch': no(400, 'Currency mismatch', 'Both wallets keep one currency.'),
  'wallet/transfer_not_allowed': no(
    400,
    'Transfer not allowed',
    'Offline money moves between its owner’s two wallets; others are paid from current.',
  ),
  'wallet/insufficient_funds': no(400, 'Insufficient funds', 'Send less, or load more first.'),

  'demo/off': no(403, 'Not a demo', 'Only a bank in demo mode makes play money.'),
  'demo/account_taken': no(409, 'Account taken', 'Choose another id.'),

  'device/not_found': no(404, 'No such device', 'List your devices.'),
  'device/challenge_invalid': no(
    400,
    'Challenge invalid',
    'Ask for a fresh challenge: each is used once, within ten minutes, by who asked for it.',
  ),
  'device/enrolment_invalid': no(422, 'Enrolment invalid', 'Send a packet of kind 9 and type 1.'),
  'device/wrong_bank': no(400, 'Enrolment for another bank', 'Enrol with the bank it names.'),
  'device/wrong_account': no(400, 'Enrolment for another account', 'Enrol your own account.'),
  'device/possession_unproven': no(
    400,
    'Possession of the key is not proved',
    'Sign the enrolment with the key that it names.',
  ),
  'device/key_enrolled': no(409, 'Key already enrolled', 'Generate a fresh key.'),
  'device/revoked': no(409, 'Device revoked', 'Enrol a fresh key.'),
  'device/limit_reached': no(409, 'Too many devices', 'Revoke one that is no longer used.'),
  'device/role_not_payee': no(409, 'Device does not receive', 'Enrol it with role payee or both.'),
  'device/ecdh_key_invalid': no(
    422,
    'Invalid key agreement key',
    'Send a compressed P-256 point that lies on the curve.',
  ),
  'device/name_unverified': no(409, 'Name not verified', 'Have name and town verified first.'),
  'device/name_taken': no(409, 'Name taken', 'Another payee in this town has this name.'),

  'allowance/request_invalid': no(
    422,
    'Allowance request invalid',
    'Send a packet of kind 9 and type 3.',
  ),
  'allowance/wrong_bank': no(400, 'Request for another bank', 'Ask the bank that it names.'),
  'allowance/wrong_account': no(400, 'Request for another account', 'Ask for your own account.'),
  'allowance/device_unknown': no(404, 'Device not enrolled', 'Enrol the device first.'),
  'allowance/signature_invalid': no(400, 'Signature invalid', 'Sign with the enrolled key.'),
  'allowance/nonce_used': no(
    409,
    'Journal nonce used',
    'Draw a fresh nonce for each request, or repeat the first request byte for byte.',
  ),
  'allowance/currency_unsupported': no(
    400,
    'No allowances in this currency',
    'Ask in a currency that the bank has a policy for.',
  ),
  'allowance/over_limit': no(400, 'Over the limit', 'Ask for less.'),
  'allowance/limit_reached': no(
    409,
    'Limit of outstanding allowances reached',
    'Use or return what is out before asking for more.',
  ),

  'document/batch_malformed': no(
    400,
    'Batch malformed',
    'Send a CBOR array of byte strings, each one packet.',
  ),
  'payment/not_found': no(404, 'No such payment', 'Hand the payment in first.'),
  'receipt/not_ready': later(409, 'Receipt not ready', 'Ask again in a second.'),
  'proof/not_found': no(404, 'No such proof', 'Check the id.'),
  'bulletin/not_found': no(404, 'No such bulletin', 'Ask for the latest.'),
  'log/not_found': later(404, 'No checkpoint yet', 'Ask again in a minute.'),
  'log/range_invalid': no(400, 'Invalid range', 'Name two sizes, the smaller first.'),

  ...AUTH_PROBLEM_CODES,
  ...PEOPLE_PROBLEM_CODES,
  ...WALLET_PROBLEM_CODES,
  ...TRANSACTION_PROBLEM_CODES,
  ...TOP_UP_PROBLEM_CODES,
  ...OFFLINE_PROBLEM_CODES,
  ...EVENT_PROBLEM_CODES,
  ...WEBHOOK_PROBLEM_CODES,
  ...PASSKEY_PROBLEM_CODES,
  ...PRIVACY_PROBLEM_CODES,
  ...RISK_PROBLEM_CODES,
  ...TILL_PROBLEM_CODES,
  ...BUNDLE_PROBLEM_CODES,
  ...LEDGER_PROBLEM_CODES,
  ...DISPUTE_PROBLEM_CODES,
  ...REVIEW_PROBLEM_CODES,
  ...STATEMENT_PROBLEM_CODES,

  'rate/limited': later(429, 'Too many requests', 'Wait as long as Retry-After says.'),

  'server/busy': later(503, 'Busy', 'Wait as long as Retry-After says, then send it again.'),
  'server/unavailable': later(503, 'Temporarily unavailable', 'Send the same request again.'),
  'server/internal': later(500, 'Internal error', 'Send the same request again later.'),

  ...CLIENT_PROBLEM_CODES,
} as const satisfies Readonly<Record<string, ProblemMeaning>>;

export type ProblemCode = keyof typeof PROBLEM_CODES;

/** The meaning of a code, also of one that a newer bank has and this program has not. */
export function problemMeaning(code: string): ProblemMeaning | undefined {
  return Object.hasOwn(PROBLEM_CODES, code) ? PROBLEM_CODES[code as ProblemCode] : undefined;
}

/** What a blocked account is told, in the shape that existing clients read. */
export const BlockedDetail = Type.Object(
  {
    code: Type.Literal('ACCOUNT_BLOCKED'),
    message: Type.String(),
    reason: Type.String(),
    fraud_review_pending: Type.Boolean(),
  },
  { title: 'BlockedDetail' },
);

/** RFC 9457, `application/problem+json`. */
export const ProblemBody = Type.Object(
  {
    type: Type.String({ description: 'A URI reference that ends in the code.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Union([Type.String(), BlockedDetail]),
    code: Type.String({ description: 'One of the closed list; decide by this.' }),
    transient: Type.Boolean({ description: 'The very same request may succeed later.' }),
    advice: Type.String(),
    hand_in_token: Type.Optional(
      Type.String({
        description:
          'At the renewal of a blocked account’s session: a token for 15 minutes that opens ' +
          'only what is left open to blocked accounts.',
      }),
    ),
    error: Type.Optional(Type.String({ description: 'Where tills ask: `detail` once more.' })),
    request_id: Type.Optional(Type.String({ description: 'Name it when you ask for help.' })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ pointer: Type.String(), detail: Type.String() }, { title: 'FieldError' }),
        { description: 'Where the request breaks its schema; JSON pointers.' },
      ),
    ),
  },
  { title: 'Problem' },
);
export type ProblemBody = Static<typeof ProblemBody>;
export type FieldError = NonNullable<ProblemBody['errors']>[number];
