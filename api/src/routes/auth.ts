import { Type } from '@sinclair/typebox';
import type { TProperties } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Open } from '../shapes.ts';

/** One plain address: no control characters, one @, a domain of ASCII letters, digits, hyphens. */
export const Email = Type.String({
  title: 'Email',
  pattern:
    "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?" +
    '(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$',
  maxLength: 254,
  examples: ['ayesha@example.com'],
});

/** Without control characters and line ends. */
export const PersonName = Type.String({
  title: 'PersonName',
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]+$',
  minLength: 1,
  maxLength: 100,
});

export const Phone = Type.String({ title: 'Phone', pattern: '^\\+?[0-9][0-9 ()-]{5,22}$' });

/** What is right is decided inside; this only keeps out what nobody typed. */
const PasswordText = Type.String({ minLength: 1, maxLength: 256 });
const CodeText = Type.String({ minLength: 1, maxLength: 16, examples: ['123456'] });
const Nonce = Type.String({
  description: 'The challenge’s id: what `nonce_demo` was, in demo mode and out of it.',
  minLength: 1,
  maxLength: 64,
});
const Fingerprint = Type.String({
  description: 'What the client calls its device; the same at every renewal.',
  minLength: 1,
  maxLength: 256,
});
const DeviceProof = Type.Optional(
  Type.Object(
    {
      key_hash: Type.String({ maxLength: 64 }),
      signature: Type.String({ maxLength: 512 }),
    },
    {
      title: 'DeviceProof',
      description:
        'By an enrolled device’s key, over `sikka/session/v1` 0x00 `confirm`|`refresh` 0x00 ' +
        'SHA-256(challenge id | refresh token). Both base64url. Such a session is renewed by ' +
        'that key only.',
    },
  ),
);
const DemoCode = Type.Optional(
  Type.String({ description: 'In demo mode only: the code that was mailed.' }),
);

const Message = Type.Object({ msg: Type.String() }, { title: 'Message' });
const MessageWithCode = Type.Object(
  { msg: Type.String(), otp_demo: DemoCode },
  { title: 'MessageWithCode' },
);
export const SignedIn = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    refresh_token: Type.String(),
  },
  { title: 'SignedIn' },
);

const signedInExample = {
  access_token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
  token_type: 'bearer',
  refresh_token: 'A'.repeat(43),
};

function open<P extends TProperties>(properties: P, title: string, example: unknown) {
  return { type: 'json', schema: Open(properties, title), example, open: true } as const;
}

function answer<S>(schema: S, example: unknown) {
  return { type: 'json', schema, example } as const;
}

const email = 'ayesha@example.com';
const password = 'Seven-Rivers-9';
const common = { tag: 'Accounts', auth: 'public', limit: 'auth' } as const;

export const authRoutes = {
  signUp: {
    ...common,
    method: 'POST',
    path: '/auth/signup',
    summary: 'Open an account with both wallets',
    description:
      'Known addresses are answered the same, and their owner is told by mail; with ' +
      'SIGNUP_REVEALS_EXISTING it is 400.',
    body: open(
      {
        name: PersonName,
        email: Email,
        password: PasswordText,
        phone: Type.Optional(Phone),
        role: Type.Optional(Type.String({ description: '`merchant`; others mean `user`.' })),
      },
      'SignUp',
      { name: 'Ayesha Bibi', email, password, phone: '+923001234567' },
    ),
    statuses: { 201: 'A code has been mailed.' },
    answer: answer(MessageWithCode, { msg: 'A code is on its way.', otp_demo: '123456' }),
    problems: ['account/exists', 'auth/password_weak', 'server/busy'],
  },
  verifyEmail: {
    ...common,
    method: 'POST',
    path: '/auth/verify-email',
    summary: 'Prove an e-mail address by the code that was mailed',
    body: open({ email: Email, otp: CodeText }, 'VerifyEmail', { email, otp: '123456' }),
    statuses: { 200: 'Verified.' },
    answer: answer(Message, { msg: 'The e-mail address is verified.' }),
    problems: ['otp/invalid', 'auth/locked'],
  },
  login: {
    ...common,
    method: 'POST',
    path: '/auth/login',
    summary: 'First factor: the password; a code is mailed',
    body: open({ email: Email, password: PasswordText, device_fingerprint: Fingerprint }, 'Login', {
      email,
      password,
      device_fingerprint: 'pixel-8-a1b2',
    }),
    statuses: { 200: 'Now confirm with the code.' },
    answer: answer(
      Type.Object(
        {
          requires_otp: Type.Literal(true),
          nonce_demo: Nonce,
          email_verified: Type.Boolean(),
          otp_demo: DemoCode,
        },
        { title: 'LoginStarted' },
      ),
      { requires_otp: true, nonce_demo: 'A'.repeat(22), email_verified: true, otp_demo: '123456' },
    ),
    problems: ['auth/credentials_invalid', 'auth/locked', 'auth/account_blocked', 'server/busy'],
  },
  confirmLogin: {
    ...common,
    method: 'POST',
    path: '/auth/login/confirm',
    summary: 'Second factor: the code; opens the session',
    headers: ['user-agent'],
    body: open(
      {
        email: Email,
        otp: CodeText,
        nonce: Nonce,
        device_fingerprint: Fingerprint,
        device_proof: DeviceProof,
      },
      'ConfirmLogin',
      { email, otp: '123456', nonce: 'A'.repeat(22), device_fingerprint: 'pixel-8-a1b2' },
    ),
    statuses: { 200: 'Signed in.' },
    answer: answer(SignedIn, signedInExample),
    problems: ['otp/invalid', 'auth/locked', 'auth/account_blocked', 'device/possession_unproven'],
  },
  refreshToken: {
    ...common,
    method: 'POST',
    path: '/auth/token/refresh',
    summary: 'Renew a session',
    description:
      'The presented token works until its successor is first used; used after that, it is in ' +
      'two hands and the session ends. A session opened with a device key takes each token once. ' +
      'A blocked account is answered 403 with `hand_in_token`.',
    body: open(
      {
        refresh_token: Type.String({ maxLength: 4096 }),
        device_fingerprint: Type.Optional(Fingerprint),
        device_proof: DeviceProof,
      },
      'Refresh',
      { refresh_token: 'A'.repeat(43), device_fingerprint: 'pixel-8-a1b2' },
    ),
    statuses: { 200: 'Fresh tokens.' },
    answer: answer(SignedIn, signedInExample),
    problems: ['auth/refresh_invalid', 'auth/account_blocked'],
  },
  logOut: {
    ...common,
    limit: 'other',
    method: 'POST',
    path: '/auth/logout',
    summary: 'End the session of a refresh token',
    body: {
      type: 'json',
      schema: Type.Union(
        [
          Open({ refresh_token: Type.String({ maxLength: 4096 }) }, 'LogOut'),
          Type.String({ maxLength: 4096 }),
        ],
        { description: 'An object, or the bare token as a JSON string.' },
      ),
      example: { refresh_token: 'A'.repeat(43) },
      open: true,
    },
    statuses: { 200: 'Ended, if there was one.' },
    answer: answer(Message, { msg: 'Signed out.' }),
    problems: [],
  },
  forgotPassword: {
    ...common,
    method: 'POST',
    path: '/auth/forgot-password',
    summary: 'Ask for a code to set a new password',
    body: open({ email: Email }, 'ForgotPassword', { email }),
    statuses: { 200: 'If there is such an account, a code is on its way.' },
    answer: answer(
      Type.Object(
        { msg: Type.String(), nonce_demo: Nonce, otp_demo: DemoCode },
        { title: 'ResetStarted' },
      ),
      { msg: 'A code is on its way.', nonce_demo: 'A'.repeat(22), otp_demo: '123456' },
    ),
    problems: [],
  },
  resetPassword: {
    ...common,
    method: 'POST',
    path: '/auth/forgot-password/confirm',
    summary: 'Set a new password; ends every session',
    body: open(
      {
        email: Email,
        otp: CodeText,
        nonce: Nonce,
        new_password: PasswordText,
        confirm_password: PasswordText,
      },
      'ResetPassword',
      {
        ...{ email, otp: '123456', nonce: 'A'.repeat(22) },
        ...{ new_password: password, confirm_password: password },
      },
    ),
    statuses: { 200: 'Set.' },
    answer: answer(Message, { msg: 'The password is set. Sign in with it.' }),
    problems: ['otp/invalid', 'auth/locked', 'auth/password_weak', 'server/busy'],
  },
} as const satisfies Readonly<Record<string, Route>>;
