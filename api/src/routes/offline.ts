import { Type } from '@sinclair/typebox';
import { LIMITS } from '../limits.ts';
import type { Route } from '../route.ts';
import { Amount, Closed, CurrencyCode, LooseAmount } from '../shapes.ts';
import { Nullable, NumberText, Open, WalletNumber } from '../shapes.ts';
import {
  EXAMPLE,
  OfflineHistoryEntry,
  OfflineReceipt,
  OfflineStatus,
  OfflineSyncAnswer,
  OfflineTransaction,
  TransactionData,
  Values,
} from './offline-shapes.ts';

/** Offline transactions as older clients write them: JSON signed by a wallet's key. */

const { nonce, data, signature, receipt, transaction } = EXAMPLE;
const tag = 'Offline transactions (older clients)';
const prefix = '/api/v1/offline-transactions';

export const offlineRoutes = {
  createLocal: {
    method: 'POST',
    path: `${prefix}/create-local`,
    tag,
    summary: 'What to sign to pay whoever shows this QR',
    description: 'Nothing is kept of it: a client may as well make it up by itself.',
    auth: 'account',
    limit: 'wallets',
    body: {
      type: 'json',
      open: true,
      amounts: ['amount'],
      schema: Open(
        {
          sender_wallet_id: WalletNumber,
          receiver_qr_data: Type.Union([
            Values('ReceiverQr', 'As shown by POST /api/v1/wallets/qr-code.'),
            Type.String({ description: 'The same as JSON text.', maxLength: 8_192 }),
          ]),
          amount: LooseAmount,
          currency: CurrencyCode,
          device_fingerprint: Type.Optional(Nullable(Type.String({ maxLength: 512 }))),
          created_at_device: Type.Optional(
            Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Integer(), Type.Null()]),
          ),
        },
        'LocalOrder',
      ),
      example: {
        sender_wallet_id: data.sender_wallet_id,
        receiver_qr_data: { public_key: data.receiver_public_key, payeeId: 'bilal' },
        amount: '500.00',
        currency: 'PKR',
      },
    },
    statuses: { 201: 'To be signed by the sender wallet’s key.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        { transaction_data: TransactionData, message: Type.String(), nonce: Type.String() },
        { title: 'LocalTransaction' },
      ),
      example: { transaction_data: data, message: 'Transaction created; sign it.', nonce },
    },
    problems: [
      'amount/invalid',
      'wallet/not_found',
      'wallet/inactive',
      'wallet/currency_mismatch',
      'wallet/insufficient_funds',
      'wallet/qr_invalid',
    ],
  },
  signAndStore: {
    method: 'POST',
    path: `${prefix}/sign-and-store`,
    tag,
    summary: 'Keep a signed payment until it is synced',
    description:
      'Of your own wallet only. Nothing is reserved: it is paid when it is synced, if it can be. ' +
      'The dict may also be the whole body, with the signature in the query.',
    auth: 'account',
    limit: 'other',
    query: Closed({
      signature: Type.Optional(Type.String({ description: 'Base64.', maxLength: 512 })),
    }),
    openQuery: true,
    body: {
      type: 'json',
      open: true,
      verbatim: true,
      maxBytes: LIMITS.offlineItemBytes,
      schema: Type.Object(
        {},
        {
          title: 'SignedTransaction',
          description: '`{transaction_data, signature}`, or the dict itself.',
          additionalProperties: true,
        },
      ),
      example: { transaction_data: data, signature },
    },
    statuses: { 201: 'Kept; or it had been kept, or paid, before.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          message: Type.String(),
          receipt: OfflineReceipt,
          local_balance: Type.String({ description: 'Available, less what is pending.' }),
          warning: Type.String(),
        },
        { title: 'StoredTransaction' },
      ),
      example: {
        message: 'Transaction signed and stored.',
        receipt,
        local_balance: '1500.00',
        warning: 'Nothing is reserved: sync before you spend the wallet otherwise.',
      },
    },
    problems: [
      'amount/invalid',
      'wallet/not_found',
      'wallet/inactive',
      'wallet/currency_mismatch',
      'wallet/insufficient_funds',
      'offline/signature_invalid',
      'offline/duplicate',
      'offline/too_many_pending',
    ],
  },
  syncOffline: {
    method: 'POST',
    path: `${prefix}/sync`,
    tag,
    summary: 'Hand in payments you made or received, any number of times',
    description:
      'Decided as documents are, in the order sent. A failed element does not fail the others, ' +
      'and is told in `results` with HTTP 200.',
    auth: 'account',
    openToBlocked: true,
    limit: 'sync',
    body: {
      type: 'json',
      open: true,
      verbatim: true,
      maxBytes: LIMITS.offlineSyncBytes,
      schema: Open(
        {
          transactions: Type.Array(Type.Unknown(), {
            description: '`{transaction_data, signature, device_fingerprint?, ledger fields?}`.',
            maxItems: LIMITS.offlineSyncItems,
          }),
        },
        'OfflineSync',
      ),
      example: { transactions: [{ transaction_data: data, signature }] },
    },
    statuses: { 200: 'What became of each.' },
    answer: {
      type: 'json',
      schema: OfflineSyncAnswer,
      example: {
        message: 'Synced 1 of 1 transactions.',
        results: [{ transaction_id: 17, reference: nonce, result: 'synced', error_reason: null }],
        synced: [{ nonce, amount: '500.00', status: 'synced' }],
        failed: [],
        total_synced: 1,
        total_failed: 0,
      },
    },
    problems: [],
  },
  confirmOffline: {
    method: 'POST',
    path: `${prefix}/{id}/confirm`,
    tag,
    summary: 'Confirm a synced payment, as its payer or payee',
    description: 'Changes what is shown, and moves nothing.',
    auth: 'account',
    limit: 'other',
    params: Closed({ id: NumberText }),
    statuses: { 200: 'Confirmed, now or before.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          message: Type.String(),
          transaction_id: Type.Integer(),
          amount: Amount,
          receiver_balance: Nullable(
            Type.String({ description: 'Of the wallet that was paid; only its owner is told.' }),
          ),
          status: Type.Literal('confirmed'),
        },
        { title: 'ConfirmedTransaction' },
      ),
      example: {
        message: 'Transaction confirmed.',
        transaction_id: 17,
        amount: '500.00',
        receiver_balance: '1500.00',
        status: 'confirmed',
      },
    },
    problems: ['offline/not_found', 'offline/not_synced'],
  },
  listOffline: {
    method: 'GET',
    path: `${prefix}/`,
    tag,
    summary: 'Payments you made or received, newest first',
    auth: 'account',
    limit: 'other',
    query: Closed({
      status_filter: Type.Optional(OfflineStatus),
      limit: Type.Optional(NumberText),
    }),
    openQuery: true,
    statuses: { 200: 'At most 50.' },
    answer: {
      type: 'json',
      schema: Type.Array(OfflineTransaction),
      example: [transaction],
    },
    problems: [],
  },
  unifiedHistory: {
    method: 'GET',
    path: `${prefix}/unified-history`,
    tag,
    summary: 'What payer and payee handed in, side by side, newest first',
    auth: 'account',
    limit: 'other',
    query: Closed({ limit: Type.Optional(NumberText) }),
    openQuery: true,
    statuses: { 200: '10 where no `limit` is given, at most 50.' },
    answer: {
      type: 'json',
      schema: Type.Array(OfflineHistoryEntry),
      example: [
        {
          nonce,
          tx_id: 'tx-1',
          amount: '500.00',
          currency: 'PKR',
          perspective: 'sender',
          payer_id: 'ayesha',
          payee_id: 'bilal',
          offline_transaction_id: 17,
          receiver_sync_id: 3,
          sender_synced_at_server: '2026-11-20T18:00:00.000Z',
          receiver_synced_at_server: '2026-11-20T19:00:00.000Z',
          first_sync_party: 'sender',
          sync_coverage: 'both',
          receiver_attestation_at: '2026-11-20T19:00:00.000Z',
          sender_settlement_recorded_at: '2026-11-20T18:00:00.000Z',
        },
      ],
    },
    problems: [],
  },
  verifyReceipt: {
    method: 'POST',
    path: `${prefix}/verify-receipt`,
    tag,
    summary: 'Verify a receipt against a public key',
    description:
      'Says whether this key signed these fields. Whether the bank knows the key or the ' +
      'payment, nobody is told here.',
    auth: 'public',
    limit: 'other',
    body: {
      type: 'json',
      open: true,
      verbatim: true,
      maxBytes: LIMITS.offlineItemBytes,
      schema: Open(
        {
          // Whatever they are, the answer is 200: what is no receipt is not valid.
          receipt_data: Type.Unknown({ description: 'The receipt, or its JSON text.' }),
          signature: Type.Unknown({ description: 'Base64.' }),
          sender_public_key: Type.Unknown({ description: 'SPKI, PEM.' }),
        },
        'ReceiptQuestion',
      ),
      example: {
        receipt_data: receipt,
        signature,
        sender_public_key: data.receiver_public_key,
      },
    },
    statuses: { 200: 'Also where it is not valid.' },
    answer: {
      type: 'json',
      schema: Type.Object(
        {
          valid: Type.Boolean(),
          signature_valid: Type.Boolean(),
          hash_valid: Type.Boolean(),
          transaction_data: Nullable(TransactionData),
          message: Type.String(),
        },
        { title: 'ReceiptVerdict' },
      ),
      example: {
        valid: true,
        signature_valid: true,
        hash_valid: true,
        transaction_data: data,
        message: 'The receipt is valid.',
      },
    },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
