import {
  encodeBundleCarrier,
  encodeCbor,
  encodeDeviceOrder,
  encodeLedgerCarrier,
  encodeLedgerItem,
  sha256,
} from '@sikka/protocol';
import type { BundleCarrier, LedgerUpload } from '@sikka/protocol';

/** What a bundle brings: a transaction of its own till, or the payer's own signed payment. */
export type BundleItem =
  | { readonly ordinal: number }
  /** An item of a batch, as the payer signed it. */
  | { readonly payment: Uint8Array };

/**
 * The intake of ledgers: frames the transactions as a batch of the native kind, a sealed ledger
 * with its carrier before them, so that from here on there is one pipeline.
 */
export function ledgerBatch({ signed, entries }: LedgerUpload): Uint8Array {
  const carrier = signed === undefined ? [] : [encodeLedgerCarrier(signed)];
  const items = entries.map(({ transaction }) => encodeLedgerItem(transaction));
  return encodeCbor([...carrier, ...items]);
}

/** The intake of bundles: the carrier, then what of it may move money, in the order given. */
export function bundleBatch(carrier: BundleCarrier, items: readonly BundleItem[]): Uint8Array {
  const payloadHash = sha256(carrier.payload);
  const framed = items.map((item) =>
    'ordinal' in item ? encodeDeviceOrder({ payloadHash, ordinal: item.ordinal }) : item.payment,
  );
  return encodeCbor([encodeBundleCarrier(carrier), ...framed]);
}
