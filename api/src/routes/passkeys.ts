import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, Nullable, OneOf, Timestamp } from '../shapes.ts';
import { SignedIn } from './auth.ts';

/** Passkeys (WebAuthn level 3): a second factor in place of the code, and a step-up. */

const Text = (most: number) => Type.String({ minLength: 1, maxLength: most });
/** As browsers write it: 16 to 1,023 bytes. */
const CredentialId = Type.String({
  title: 'CredentialId',
  description: 'Base64url without padding.',
  pattern: '^[A-Za-z0-9_-]{22,1364}$',
});

/** Browsers add members from level to level; what is signed is inside. */
const Registration = Type.Object(
  {
    id: CredentialId,
    rawId: CredentialId,
    type: Type.Literal('public-key'),
    response: Type.Object({ clientDataJSON: Text(4_096), attestationObject: Text(8_192) }),
  },
  {
    title: 'PasskeyRegistration',
    description: 'What `navigator.credentials.create` answered, as `toJSON()` writes it.',
  },
);
const Assertion = Type.Object(
  {
    id: CredentialId,
    rawId: CredentialId,
    type: Type.Literal('public-key'),
    response: Type.Object({
      clientDataJSON: Text(4_096),
      authenticatorData: Text(2_048),
      signature: Text(2_048),
    }),
  },
  {
    title: 'PasskeyAssertion',
    description: 'What `navigator.credentials.get` answered, as `toJSON()` writes it.',
  },
);

const Options = Type.Object(
  {
    options: Type.Unsafe<Readonly<Record<string, unknown>>>(
      Type.Object(
        {},
        {
          description: 'For `parse…OptionsFromJSON` of the browser.',
          additionalProperties: true,
        },
      ),
    ),
  },
  { title: 'PasskeyOptions' },
);

export const Passkey = Type.Object(
  {
    id: CredentialId,
    name: Type.String(),
    created_at: Timestamp,
    last_used_at: Nullable(Timestamp),
  },
  { title: 'Passkey' },
);
export type Passkey = Static<typeof Passkey>;

const Name = Type.String({
  description: 'What the person calls it.',
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]+$',
  minLength: 1,
  maxLength: 60,
});
const Nonce = Type.String({ description: 'From the login.', pattern: '^[A-Za-z0-9_-]{22}$' });
const Fingerprint = Type.String({ minLength: 1, maxLength: 256 });

const id = 'A'.repeat(43);
const at = '2026-11-20T10:00:00.000Z';
const passkey = { id, name: 'My phone', created_at: at, last_used_at: null };
const registration = {
  ...{ id, rawId: id, type: 'public-key' },
  response: { clientDataJSON: 'e30', attestationObject: 'oA' },
} as const;
const assertion = {
  ...{ id, rawId: id, type: 'public-key' },
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'MAA' },
} as const;
const options = { options: { challenge: id, rpId: 'bank.example', userVerification: 'required' } };

const own = { tag: 'Passkeys', auth: 'account' } as const;
const signingIn = { tag: 'Passkeys', auth: 'public', limit: 'auth' } as const;

export const passkeyRoutes = {
  askPasskey: {
    ...own,
    method: 'POST',
    path: '/api/v1/passkeys/options',
    summary: 'Ask for the options of a new passkey, or of a step-up by one',
    limit: 'auth',
    body: {
      type: 'json',
      schema: Closed({ purpose: OneOf(['register', 'step_up']) }, 'AskPasskey'),
      example: { purpose: 'register' },
    },
    statuses: { 200: 'Good for five minutes and one try.' },
    answer: { type: 'json', schema: Options, example: options },
    problems: ['passkey/none'],
  },
  addPasskey: {
    ...own,
    method: 'POST',
    path: '/api/v1/passkeys',
    summary: 'Add a passkey',
    stepUp: true,
    limit: 'auth',
    body: {
      type: 'json',
      schema: Closed({ name: Name, response: Registration }, 'NewPasskey'),
      example: { name: 'My phone', response: registration },
    },
    statuses: { 201: 'Added.' },
    answer: { type: 'json', schema: Passkey, example: passkey },
    problems: ['passkey/invalid', 'passkey/exists', 'passkey/limit_reached'],
  },
  listPasskeys: {
    ...own,
    method: 'GET',
    path: '/api/v1/passkeys',
    summary: 'One’s passkeys',
    limit: 'other',
    statuses: { 200: 'In the order in which they were added.' },
    answer: {
      type: 'json',
      schema: Type.Object({ passkeys: Type.Array(Passkey) }, { title: 'Passkeys' }),
      example: { passkeys: [passkey] },
    },
    problems: [],
  },
  removePasskey: {
    ...own,
    method: 'DELETE',
    path: '/api/v1/passkeys/{passkey_id}',
    summary: 'Remove a passkey',
    stepUp: true,
    limit: 'auth',
    params: Closed({ passkey_id: CredentialId }),
    statuses: { 200: 'Removed.' },
    answer: {
      type: 'json',
      schema: Type.Object({ msg: Type.String() }, { title: 'PasskeyRemoved' }),
      example: { msg: 'The passkey is removed.' },
    },
    problems: ['passkey/not_found'],
  },
  stepUpByPasskey: {
    ...own,
    method: 'POST',
    path: '/api/v1/passkeys/step-up',
    summary: 'Prove the second factor again by a passkey, for five minutes',
    limit: 'auth',
    body: {
      type: 'json',
      schema: Closed({ response: Assertion }, 'StepUpByPasskey'),
      example: { response: assertion },
    },
    statuses: { 200: 'Fresh.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        { msg: Type.String(), fresh_until: Timestamp },
        { title: 'SteppedUpByPasskey' },
      ),
      example: { msg: 'Proved.', fresh_until: '2026-11-20T10:05:00.000Z' },
    },
    problems: ['auth/session_missing', 'passkey/invalid'],
  },
  askPasskeyLogin: {
    ...signingIn,
    method: 'POST',
    path: '/auth/login/passkey/options',
    summary: 'After the password: ask for the options of a passkey in place of the code',
    description:
      'The challenge of a login is given after the right password only, so nothing is said here ' +
      'to whoever has none.',
    body: {
      type: 'json',
      schema: Closed({ nonce: Nonce, device_fingerprint: Fingerprint }, 'AskPasskeyLogin'),
      example: { nonce: 'A'.repeat(22), device_fingerprint: 'pixel-8-a1b2' },
    },
    statuses: { 200: 'Good for five minutes and one try.' },
    answer: { type: 'json', schema: Options, example: options },
    problems: ['otp/invalid', 'passkey/none'],
  },
  confirmByPasskey: {
    ...signingIn,
    method: 'POST',
    path: '/auth/login/passkey',
    headers: ['user-agent'],
    summary: 'Confirm a login by a passkey',
    body: {
      type: 'json',
      schema: Closed(
        { nonce: Nonce, device_fingerprint: Fingerprint, response: Assertion },
        'ConfirmByPasskey',
      ),
      example: {
        ...{ nonce: 'A'.repeat(22), device_fingerprint: 'pixel-8-a1b2' },
        response: assertion,
      },
    },
    statuses: { 200: 'Signed in.' },
    answer: {
      type: 'json',
      schema: SignedIn,
      example: {
        access_token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
        token_type: 'bearer',
        refresh_token: 'A'.repeat(43),
      },
    },
    problems: ['otp/invalid', 'passkey/invalid', 'auth/account_blocked'],
  },
} as const satisfies Readonly<Record<string, Route>>;
