import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, NumberText, Nullable, OneOf, PageSize, Timestamp } from '../shapes.ts';
import { ROLES } from '../tokens.ts';
import { Email, PersonName, Phone } from './auth.ts';

const Status = OneOf(['active', 'review', 'closed']);

/** As the bank’s staff see a person: enough to find one, too little to write to. */
export const User = Type.Object(
  {
    id: Type.String(),
    number: Type.Integer({ description: 'Where the next page goes on: `before`.' }),
    email: Nullable(Type.String({ description: 'Masked.' })),
    name: Nullable(Type.String()),
    verified_name: Nullable(Type.String({ description: 'What payers are shown.' })),
    verified_town: Nullable(Type.String()),
    phone_verified_at: Nullable(Timestamp),
    status: Status,
    status_reason: Nullable(Type.String()),
    roles: Type.Array(Type.String()),
    created_at: Timestamp,
  },
  { title: 'User' },
);

const userExample = {
  ...{ id: 'ayesha', number: 1, email: 'a***@example.com', name: 'Ayesha Bibi' },
  ...{ verified_name: 'Ayesha Bibi', verified_town: 'Chakwal', phone_verified_at: null },
  ...{ status: 'active', status_reason: null, roles: ['user'] },
  created_at: '2026-11-20T10:00:00.000Z',
};

const UserParams = Closed({ user_id: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' }) });
const Reason = Type.String({
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  minLength: 3,
  maxLength: 200,
});
const VerifiedPhone = Type.String({
  description: 'With its country. Spaces, dashes and brackets do not count.',
  pattern: '^\\+[0-9][0-9 ()-]{6,21}$',
});
const Roles = Type.Array(OneOf(ROLES), { maxItems: ROLES.length, uniqueItems: true });

const user = { type: 'json', schema: User, example: userExample } as const;

/** What the bank’s staff do with accounts. */
export const userRoutes = {
  listUsers: {
    method: 'GET',
    path: '/api/v1/users/',
    tag: 'Operators',
    summary: 'People, newest first; addresses are masked',
    auth: 'account',
    roles: ['admin', 'pay_admin', 'support'],
    limit: 'other',
    query: Closed({ limit: Type.Optional(PageSize), before: Type.Optional(NumberText) }),
    statuses: { 200: 'At most `limit`; the last one’s `number` is the next `before`.' },
    answer: {
      type: 'json',
      schema: Type.Object({ users: Type.Array(User) }, { title: 'Users' }),
      example: { users: [userExample] },
    },
    problems: [],
  },
  createUser: {
    method: 'POST',
    path: '/api/v1/users/',
    tag: 'Operators',
    summary: 'Open an account for somebody, who then sets the password by a reset code',
    description:
      'Roles beyond `user` and `merchant` are given by an admin only, with a fresh second factor.',
    auth: 'account',
    roles: ['admin', 'pay_admin'],
    limit: 'other',
    body: {
      type: 'json',
      schema: Closed(
        {
          name: PersonName,
          email: Email,
          phone: Type.Optional(Phone),
          roles: Type.Optional(Roles),
        },
        'NewUser',
      ),
      example: { name: 'Ayesha Bibi', email: 'ayesha@example.com', roles: ['user'] },
    },
    statuses: { 201: 'Opened, with both wallets.' },
    answer: user,
    problems: ['account/exists', 'auth/role_missing', 'auth/step_up_required'],
  },
  blockUser: {
    method: 'POST',
    path: '/api/v1/users/{user_id}/block',
    tag: 'Operators',
    summary: 'Put an account under review: nothing moves but what is pending',
    auth: 'account',
    roles: ['risk', 'admin'],
    limit: 'other',
    params: UserParams,
    body: {
      type: 'json',
      schema: Closed({ reason: Reason }, 'Block'),
      example: { reason: 'unusual activity' },
    },
    statuses: { 200: 'As it is now.' },
    answer: user,
    problems: ['user/not_found', 'user/status_conflict'],
  },
  releaseUser: {
    method: 'POST',
    path: '/api/v1/users/{user_id}/release',
    tag: 'Operators',
    summary: 'End a review',
    auth: 'account',
    roles: ['risk', 'admin'],
    limit: 'other',
    params: UserParams,
    body: {
      type: 'json',
      schema: Closed({ reason: Reason }, 'Release'),
      example: { reason: 'reviewed' },
    },
    statuses: { 200: 'As it is now.' },
    answer: user,
    problems: ['user/not_found', 'user/status_conflict'],
  },
  verifyName: {
    method: 'POST',
    path: '/api/v1/users/{user_id}/verified-name',
    tag: 'Operators',
    summary: 'Set the name and town that payers are shown, once papers for them were seen',
    description:
      'With them an account can be paid offline: its next enrolment or printed code names them. ' +
      'Credentials that were issued before keep what they name. The person is told by mail.',
    auth: 'account',
    roles: ['support', 'risk', 'admin'],
    limit: 'other',
    params: UserParams,
    body: {
      type: 'json',
      schema: Closed(
        {
          name: Type.String({ description: 'spec/identifiers.md', minLength: 1, maxLength: 100 }),
          town: Type.String({ description: 'spec/identifiers.md', minLength: 1, maxLength: 100 }),
          reason: Reason,
        },
        'NameVerification',
      ),
      example: { name: 'Ayesha Bibi', town: 'Chakwal', reason: 'identity card seen' },
    },
    statuses: { 200: 'As it is now; the same again changes nothing.' },
    answer: user,
    problems: ['user/not_found', 'user/own_name', 'user/status_conflict'],
  },
  verifyPhone: {
    method: 'POST',
    path: '/api/v1/users/{user_id}/verified-phone',
    tag: 'Operators',
    summary: 'Set the phone number at which the person was seen to answer, or take it away',
    description:
      'Tills may name the person by it for a year. It becomes the number of the profile, and is ' +
      'one person’s at most. `null` takes it away: as does another number in the profile. The ' +
      'person is told by mail. What frees a number that stands verified, `null` or another in ' +
      'its place, is done when a second person asks for exactly the same.',
    auth: 'account',
    roles: ['support', 'risk', 'admin'],
    limit: 'other',
    params: UserParams,
    body: {
      type: 'json',
      schema: Closed({ phone: Nullable(VerifiedPhone), reason: Reason }, 'PhoneVerification'),
      example: { phone: '+923001234567', reason: 'called back on it' },
    },
    statuses: {
      200: 'As it is now.',
      202: 'As it is still: it waits for a second person, among the approvals.',
    },
    answer: user,
    problems: ['user/not_found', 'user/own_phone', 'user/phone_taken', 'user/status_conflict'],
  },
  setRoles: {
    method: 'POST',
    path: '/api/v1/users/{user_id}/roles',
    tag: 'Operators',
    summary: 'Give and take roles; never one’s own',
    auth: 'account',
    roles: ['admin'],
    stepUp: true,
    limit: 'other',
    params: UserParams,
    body: {
      type: 'json',
      schema: Closed({ roles: Roles, reason: Reason }, 'RoleChange'),
      example: { roles: ['user', 'support'], reason: 'joined the help desk' },
    },
    statuses: { 200: 'As it is now.' },
    answer: user,
    problems: ['user/not_found', 'user/own_roles'],
  },
} as const satisfies Readonly<Record<string, Route>>;
