import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  Amount,
  Closed,
  CurrencyCode,
  LooseAmount,
  Nullable,
  OneOf,
  Open,
  PageSize,
  Timestamp,
  WalletNumber,
  WalletNumberText,
} from '../shapes.ts';

/** The currencies that wallets are kept in. */
export const WalletCurrency = OneOf(['PKR', 'USD', 'AED', 'SAR'], 'WalletCurrency');

/** PEM, its lines broken anywhere or nowhere; read strictly by the bank (spec/wallet-key.md). */
export const PublicKeyText = Type.String({
  title: 'PublicKeyText',
  description: 'SubjectPublicKeyInfo in PEM: RSA of 2,048 bits with e = 65,537.',
  maxLength: 2_048,
});

/** Read strictly by the bank: an IBAN, with or without spaces. */
export const BankAccountText = Type.String({ title: 'BankAccountText', maxLength: 64 });

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

export const CodeSent = Type.Object(
  {
    msg: Type.String(),
    nonce_demo: Type.String({ description: 'The challenge’s id; not a secret.' }),
    otp_demo: Type.Optional(Type.String({ description: 'In a demo: the code.' })),
  },
  { title: 'CodeSent' },
);

export const NewWallet = Open(
  {
    wallet_type: OneOf(['current', 'offline']),
    currency: Type.Optional(WalletCurrency),
    bank_account_number: Type.Optional(Nullable(BankAccountText)),
    public_key_pem: Type.Optional(Nullable(PublicKeyText)),
  },
  'NewWallet',
);
export type NewWallet = Static<typeof NewWallet>;

export const TransferOrder = Open(
  {
    from_wallet_id: WalletNumber,
    to_wallet_id: WalletNumber,
    amount: LooseAmount,
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
const params = Closed({ wallet_id: WalletNumberText });
const newWallet = {
  wallet_type: 'offline',
  currency: 'PKR',
  bank_account_number: 'PK36SCBL0000001123456702',
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
    params,
    statuses: { 200: 'The wallet.' },
    answer: { type: 'json', schema: Wallet, example: wallet },
    problems: ['wallet/not_found'],
  },
  createWallet: {
    method: 'POST',
    path: '/api/v1/wallets/',
    tag: 'Wallets',
    summary: 'Make a wallet',
    description:
      'The first call for a kind and currency answers the wallet of sign-up, or makes one. ' +
      'An offline wallet without a key gets one, whose private half the bank keeps sealed. ' +
      'Currency: PKR where it is not given.',
    auth: 'account',
    limit: 'wallets',
    body: { type: 'json', schema: NewWallet, example: newWallet, open: true },
    idempotencyKey: true,
    statuses: { 201: 'The wallet.' },
    answer: { type: 'json', schema: Wallet, example: wallet },
    problems: [
      'wallet/exists',
      'wallet/bank_account_invalid',
      'wallet/key_invalid',
      'wallet/key_taken',
      'auth/step_up_required',
      'server/busy',
    ],
  },
  askWallet: {
    method: 'POST',
    path: '/api/v1/wallets/create-request',
    tag: 'Wallets',
    summary: 'Ask for a wallet: a code is mailed',
    auth: 'account',
    limit: 'auth',
    body: { type: 'json', schema: NewWallet, example: newWallet, open: true },
    statuses: { 200: 'The code is on its way.' },
    answer: {
      type: 'json',
      schema: CodeSent,
      example: { msg: 'A code has been sent.', nonce_demo: 'AAAAAAAAAAAAAAAAAAAAAA' },
    },
    problems: [
      'wallet/exists',
      'wallet/bank_account_invalid',
      'wallet/key_invalid',
      'otp/too_many',
    ],
  },
  verifyWallet: {
    method: 'POST',
    path: '/api/v1/wallets/create-verify',
    tag: 'Wallets',
    summary: 'Make the wallet that was asked for',
    auth: 'account',
    limit: 'auth',
    body: {
      type: 'json',
      schema: Open({ otp: Type.String({ maxLength: 16 }) }, 'WalletCode'),
      example: { otp: '123456' },
      open: true,
    },
    statuses: { 201: 'The wallet.' },
    answer: { type: 'json', schema: Wallet, example: wallet },
    problems: [
      'otp/invalid',
      'wallet/exists',
      'wallet/key_taken',
      'auth/step_up_required',
      'server/busy',
    ],
  },
  deactivateWallet: {
    method: 'POST',
    path: '/api/v1/wallets/{wallet_id}/deactivate',
    tag: 'Wallets',
    summary: 'Let nothing move from or to a wallet until it is activated',
    auth: 'account',
    limit: 'wallets',
    params,
    statuses: { 200: 'The wallet, inactive.' },
    answer: { type: 'json', schema: Wallet, example: { ...wallet, is_active: false } },
    problems: ['wallet/not_found'],
  },
  activateWallet: {
    method: 'POST',
    path: '/api/v1/wallets/{wallet_id}/activate',
    tag: 'Wallets',
    summary: 'Use a wallet again',
    auth: 'account',
    limit: 'wallets',
    params,
    statuses: { 200: 'The wallet, active.' },
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
      open: true,
      amounts: ['amount'],
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
      'auth/step_up_required',
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
    cursor: true,
    statuses: { 200: 'At most `limit`; 50 where it is not given.' },
    answer: { type: 'json', schema: Type.Array(Transfer), example: [transfer] },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
