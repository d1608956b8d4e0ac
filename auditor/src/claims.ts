import { decodePacket, isWalletKeyItem, readWalletKeyItem } from '@sikka/protocol';
import type {
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
  /** Not a packet, or of a kind that is not settled; with the code that says so. */
  | { readonly kind: 'other'; readonly code: ProtocolCode | 'not_accepted_here' };

export function readClaim(bytes: Uint8Array): Claim {
  if (isWalletKeyItem(bytes)) return readKeyPayment(bytes);
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
