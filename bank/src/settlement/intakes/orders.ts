import {
  encodeBundleCarrier,
  encodeCbor,
  encodeDeviceOrder,
  encodeLedgerCarrier,
  encodeLedgerItem,
  sha256,
} from '@sikka/protocol';
import type { BundleCarrier, LedgerTransaction, LedgerUpload } from '@sikka/protocol';
import type { Claim } from '../claims.ts';
import { readBatch } from './documents.ts';

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

/** The entries of such a batch as its items read, for whoever has read the ledger already. */
export function ledgerClaims(
  batch: Uint8Array,
  entries: readonly {
    readonly transaction: LedgerTransaction;
    readonly documentId: Uint8Array;
  }[],
): readonly Claim[] {
  const read = readBatch(batch);
  const items = read.ok ? read.value.slice(-entries.length) : [];
  return items.flatMap((item, i): Claim[] => {
    const entry = entries[i];
    if (entry === undefined) return [];
    const { transaction, documentId } = entry;
    return [{ kind: 'ledger_entry', item, sha256: sha256(item.bytes), documentId, transaction }];
  });
}

/** The intake of bundles: the carrier, then what of it may move money, in the order given. */
export function bundleBatch(carrier: BundleCarrier, items: readonly BundleItem[]): Uint8Array {
  const payloadHash = sha256(carrier.payload);
  const framed = items.map((item) =>
    'ordinal' in item ? encodeDeviceOrder({ payloadHash, ordinal: item.ordinal }) : item.payment,
  );
  return encodeCbor([encodeBundleCarrier(carrier), ...framed]);
}
