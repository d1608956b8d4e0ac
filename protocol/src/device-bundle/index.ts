/** Bundles of a till's transactions, sealed to the bank and signed (spec/device-bundle.md). */
export { bundleMessage, bundleUri, readBundleMessage, readBundleUri } from './carried.ts';
export type { CarriedBundle } from './carried.ts';
export {
  encodeBundleCarrier,
  encodeDeviceOrder,
  isBundleCarrier,
  isDeviceOrder,
  openBundleCarrier,
  proveBundleCarrier,
  readBundleCarrier,
  readDeviceOrder,
} from './carrier.ts';
export type { BundleCarrier, DeviceOrder } from './carrier.ts';
export { BUNDLE_CODES } from './codes.ts';
export type { BundleCode } from './codes.ts';
export { deviceTransactionContent } from './content.ts';
export { readDeviceKey } from './device-key.ts';
export type { DeviceKey } from './device-key.ts';
export { openBundle, reopenBundle } from './open.ts';
export type { BundleFailure, BundleOpeners, DeviceBundle, OpenedBundle } from './open.ts';
export { proveBundle } from './push.ts';
export type { BundlePush } from './push.ts';
export { sealBundle, signBundle } from './seal.ts';
export type { BundleSecrets, SealBundleTo } from './seal.ts';
export {
  BUNDLE_TRANSACTION_TYPES,
  deviceTransactionId,
  readDeviceTransaction,
} from './transaction.ts';
export type { BundleTransactionType, DeviceTransaction } from './transaction.ts';
export type {
  CarriedTransaction,
  OpenedCarrier,
  SignedBundle,
  VerifiedDeviceTransaction,
} from './verified.ts';
