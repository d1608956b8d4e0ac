import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import {
  Bytes32,
  Closed,
  LooseAmount,
  Nullable,
  Open,
  Timestamp,
  WalletNumber,
  WalletNumberText,
} from '../shapes.ts';
import { PublicKeyText, Wallet } from './wallets.ts';

/** A wallet's key, and the pictures by which others pay it. */

const params = Closed({ wallet_id: WalletNumberText });

const Base64 = Type.String({ title: 'Base64', description: 'Standard base64, with padding.' });

export const QrData = Type.Object(
  {
    version: Type.Literal('1.0'),
    type: Type.Literal('offline_payment_receiver'),
    public_key: Type.String(),
    user_id: Type.String(),
    wallet_id: WalletNumber,
    timestamp: Timestamp,
    nonce: Type.String(),
    payeeId: Type.String(),
    payeeName: Type.String(),
    deviceId: Nullable(Type.String()),
  },
  { title: 'QrData' },
);

export const QrCode = Type.Object(
  {
    qr_data: QrData,
    qr_image_base64: Base64,
    qr_svg: Type.String(),
    qr_text: Nullable(Type.String({ description: 'The native form (spec/packets.md), if any.' })),
  },
  { title: 'QrCode' },
);

const EmvCode = Type.Object(
  {
    payload: Type.String({ description: 'EMV merchant code (spec/emvqr.md).' }),
    qr_image_base64: Base64,
    qr_svg: Type.String(),
  },
  { title: 'EmvCode' },
);

const pem = '-----BEGIN PUBLIC KEY-----\nMIIB…\n-----END PUBLIC KEY-----\n';
const wallet = {
  id: 100_000_000_008,
  user_id: 'ayesha',
  wallet_type: 'offline',
  currency: 'PKR',
  balance: '5000.00',
  reserved: '2000.00',
  available: '3000.00',
  public_key: pem,
  bank_account_number: null,
  is_active: true,
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:00.000Z',
};
const qrCode = {
  qr_data: {
    version: '1.0',
    type: 'offline_payment_receiver',
    public_key: pem,
    user_id: 'bilal',
    wallet_id: 100_000_000_008,
    timestamp: '2026-11-20T10:00:00.000Z',
    nonce: '0f'.repeat(16),
    payeeId: 'bilal',
    payeeName: 'Bilal Kiryana Store',
    deviceId: null,
  },
  qr_image_base64: 'iVBORw0KGgo=',
  qr_svg: '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
  qr_text: null,
};
const emvCode = {
  payload: '00020101021126…6304ABCD',
  qr_image_base64: 'iVBORw0KGgo=',
  qr_svg: '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
};
const registering = [
  'wallet/not_found',
  'wallet/key_invalid',
  'wallet/key_taken',
  'rate/limited',
  'auth/step_up_required',
] as const;

export const keyRoutes = {
  setSigningKey: {
    method: 'PUT',
    path: '/api/v1/wallets/{wallet_id}/offline-signing-key',
    tag: 'Wallet keys',
    summary: 'Let a wallet’s payments be signed by a key of your device',
    description:
      'The key before stops at once; where the bank kept its private half, that is destroyed. ' +
      'Where much can be spent with it, or a device holds the key already, a second factor has ' +
      'to have been proved in the last five minutes.',
    auth: 'account',
    limit: 'wallets',
    params,
    body: {
      type: 'json',
      schema: Open({ public_key_pem: PublicKeyText }, 'SigningKey'),
      example: { public_key_pem: pem },
      open: true,
    },
    statuses: { 200: 'The wallet, with its new key.' },
    answer: { type: 'json', schema: Wallet, example: wallet },
    problems: registering,
  },
  registerWalletKey: {
    method: 'POST',
    path: '/api/v1/wallets/{wallet_id}/keys',
    tag: 'Wallet keys',
    summary: 'The same, showing that the device has the key',
    description:
      'The key signs tag, challenge, account, wallet and key id (spec/wallet-key.md §7). ' +
      'The challenge is one of purpose `wallet_key`.',
    auth: 'account',
    limit: 'wallets',
    params,
    body: {
      type: 'json',
      schema: Closed(
        {
          public_key_pem: PublicKeyText,
          challenge: Bytes32,
          signature: Type.String({
            description: '256 bytes, base64url without padding.',
            pattern: '^[A-Za-z0-9_-]{342}$',
          }),
        },
        'ProvedKey',
      ),
      example: { public_key_pem: pem, challenge: 'A'.repeat(43), signature: 'A'.repeat(342) },
    },
    statuses: { 200: 'The wallet, with its new key.' },
    answer: { type: 'json', schema: Wallet, example: wallet },
    problems: [...registering, 'wallet/possession_unproven', 'device/challenge_invalid'],
  },
  releaseKey: {
    method: 'GET',
    path: '/api/v1/wallets/{wallet_id}/private-key',
    tag: 'Wallet keys',
    summary: 'The private half of a key that the bank keeps',
    description: 'Its owner is told by mail. At most five times an hour.',
    auth: 'account',
    stepUp: true,
    limit: 'auth',
    params,
    statuses: { 200: 'PKCS #8 in PEM.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        { wallet_id: WalletNumber, private_key: Type.String(), warning: Type.String() },
        { title: 'PrivateKey' },
      ),
      example: {
        wallet_id: 100_000_000_008,
        private_key: '-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n',
        warning: 'Whoever has this key can spend this wallet.',
      },
    },
    problems: ['wallet/not_found', 'wallet/key_device_held', 'rate/limited', 'server/busy'],
  },
  createQrCode: {
    method: 'POST',
    path: '/api/v1/wallets/qr-code',
    tag: 'Wallet keys',
    summary: 'A code by which others pay you offline',
    auth: 'account',
    limit: 'wallets',
    body: {
      type: 'json',
      schema: Open({ wallet_id: WalletNumber }, 'QrOrder'),
      example: { wallet_id: 100_000_000_008 },
      open: true,
    },
    statuses: { 200: 'The code as data, PNG and SVG.' },
    answer: { type: 'json', schema: QrCode, example: qrCode },
    problems: ['wallet/not_found', 'wallet/inactive', 'wallet/key_invalid', 'server/busy'],
  },
  getWalletQr: {
    method: 'GET',
    path: '/wallet/qr/{wallet_id}',
    tag: 'Wallet keys',
    summary: 'The same, for older clients',
    auth: 'account',
    limit: 'wallets',
    params,
    statuses: { 200: 'The code as data, PNG and SVG.' },
    answer: { type: 'json', schema: QrCode, example: qrCode },
    problems: ['wallet/not_found', 'wallet/inactive', 'wallet/key_invalid', 'server/busy'],
  },
  getEmvQr: {
    method: 'GET',
    path: '/api/v1/wallets/{wallet_id}/emv-qr',
    tag: 'Wallet keys',
    summary: 'An EMV merchant code of your wallet',
    description: 'Without an amount for every sale, with one for this sale.',
    auth: 'account',
    limit: 'wallets',
    params,
    query: Closed({ amount: Type.Optional(LooseAmount) }),
    statuses: { 200: 'The code as text, PNG and SVG.' },
    answer: { type: 'json', schema: EmvCode, example: emvCode },
    problems: ['wallet/not_found', 'wallet/inactive', 'amount/invalid', 'device/name_unverified'],
  },
} as const satisfies Readonly<Record<string, Route>>;
