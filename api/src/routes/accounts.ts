import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Amount, OneOf } from '../shapes.ts';

/** Names as existing clients read them. Both balances are in the account's first currency. */
export const Me = Type.Object(
  {
    id: Type.String({ description: 'The account’s public id, which documents name.' }),
    email: Type.String(),
    name: Type.String(),
    phone: Type.Union([Type.String(), Type.Null()]),
    emailVerified: Type.Boolean(),
    totalBalance: Amount,
    offlineBalance: Amount,
    currency: Type.String(),
    town: Type.Union([Type.String(), Type.Null()]),
    status: OneOf(['active', 'review', 'closed']),
    roles: Type.Array(Type.String()),
    deviceLedgerPrevHash: Type.String({
      description: 'Head of the chain of this device’s uploads; 64 zeros before the first.',
    }),
    deviceLedgerNextSequence: Type.Integer({ minimum: 0 }),
  },
  { title: 'Me' },
);

export const accountRoutes = {
  getMe: {
    method: 'GET',
    path: '/auth/me',
    tag: 'Accounts',
    summary: 'Who is signed in, and what they have',
    auth: 'account',
    limit: 'other',
    headers: ['x-device-fingerprint'],
    statuses: { 200: 'The account.' },
    answer: {
      type: 'json',
      schema: Me,
      example: {
        id: 'ayesha',
        email: 'ayesha@example.com',
        name: 'Ayesha Bibi',
        phone: '+923001234567',
        emailVerified: true,
        totalBalance: '20000.00',
        offlineBalance: '5000.00',
        currency: 'PKR',
        town: 'Chakwal',
        status: 'active',
        roles: ['user'],
        deviceLedgerPrevHash: '0'.repeat(64),
        deviceLedgerNextSequence: 1,
      },
    },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
