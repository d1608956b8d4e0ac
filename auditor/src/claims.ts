import {
  decodePacket,
  equalBytes,
  isBundleCarrier,
  isDeviceOrder,
  isLedgerCarrier,
  isLedgerItem,
  isWalletKeyItem,
  ledgerPaymentId,
  readDeviceOrder,
  readLedgerCarrier,
  readLedgerItem,
  readWalletKeyItem,
} from '@sikka/protocol';
import type {
  LedgerTransaction,
  OpenedCarrier,
  PaymentPacket,
  ProtocolCode,
  RefundPacket,
  ReturnPacket,
  WalletKeyItem,
} from '@sikka/protocol';

/** A packet handed in, as its bytes read; nothing in it is proved. */
export type Claim =
  | { readonly kind: 'payment'; readonly id: Uint8Array; readonly packet: PaymentPacket }
  | { readonly kind: 'refund'; readonly id: Uint8Array; readonly packet: RefundPacket }
  | { readonly kind: 'return'; readonly id: Uint8Array; readonly packet: ReturnPacket }
  | { readonly kind: 'key_payment'; readonly id: Uint8Array; readonly item: WalletKeyItem }
  | LedgerClaim
  | DeviceClaim
  /** A bundle or a sealed ledger as its signer signed it: evidence, and no document of its own. */
  | { readonly kind: 'carrier' }
  /** Not a packet, or of a kind that is not settled; with the code that says so. */
  | { readonly kind: 'other'; readonly code: ProtocolCode | 'not_accepted_here' };

/** A transaction of a sealed ledger (spec/sealed-ledger.md §5). */
export interface LedgerClaim {
  readonly kind: 'ledger_entry';
  readonly id: Uint8Array;
  readonly transaction: LedgerTransaction;
}

/** A till's order in the bundle that its batch begins with (spec/device-bundle.md §7). */
export interface DeviceClaim {
  readonly kind: 'device_transaction';
  /** Of the till and its own number: a name. */
  readonly id: Uint8Array;
  readonly carrier: OpenedCarrier;
  /** Place in the bundle. */
  readonly ordinal: number;
}

/** Reads an item at its place in the batch that this bundle, if any, begins. */
export function readClaim(
  { bytes, place }: { readonly bytes: Uint8Array; readonly place: number },
  carrier: OpenedCarrier | undefined,
): Claim {
  if (isWalletKeyItem(bytes)) return readKeyPayment(bytes);
  if (isLedgerItem(bytes)) return readEntry(bytes);
  if (isDeviceOrder(bytes)) return readOrder(bytes, carrier);
  if (isBundleCarrier(bytes)) return readCarrier(place, carrier !== undefined);
  if (isLedgerCarrier(bytes)) return readCarrier(place, readLedgerCarrier(bytes).ok);
  const decoded = decodePacket(bytes);
  if (!decoded.ok) return { kind: 'other', code: decoded.code };
  const packet = decoded.value;
  switch (packet.kind) {
    case 'payment':
      return { kind: 'payment', id: packet.paymentId, packet };
    case 'refund':
      return { kind: 'refund', id: packet.refundId, packet };
    case 'return':
      return { kind: 'return', id: packet.returnId, packet };
    default:
      return { kind: 'other', code: 'not_accepted_here' };
  }
}

function readKeyPayment(bytes: Uint8Array): Claim {
  const read = readWalletKeyItem(bytes);
  if (!read.ok) return { kind: 'other', code: read.code };
  return { kind: 'key_payment', id: read.value.paymentId, item: read.value };
}

function readEntry(bytes: Uint8Array): Claim {
  const read = readLedgerItem(bytes);
  if (!read.ok) return { kind: 'other', code: 'malformed' };
  return { kind: 'ledger_entry', id: ledgerPaymentId(read.value), transaction: read.value };
}

/** Means something only under its own bundle. */
function readOrder(bytes: Uint8Array, carrier: OpenedCarrier | undefined): Claim {
  const read = readDeviceOrder(bytes);
  if (!read.ok) return { kind: 'other', code: 'malformed' };
  const { payloadHash, ordinal } = read.value;
  const carried = carrier?.transactions[ordinal];
  const isIts = carrier !== undefined && equalBytes(carrier.payloadHash, payloadHash);
  if (!isIts || carried === undefined) return { kind: 'other', code: 'not_accepted_here' };
  return { kind: 'device_transaction', id: carried.documentId, carrier, ordinal };
}

/** Anywhere but at the beginning it carries nothing. */
function readCarrier(place: number, isRead: boolean): Claim {
  if (place !== 0) return { kind: 'other', code: 'not_accepted_here' };
  return isRead ? { kind: 'carrier' } : { kind: 'other', code: 'malformed' };
}

/** The id of what was handed in; a carrier and what cannot be read have none. */
export function idIn(claim: Claim): Uint8Array | undefined {
  return claim.kind === 'other' || claim.kind === 'carrier' ? undefined : claim.id;
}
