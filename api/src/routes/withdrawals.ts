import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  Amount,
  Closed,
  CurrencyCode,
  LooseAmount,
  OneOf,
  Timestamp,
  WalletNumber,
} from '../shapes.ts';
import { BankAccountText } from './wallets.ts';

/** Money to a person's own account at a bank elsewhere. */
export const withdrawalRoutes = {
  withdraw: {
    method: 'POST',
    path: '/api/v1/wallets/withdraw',
    tag: 'Wallets',
    summary: 'Send money to your own bank account',
    description:
      'Only to the account from which your own money last came in by a top-up, and only with a ' +
      'second factor proved in the last five minutes. The money leaves the wallet at once; where ' +
      'the other bank refuses it, it comes back and you are told by mail.',
    auth: 'account',
    limit: 'wallets',
    body: {
      type: 'json',
      schema: Closed(
        {
          wallet_id: WalletNumber,
          amount: LooseAmount,
          bank_account_number: BankAccountText,
        },
        'WithdrawalOrder',
      ),
      example: {
        wallet_id: 200_000_000_006,
        amount: '1000.00',
        bank_account_number: 'PK36SCBL0000001123456702',
      },
      amounts: ['amount'],
    },
    idempotencyKey: true,
    statuses: { 201: 'The money has left the wallet; `status` says how far it is.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          id: Type.Integer(),
          wallet_id: WalletNumber,
          amount: Amount,
          currency: CurrencyCode,
          status: OneOf(['ordered', 'settled', 'returned']),
          created_at: Timestamp,
          new_balance: Amount,
        },
        { title: 'Withdrawal' },
      ),
      example: {
        id: 7,
        wallet_id: 200_000_000_006,
        amount: '1000.00',
        currency: 'PKR',
        status: 'ordered',
        created_at: '2026-11-21T10:00:00.000Z',
        new_balance: '24000.00',
      },
    },
    problems: [
      'amount/invalid',
      'wallet/not_found',
      'wallet/inactive',
      'wallet/transfer_not_allowed',
      'wallet/insufficient_funds',
      'wallet/bank_account_invalid',
      'withdrawal/account_unproved',
      'withdrawal/rejected',
      'auth/step_up_required',
    ],
  },
} as const satisfies Readonly<Record<string, Route>>;
