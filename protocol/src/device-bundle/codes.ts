/** Every code about a device bundle, in the order of spec/device-bundle.md §6. */
export const BUNDLE_CODES = [
  'bundle/key_invalid',
  'bundle/too_large',
  'bundle/malformed',
  'bundle/signature_invalid',
  'bundle/unwrap_failed',
  'bundle/open_failed',
  'bundle/content_malformed',
  'bundle/id_mismatch',
  'bundle/device_mismatch',
  'bundle/empty',
  'bundle/too_many_transactions',
  'bundle/transaction_malformed',
  'bundle/currency_unknown',
  'bundle/amount_invalid',
  'bundle/duplicate_transaction',
] as const;

export type BundleCode = (typeof BUNDLE_CODES)[number];
