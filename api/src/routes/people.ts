import { Type } from '@sinclair/typebox';
import type { TSchema } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Amount, Closed, Nullable, OneOf, Open, Timestamp } from '../shapes.ts';
import { Email, PersonName, Phone } from './auth.ts';

const Status = OneOf(['active', 'review', 'closed']);
const Password = Type.String({ minLength: 1, maxLength: 256 });
const Message = Type.Object({ msg: Type.String() }, { title: 'Done' });

/** As `Me`, under the names of both generations of clients. */
export const OwnUser = Type.Object(
  {
    id: Type.String(),
    email: Type.String(),
    name: Type.String(),
    phone: Nullable(Type.String()),
    emailVerified: Type.Boolean(),
    email_verified: Type.Boolean(),
    totalBalance: Amount,
    total_balance: Amount,
    offlineBalance: Amount,
    offline_balance: Amount,
    currency: Type.String(),
    status: Status,
    roles: Type.Array(Type.String()),
    created_at: Timestamp,
  },
  { title: 'OwnUser' },
);

const ownUserExample = {
  ...{ id: 'ayesha', email: 'ayesha@example.com', name: 'Ayesha Bibi', phone: '+923001234567' },
  ...{ emailVerified: true, email_verified: true, totalBalance: '20000.00' },
  ...{ total_balance: '20000.00', offlineBalance: '5000.00', offline_balance: '5000.00' },
  ...{ currency: 'PKR', status: 'active', roles: ['user'] },
  created_at: '2026-11-20T10:00:00.000Z',
};

export const Session = Type.Object(
  {
    id: Type.String({ description: '16 bytes, base64url.' }),
    current: Type.Boolean({ description: 'The one this request belongs to.' }),
    device: Nullable(Type.Integer({ description: 'The enrolled device whose key renews it.' })),
    agent: Nullable(Type.String()),
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
  },
  { title: 'Session' },
);

function answer<S extends TSchema>(schema: S, example: unknown) {
  return { type: 'json', schema, example } as const;
}

export const peopleRoutes = {
  getUser: {
    method: 'GET',
    path: '/user/me',
    tag: 'Accounts',
    summary: 'Who is signed in, under the names of older clients as well',
    auth: 'account',
    limit: 'other',
    statuses: { 200: 'The account.' },
    answer: answer(OwnUser, ownUserExample),
    problems: [],
  },
  updateUser: {
    method: 'PUT',
    path: '/user/me',
    tag: 'Accounts',
    summary: 'Change name, telephone number or e-mail address',
    description:
      'A new address needs a fresh second factor, and takes effect once it is verified with the ' +
      'code that is mailed to it (POST /auth/verify-email).',
    auth: 'account',
    limit: 'other',
    body: {
      type: 'json',
      schema: Open(
        {
          name: Type.Optional(PersonName),
          phone: Type.Optional(Nullable(Phone)),
          email: Type.Optional(Email),
          language: Type.Optional(OneOf(['en', 'ur'])),
        },
        'UserChange',
      ),
      example: { name: 'Ayesha Bibi', phone: '+923001234567' },
      open: true,
    },
    statuses: { 200: 'As it is now.' },
    answer: answer(OwnUser, ownUserExample),
    problems: ['auth/step_up_required'],
  },
  changePassword: {
    method: 'POST',
    path: '/user/change-password',
    tag: 'Accounts',
    summary: 'Change the password; ends every other session',
    auth: 'account',
    limit: 'auth',
    body: {
      type: 'json',
      schema: Open({ current_password: Password, new_password: Password }, 'PasswordChange'),
      example: { current_password: 'Seven-Rivers-9', new_password: 'Eight-Rivers-8' },
      open: true,
    },
    statuses: { 200: 'Changed.' },
    answer: answer(Message, { msg: 'The password is changed.' }),
    problems: ['auth/password_wrong', 'auth/password_weak', 'auth/locked', 'server/busy'],
  },
  listSessions: {
    method: 'GET',
    path: '/api/v1/sessions',
    tag: 'Accounts',
    summary: 'Where one is signed in',
    auth: 'account',
    limit: 'other',
    statuses: { 200: 'The live sessions, the one used last first.' },
    answer: answer(Type.Object({ sessions: Type.Array(Session) }, { title: 'Sessions' }), {
      sessions: [
        {
          ...{ id: 'A'.repeat(22), current: true, device: null, agent: 'SikkaWallet/3' },
          created_at: '2026-11-20T10:00:00.000Z',
          last_used_at: '2026-11-20T10:00:00.000Z',
          expires_at: '2026-12-20T10:00:00.000Z',
        },
      ],
    }),
    problems: [],
  },
  endSession: {
    method: 'DELETE',
    path: '/api/v1/sessions/{session_id}',
    tag: 'Accounts',
    summary: 'Sign out somewhere else',
    auth: 'account',
    limit: 'other',
    params: Closed({ session_id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) }),
    statuses: { 200: 'Ended.' },
    answer: answer(Message, { msg: 'The session has ended.' }),
    problems: ['session/not_found'],
  },
  askStepUp: {
    method: 'POST',
    path: '/api/v1/step-up/code',
    tag: 'Accounts',
    summary: 'Ask for a code that proves the second factor again',
    auth: 'account',
    limit: 'auth',
    statuses: { 200: 'A code has been mailed.' },
    answer: answer(
      Type.Object(
        { nonce_demo: Type.String(), otp_demo: Type.Optional(Type.String()) },
        { title: 'StepUpStarted' },
      ),
      { nonce_demo: 'A'.repeat(22), otp_demo: '123456' },
    ),
    problems: ['auth/session_missing', 'otp/too_many'],
  },
  stepUp: {
    method: 'POST',
    path: '/api/v1/step-up',
    tag: 'Accounts',
    summary: 'Prove the second factor again, for five minutes',
    auth: 'account',
    limit: 'auth',
    body: {
      type: 'json',
      schema: Closed(
        {
          nonce: Type.String({ minLength: 1, maxLength: 64 }),
          otp: Type.String({ minLength: 1, maxLength: 16 }),
        },
        'StepUp',
      ),
      example: { nonce: 'A'.repeat(22), otp: '123456' },
    },
    statuses: { 200: 'Fresh.' },
    answer: answer(
      Type.Object({ msg: Type.String(), fresh_until: Timestamp }, { title: 'SteppedUp' }),
      { msg: 'Proved.', fresh_until: '2026-11-20T10:05:00.000Z' },
    ),
    problems: ['auth/session_missing', 'otp/invalid', 'auth/locked'],
  },
  decodeIntegrity: {
    method: 'POST',
    path: '/api/v1/device/play-integrity/decode',
    tag: 'Devices',
    summary: 'What an attestation provider says of a device: none is configured',
    auth: 'account',
    limit: 'other',
    body: {
      type: 'json',
      schema: Open({ token: Type.Optional(Type.String({ maxLength: 12_000 })) }, 'Integrity'),
      example: { token: 'eyJ' },
      open: true,
    },
    statuses: { 200: 'Nothing is attested.' },
    answer: answer(
      Type.Object(
        { configured: Type.Literal(false), message: Type.String() },
        { title: 'IntegrityVerdict' },
      ),
      { configured: false, message: 'No attestation provider is configured.' },
    ),
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
