/** A till's SDK: transactions kept offline, pushed in signed bundles (spec/device-bundle.md). */
export { WalletError } from '../errors.ts';
export { OfflineSDK } from './offline-sdk.ts';
export type {
  CreateResult,
  CreateTransactionParams,
  DeviceStorage,
  OfflineSDKConfig,
  OfflineTransaction,
  QRResult,
  SyncResult,
} from './types.ts';
