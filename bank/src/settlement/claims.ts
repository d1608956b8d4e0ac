import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  LedgerTransaction,
  OpenedCarrier,
  PaymentPacket,
  RefundPacket,
  ReturnPacket,
  WalletKeyItem,
} from '@sikka/protocol';
import {
  decodePacket,
  encodeBundleCarrier,
  equalBytes,
  isBundleCarrier,
  isDeviceOrder,
  isLedgerCarrier,
  isLedgerItem,
  isWalletKeyItem,
  ledgerPaymentId,
  openBundleCarrier,
  readBundleCarrier,
  readDeviceOrder,
  readLedgerCarrier,
  readLedgerItem,
  readWalletKeyItem,
  sha256,
} from '@sikka/protocol';
import type { RefusalCode } from './codes.ts';
import { keyOf } from './keys.ts';
import type { Item } from './intakes/documents.ts';
import { limits } from './limits.ts';

/** An item and the hash by which its exact bytes are known again. */
export interface Handed {
  readonly item: Item;
  /** Of the packet's bytes. */
  readonly sha256: Uint8Array;
}

/** An item as its bytes read; nothing in it is proved. */
export type Claim =
  | PaymentClaim
  | RefundClaim
  | ReturnClaim
  | KeyPaymentClaim
  | LedgerClaim
  | DeviceClaim
  | CarrierClaim
  | UnreadableClaim;

export interface PaymentClaim extends Handed {
  readonly kind: 'payment';
  readonly documentId: Uint8Array;
  readonly packet: PaymentPacket;
}

export interface RefundClaim extends Handed {
  readonly kind: 'refund';
  readonly documentId: Uint8Array;
  readonly packet: RefundPacket;
}

export interface ReturnClaim extends Handed {
  readonly kind: 'return';
  readonly documentId: Uint8Array;
  readonly packet: ReturnPacket;
}

/** A payment signed by a wallet's key (spec/wallet-key.md §1). */
export interface KeyPaymentClaim extends Handed {
  readonly kind: 'key_payment';
  readonly documentId: Uint8Array;
  readonly signed: WalletKeyItem;
}

/** A transaction of a sealed ledger (spec/sealed-ledger.md §5). */
export interface LedgerClaim extends Handed {
  readonly kind: 'ledger_entry';
  readonly documentId: Uint8Array;
  readonly transaction: LedgerTransaction;
}

/** A till's order in the bundle that the batch begins with (spec/device-bundle.md §7). */
export interface DeviceClaim extends Handed {
  readonly kind: 'device_transaction';
  /** Of the till and its own number: a name, so what it says is compared besides. */
  readonly documentId: Uint8Array;
  readonly carrier: OpenedCarrier;
  /** Place in the bundle. */
  readonly ordinal: number;
}

/** A bundle or a sealed ledger, as its signer signed it: evidence, and no document of its own. */
export interface CarrierClaim extends Handed {
  readonly kind: 'carrier';
}

/** Not a packet, or of a kind that is not settled. */
export interface UnreadableClaim extends Handed {
  readonly kind: 'other';
  readonly code: RefusalCode;
}

/** What an intake has opened and read in the call that hands it in. */
export interface ReadBefore {
  readonly carrier?: OpenedCarrier | undefined;
  /** Of documents that mean the same wherever they stand. */
  readonly claims?: readonly Claim[] | undefined;
}

/**
 * Decodes every item (judge's rule 1), giving way to others in between. What was read `before` is
 * taken for the same bytes only.
 */
export async function readClaims(
  items: readonly Item[],
  before: ReadBefore = {},
): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  const carrier = await openCarrier(items[0], before.carrier);
  const known = new Map(before.claims?.map((claim) => [keyOf(claim.sha256), claim]));
  for (const item of items) {
    claims.push(readClaim(item, { carrier, known }));
    if (claims.length % limits.decodedAtOnce === 0) await nextTurn();
  }
  return claims;
}

/** Opened once, before its orders are read: each names only its place in it. */
async function openCarrier(
  first: Item | undefined,
  before: OpenedCarrier | undefined,
): Promise<OpenedCarrier | undefined> {
  if (first === undefined || !isBundleCarrier(first.bytes)) return undefined;
  if (before !== undefined && equalBytes(encodeBundleCarrier(before.carrier), first.bytes)) {
    return before;
  }
  const read = readBundleCarrier(first.bytes);
  const opened = read.ok ? await openBundleCarrier(read.value) : undefined;
  return opened?.ok === true ? opened.value : undefined;
}

function readClaim(
  item: Item,
  {
    carrier,
    known,
  }: {
    readonly carrier: OpenedCarrier | undefined;
    readonly known: ReadonlyMap<string, Claim>;
  },
): Claim {
  const digest = sha256(item.bytes);
  const { bytes } = item;
  const same = known.size === 0 ? undefined : known.get(keyOf(digest));
  if (same !== undefined) return { ...same, item };
  const handed = { item, sha256: digest };
  if (isWalletKeyItem(bytes)) return readKeyPayment(handed);
  if (isLedgerItem(bytes)) return readLedgerEntry(handed);
  if (isDeviceOrder(bytes)) return readOrder(handed, carrier);
  if (isBundleCarrier(bytes) || isLedgerCarrier(bytes)) return readCarrier(handed, carrier);
  const decoded = decodePacket(item.bytes);
  if (!decoded.ok) return { item, sha256: digest, kind: 'other', code: decoded.code };
  const packet = decoded.value;
  switch (packet.kind) {
    case 'payment':
      return { item, sha256: digest, kind: 'payment', documentId: packet.paymentId, packet };
    case 'refund':
      return { item, sha256: digest, kind: 'refund', documentId: packet.refundId, packet };
    case 'return':
      return { item, sha256: digest, kind: 'return', documentId: packet.returnId, packet };
    default:
      return { item, sha256: digest, kind: 'other', code: 'not_accepted_here' };
  }
}

function readKeyPayment(handed: Handed): Claim {
  const read = readWalletKeyItem(handed.item.bytes);
  if (!read.ok) return { ...handed, kind: 'other', code: read.code };
  const signed = read.value;
  return { ...handed, kind: 'key_payment', documentId: signed.paymentId, signed };
}

function readLedgerEntry(handed: Handed): Claim {
  const read = readLedgerItem(handed.item.bytes);
  if (!read.ok) return { ...handed, kind: 'other', code: 'malformed' };
  const transaction = read.value;
  return { ...handed, kind: 'ledger_entry', documentId: ledgerPaymentId(transaction), transaction };
}

/** Means something only under its own bundle. */
function readOrder(handed: Handed, carrier: OpenedCarrier | undefined): Claim {
  const read = readDeviceOrder(handed.item.bytes);
  if (!read.ok) return { ...handed, kind: 'other', code: 'malformed' };
  const { payloadHash, ordinal } = read.value;
  const carried = carrier?.transactions[ordinal];
  if (carrier === undefined || carried === undefined) return misplaced(handed);
  if (!equalBytes(carrier.payloadHash, payloadHash)) return misplaced(handed);
  const { documentId } = carried;
  return { ...handed, kind: 'device_transaction', documentId, carrier, ordinal };
}

/** Anywhere but at the beginning it carries nothing. */
function readCarrier(handed: Handed, carrier: OpenedCarrier | undefined): Claim {
  const { place, bytes } = handed.item;
  if (place !== 0) return misplaced(handed);
  const isRead = isBundleCarrier(bytes) ? carrier !== undefined : readLedgerCarrier(bytes).ok;
  return isRead ? { ...handed, kind: 'carrier' } : { ...handed, kind: 'other', code: 'malformed' };
}

function misplaced(handed: Handed): Claim {
  return { ...handed, kind: 'other', code: 'not_accepted_here' };
}
