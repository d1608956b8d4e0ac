import { decodeCbor, decodePacketOfKind, encodeCbor, equalBytes, utf8 } from '@sikka/protocol';
import type { Bulletin, Signed } from '@sikka/protocol';
import { MAX_BULLETIN_PACKET_BYTES } from '@sikka/protocol';
import type { Keystore } from '../keystore/keystore.ts';
import type { WalletStore } from '../store/store.ts';

const DOMAIN = utf8('sikka/wallet/bulletin/v1');
/** The packet, the time, and their heads. */
const MAX_SLOT_BYTES = MAX_BULLETIN_PACKET_BYTES + 64;

/** The newest bulletin this device has seen. */
export interface SeenBulletin {
  readonly bulletin: Signed<Bulletin>;
  readonly bulletinId: Uint8Array;
  readonly packet: Uint8Array;
  /** By the phone's clock, in seconds. */
  readonly seenAt: number;
}

/** Keeps the newest bulletin apart from the journal (spec/journal.md 7). */
export interface BulletinSlot {
  /** Undefined before the first, and where the slot was lost or is not this wallet's. */
  read(): Promise<SeenBulletin | undefined>;
  /** For a bulletin whose signature is proved; the caller holds the journal's lock. */
  write(packet: Uint8Array, seenAt: number): Promise<void>;
}

export interface BulletinSlotParts {
  readonly store: WalletStore;
  readonly keystore: Keystore;
}

/**
 * The slot is sealed, so that only this wallet, which verified what it wrote, can have written it:
 * the key that signed an old bulletin may be known by now from a newer one only.
 */
export function openBulletinSlot({ store, keystore }: BulletinSlotParts): BulletinSlot {
  let last: { readonly sealed: Uint8Array; readonly seen: SeenBulletin | undefined } | undefined;
  return {
    async read() {
      const sealed = await store.readApart();
      if (sealed === undefined) return undefined;
      if (last !== undefined && equalBytes(last.sealed, sealed)) return last.seen;
      const bytes = await keystore.unseal(sealed, DOMAIN);
      const seen = bytes === undefined ? undefined : decodeSlot(bytes);
      last = { sealed, seen };
      return seen;
    },
    async write(packet, seenAt) {
      await store.writeApart(await keystore.seal(encodeCbor([seenAt, packet]), DOMAIN));
    },
  };
}

function decodeSlot(bytes: Uint8Array): SeenBulletin | undefined {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_SLOT_BYTES });
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const [seenAt, packet] = decoded.value as readonly unknown[];
  if (typeof seenAt !== 'number' || !(packet instanceof Uint8Array)) return undefined;
  const found = readBulletin(packet);
  return found && { ...found, packet, seenAt };
}

/** The bulletin in a packet of kind 9, or undefined for any other. Not verified. */
export function readBulletin(
  packet: Uint8Array,
): { readonly bulletin: Signed<Bulletin>; readonly bulletinId: Uint8Array } | undefined {
  const decoded = decodePacketOfKind('document', packet);
  if (!decoded.ok) return undefined;
  const { document, id } = decoded.value;
  const { fields } = document;
  return fields.type === 'bulletin'
    ? { bulletin: { ...document, fields }, bulletinId: id }
    : undefined;
}
