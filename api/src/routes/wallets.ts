import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  Amount,
  Closed,
  CurrencyCode,
  Nullable,
  OneOf,
  PageSize,
  Timestamp,
  WalletNumber,
  WalletNumberText,
} from '../shapes.ts';

export const Wallet = Type.Object(
  {
    id: WalletNumber,
    user_id: Type.String(),
    wallet_type: OneOf(['current', 'offline']),
    currency: CurrencyCode,
    balance: Type.String({ description: 'Available and reserved together.' }),
    reserved: Type.String({ description: 'Held for the allowances that are out.' }),
    available: Type.String({ description: 'What can be moved now.' }),
    public_key: Nullable(Type.String()),
    bank_account_number: Nullable(Type.String()),
    is_active: Type.Boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { title: 'Wallet' },
);
export type Wallet = Static<typeof Wallet>;

export const TransferOrder = Closed(
  {
    from_wallet_id: WalletNumber,
    to_wallet_id: WalletNumber,
    amount: Amount,
    currency: CurrencyCode,
  },
  'TransferOrder',
);
export type TransferOrder = Static<typeof TransferOrder>;

export const Transfer = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    user_id: Type.String({ description: 'Who ordered it.' }),
    from_wallet_id: WalletNumber,
    to_wallet_id: WalletNumber,
    amount: Amount,
    currency: CurrencyCode,
    status: Type.Literal('completed'),
    reference: Type.String(),
    timestamp: Timestamp,
  },
  { title: 'Transfer' },
);
export type Transfer = Static<typeof Transfer>;

const wallet = {
  id: 100_000_000_008,
  user_id: 'ayesha',
  wallet_type: 'offline',
  currency: 'PKR',
  balance: '5000.00',
  reserved: '2000.00',
  available: '3000.00',
  public_key: null,
  bank_account_number: null,
  is_active: true,
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:00.000Z',
};
const transfer = {
  id: 17,
  user_id: 'ayesha',
  from_wallet_id: 200_000_000_006,
  to_wallet_id: 100_000_000_008,
  amount: '500.00',
  currency: 'PKR',
  status: 'completed',
  reference: 'T-17',
  timestamp: '2026-11-20T10:00:00.000Z',
};

export const walletRoutes = {
  listWallets: {
    method: 'GET',
    path: '/api/v1/wallets/',
    tag: 'Wallets',
    summary: 'Your wallets',
    auth: 'account',
    limit: 'wallets',
    statuses: { 200: 'All of them, oldest first.' },
    answer: { type: 'json', schema: Type.Array(Wallet), example: [wallet] },
    problems: [],
  },
  getWallet: {
    method: 'GET',
    path: '/api/v1/wallets/{wallet_id}',
    tag: 'Wallets',
    summary: 'One of your wallets',
    auth: 'account',
    limit: 'wallets',
    params: Closed({ wallet_id: WalletNumberText }),
    statuses: { 200: 'The wallet.' },
    answer: { type: 'json', schema: Wallet, example: wallet },
    problems: ['wallet/not_found'],
  },
  createTransfer: {
    method: 'POST',
    path: '/api/v1/wallets/transfer',
    tag: 'Wallets',
    summary: 'Load, return, or pay another wallet online',
    description:
      'Current to your own offline wallet loads, the way back returns; ' +
      'others are paid from current to current. ' +
      'With `Idempotency-Key` the same request gives the first answer again, whenever.',
    auth: 'account',
    limit: 'wallets',
    body: {
      type: 'json',
      schema: TransferOrder,
      example: {
        from_wallet_id: 200_000_000_006,
        to_wallet_id: 100_000_000_008,
        amount: '500.00',
        currency: 'PKR',
      },
    },
    idempotencyKey: true,
    statuses: { 201: 'The money has moved.' },
    answer: { type: 'json', schema: Transfer, example: transfer },
    problems: [
      'amount/invalid',
      'wallet/same_wallet',
      'wallet/not_found',
      'wallet/inactive',
      'wallet/currency_mismatch',
      'wallet/transfer_not_allowed',
      'wallet/insufficient_funds',
    ],
  },
  listTransfers: {
    method: 'GET',
    path: '/api/v1/wallets/transfers/history',
    tag: 'Wallets',
    summary: 'Transfers from or to your wallets, newest first',
    auth: 'account',
    limit: 'wallets',
    query: Closed({ limit: Type.Optional(PageSize) }),
    statuses: { 200: 'At most `limit`; 50 where it is not given.' },
    answer: { type: 'json', schema: Type.Array(Transfer), example: [transfer] },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
