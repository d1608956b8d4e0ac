import { encodeCbor, encodeWalletKeyItem, utf8 } from '@sikka/protocol';

/** A text as it was sent, and its signature. */
export interface SignedItem {
  /** The JSON object, cut out of the request byte for byte. */
  readonly text: string;
  /** 256 bytes. */
  readonly signature: Uint8Array;
}

/**
 * The intake of wallet-key JSON (spec/wallet-key.md §1): frames texts and signatures as a batch of
 * the native kind, so that from here on there is one pipeline. What they say is not looked at.
 * @throws ProtocolError for a signature of another length, or an item over 4,096 bytes.
 */
export function walletKeyBatch(items: readonly SignedItem[]): Uint8Array {
  return encodeCbor(items.map(({ text, signature }) => encodeWalletKeyItem(utf8(text), signature)));
}
