import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Amount, LooseAmount, Nullable, Open, WalletNumber } from '../shapes.ts';
import { BankAccountText, Wallet } from './wallets.ts';

/** Money from a person's account at a bank elsewhere. */

const wallet = {
  id: 200_000_000_006,
  user_id: 'ayesha',
  wallet_type: 'current',
  currency: 'PKR',
  balance: '1000.00',
  reserved: '0.00',
  available: '1000.00',
  public_key: null,
  bank_account_number: 'PK36SCBL0000001123456702',
  is_active: true,
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:00.000Z',
};

export const topUpRoutes = {
  topUp: {
    method: 'POST',
    path: '/api/v1/wallets/topup',
    tag: 'Wallets',
    summary: 'Ask for money from your bank account: a code is mailed',
    auth: 'account',
    limit: 'wallets',
    body: {
      type: 'json',
      schema: Open(
        {
          wallet_id: WalletNumber,
          amount: LooseAmount,
          password: Type.String({ maxLength: 256 }),
          bank_account_number: BankAccountText,
        },
        'TopUpOrder',
      ),
      example: {
        wallet_id: 200_000_000_006,
        amount: '1000.00',
        password: 'Correct-Horse-9',
        bank_account_number: 'PK36SCBL0000001123456702',
      },
      open: true,
      amounts: ['amount'],
    },
    statuses: { 200: 'The code is on its way.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        { msg: Type.String(), otp_demo: Type.Optional(Type.String()) },
        { title: 'TopUpAsked' },
      ),
      example: { msg: 'A code has been sent.' },
    },
    problems: [
      'auth/password_wrong',
      'auth/locked',
      'otp/too_many',
      'topup/rejected',
      'amount/invalid',
      'wallet/not_found',
      'wallet/inactive',
      'wallet/bank_account_invalid',
      'server/busy',
    ],
  },
  verifyTopUp: {
    method: 'POST',
    path: '/api/v1/wallets/topup/verify',
    tag: 'Wallets',
    summary: 'Bring in the money that was asked for',
    description: 'Amount and account, where they are given, are compared with what was asked.',
    auth: 'account',
    limit: 'auth',
    body: {
      type: 'json',
      schema: Open(
        {
          wallet_id: WalletNumber,
          otp: Type.String({ maxLength: 16 }),
          amount: Type.Optional(Nullable(LooseAmount)),
          bank_account_number: Type.Optional(Nullable(BankAccountText)),
        },
        'TopUpCode',
      ),
      example: { wallet_id: 200_000_000_006, otp: '123456' },
      open: true,
      amounts: ['amount'],
    },
    idempotencyKey: true,
    statuses: {
      200: 'The money is in the wallet.',
      202: 'The money is awaited, under `reference`, which `msg` names as well.',
    },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          msg: Type.String(),
          wallet: Wallet,
          wallet_id: WalletNumber,
          new_balance: Amount,
          amount_added: Amount,
          /** Where the money is awaited. */
          reference: Type.Optional(Type.String({ maxLength: 64 })),
        },
        { title: 'ToppedUp' },
      ),
      example: {
        msg: 'The wallet has been topped up.',
        wallet,
        wallet_id: 200_000_000_006,
        new_balance: '1000.00',
        amount_added: '1000.00',
      },
    },
    problems: [
      'otp/invalid',
      'topup/differs',
      'topup/rejected',
      'amount/invalid',
      'wallet/not_found',
      'wallet/inactive',
      'wallet/bank_account_invalid',
    ],
  },
} as const satisfies Readonly<Record<string, Route>>;
