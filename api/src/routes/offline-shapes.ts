import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { Amount, CurrencyCode, Nullable, OneOf, WalletNumber } from '../shapes.ts';

/** What older clients write and read of offline transactions, with one example of each. */

export const Values = (title: string, description: string) =>
  Type.Object({}, { title, description, additionalProperties: true });

export const TransactionData = Values(
  'TransactionData',
  'What is signed: amount, currency, nonce, receiver_public_key, sender_wallet_id, timestamp, ' +
    'and whatever else the client signs with them (spec/wallet-key.md).',
);

export const OfflineReceipt = Type.Object(
  {
    version: Type.Literal('1.0'),
    type: Type.Literal('offline_payment_receipt'),
    signature: Type.String(),
    receipt_hash: Type.String({
      description: 'SHA-256, in hex, of the sorted JSON of the other members, spaced as Python’s.',
    }),
  },
  { title: 'OfflineReceipt', additionalProperties: true },
);

export type OfflineReceipt = Static<typeof OfflineReceipt>;

export const OfflineStatus = OneOf(['pending', 'synced', 'confirmed', 'failed'], 'OfflineStatus');

export const OfflineSyncAnswer = Type.Object(
  {
    message: Type.String(),
    results: Type.Array(
      Type.Object(
        {
          transaction_id: Nullable(Type.Integer()),
          reference: Nullable(Type.String({ description: 'The nonce, where it could be read.' })),
          result: OneOf(['synced', 'failed', 'pending']),
          error_reason: Nullable(Type.String()),
        },
        { title: 'SyncResult' },
      ),
      { description: 'One an element, in the order sent.' },
    ),
    synced: Type.Array(
      Type.Object(
        { nonce: Type.String(), amount: Type.String(), status: Type.String() },
        { title: 'SyncedItem' },
      ),
    ),
    failed: Type.Array(
      Type.Object(
        {
          nonce: Nullable(Type.String()),
          amount: Nullable(Type.String()),
          status: Type.String(),
          error: Type.String(),
          error_reason: Type.String(),
        },
        { title: 'FailedItem' },
      ),
    ),
    total_synced: Type.Integer(),
    total_failed: Type.Integer(),
  },
  { title: 'OfflineSyncAnswer' },
);
export type OfflineSyncAnswer = Static<typeof OfflineSyncAnswer>;

export const OfflineTransaction = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    sender_wallet_id: WalletNumber,
    receiver_public_key: Type.String(),
    amount: Amount,
    currency: CurrencyCode,
    transaction_signature: Type.String(),
    nonce: Type.String(),
    receipt_hash: Type.String(),
    receipt_data: Type.String({ description: 'JSON text.' }),
    status: OfflineStatus,
    created_at_device: Type.String({ description: 'As it was signed.' }),
    synced_at: Nullable(Type.String()),
    confirmed_at: Nullable(Type.String()),
    created_at: Type.String(),
  },
  { title: 'OfflineTransaction' },
);
export type OfflineTransaction = Static<typeof OfflineTransaction>;

export const OfflineHistoryEntry = Type.Object(
  {
    nonce: Type.String(),
    tx_id: Nullable(Type.String()),
    amount: Amount,
    currency: CurrencyCode,
    perspective: OneOf(['sender', 'receiver']),
    payer_id: Nullable(Type.String()),
    payee_id: Nullable(Type.String()),
    offline_transaction_id: Nullable(Type.Integer()),
    receiver_sync_id: Nullable(Type.Integer()),
    sender_synced_at_server: Nullable(Type.String()),
    receiver_synced_at_server: Nullable(Type.String()),
    first_sync_party: OneOf(['sender', 'receiver']),
    sync_coverage: OneOf(['sender_only', 'receiver_only', 'both']),
    receiver_attestation_at: Nullable(Type.String()),
    sender_settlement_recorded_at: Nullable(Type.String()),
  },
  { title: 'OfflineHistoryEntry' },
);
export type OfflineHistoryEntry = Static<typeof OfflineHistoryEntry>;

const nonce = '5f'.repeat(16);
const data = {
  amount: '500.00',
  currency: 'PKR',
  nonce,
  payee_id: 'bilal',
  payer_id: 'ayesha',
  receiver_public_key: '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n',
  sender_wallet_id: 100_000_000_008,
  timestamp: '2026-11-20T15:00:00.123456',
};
const signature = 'c2lnbmF0dXJl';
const receipt = {
  ...data,
  version: '1.0' as const,
  type: 'offline_payment_receipt' as const,
  signature,
  receipt_hash: 'ab'.repeat(32),
};
const transaction = {
  id: 17,
  sender_wallet_id: data.sender_wallet_id,
  receiver_public_key: data.receiver_public_key,
  amount: '500.00',
  currency: 'PKR',
  transaction_signature: signature,
  nonce,
  receipt_hash: receipt.receipt_hash,
  receipt_data: JSON.stringify(receipt),
  status: 'synced',
  created_at_device: data.timestamp,
  synced_at: '2026-11-20T18:00:00.000Z',
  confirmed_at: null,
  created_at: '2026-11-20T18:00:00.000Z',
};

export const EXAMPLE = { nonce, data, signature, receipt, transaction } as const;
