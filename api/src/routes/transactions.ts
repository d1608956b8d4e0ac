import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  Amount,
  Closed,
  CurrencyCode,
  LooseAmount,
  NumberText,
  OneOf,
  Open,
  PageSize,
  Timestamp,
  WalletNumber,
} from '../shapes.ts';

/** Payments online, from one person to another. */

const PartyId = Type.Union([WalletNumber, Type.String({ minLength: 1, maxLength: 64 })], {
  title: 'PartyId',
  description: 'An account’s id, or a wallet’s number.',
});

export const TransactionOrder = Open(
  {
    sender_id: Type.Optional(PartyId),
    receiver_id: PartyId,
    amount: LooseAmount,
    currency: CurrencyCode,
    reference: Type.Optional(
      Type.String({ description: 'Your own, used once.', pattern: '^[ -~]{6,64}$', maxLength: 64 }),
    ),
  },
  'TransactionOrder',
);

export const Transaction = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    sender_id: Type.String(),
    receiver_id: Type.String(),
    from_wallet_id: WalletNumber,
    to_wallet_id: WalletNumber,
    amount: Amount,
    currency: CurrencyCode,
    reference: Type.String(),
    status: OneOf(['completed']),
    timestamp: Timestamp,
  },
  { title: 'Transaction' },
);
export type Transaction = Static<typeof Transaction>;

const transaction = {
  id: 18,
  sender_id: 'ayesha',
  receiver_id: 'bilal',
  from_wallet_id: 200_000_000_006,
  to_wallet_id: 300_000_000_004,
  amount: '250.00',
  currency: 'PKR',
  reference: 'INVOICE-0042',
  status: 'completed',
  timestamp: '2026-11-20T10:00:00.000Z',
};

export const transactionRoutes = {
  listTransactions: {
    method: 'GET',
    path: '/api/v1/transactions/',
    tag: 'Transactions',
    summary: 'Your online payments, newest first',
    auth: 'account',
    limit: 'wallets',
    query: Closed({ limit: Type.Optional(PageSize) }),
    openQuery: true,
    cursor: true,
    statuses: { 200: 'At most `limit`; 50 where it is not given.' },
    answer: { type: 'json', schema: Type.Array(Transaction), example: [transaction] },
    problems: [],
  },
  createTransaction: {
    method: 'POST',
    path: '/api/v1/transactions/',
    tag: 'Transactions',
    summary: 'Pay somebody online, by account id or wallet number',
    auth: 'account',
    limit: 'wallets',
    body: {
      type: 'json',
      schema: TransactionOrder,
      example: {
        receiver_id: 'bilal',
        amount: '250.00',
        currency: 'PKR',
        reference: 'INVOICE-0042',
      },
      open: true,
      amounts: ['amount'],
    },
    idempotencyKey: true,
    statuses: { 201: 'The money has moved.' },
    answer: { type: 'json', schema: Transaction, example: transaction },
    problems: [
      'transaction/sender_not_you',
      'transaction/reference_taken',
      'amount/invalid',
      'wallet/same_wallet',
      'wallet/not_found',
      'wallet/inactive',
      'wallet/currency_mismatch',
      'wallet/transfer_not_allowed',
      'wallet/insufficient_funds',
      'auth/step_up_required',
    ],
  },
  getTransaction: {
    method: 'GET',
    path: '/tx/{id}',
    tag: 'Transactions',
    summary: 'One of your online payments',
    auth: 'account',
    limit: 'wallets',
    params: Closed({ id: NumberText }),
    statuses: { 200: 'The payment.' },
    answer: { type: 'json', schema: Transaction, example: transaction },
    problems: ['transaction/not_found'],
  },
} as const satisfies Readonly<Record<string, Route>>;
