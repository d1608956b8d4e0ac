import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PaymentPacket, RefundPacket, ReturnPacket, WalletKeyItem } from '@sikka/protocol';
import { decodePacket, isWalletKeyItem, readWalletKeyItem, sha256 } from '@sikka/protocol';
import type { RefusalCode } from './codes.ts';
import type { Item } from './intakes/documents.ts';
import { limits } from './limits.ts';

/** An item and the hash by which its exact bytes are known again. */
export interface Handed {
  readonly item: Item;
  /** Of the packet's bytes. */
  readonly sha256: Uint8Array;
}

/** An item as its bytes read; nothing in it is proved. */
export type Claim = PaymentClaim | RefundClaim | ReturnClaim | KeyPaymentClaim | UnreadableClaim;

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

/** Not a packet, or of a kind that is not settled. */
export interface UnreadableClaim extends Handed {
  readonly kind: 'other';
  readonly code: RefusalCode;
}

/** Decodes every item (judge's rule 1), giving way to others in between. */
export async function readClaims(items: readonly Item[]): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const item of items) {
    claims.push(readClaim(item));
    if (claims.length % limits.decodedAtOnce === 0) await nextTurn();
  }
  return claims;
}

function readClaim(item: Item): Claim {
  const digest = sha256(item.bytes);
  if (isWalletKeyItem(item.bytes)) return readKeyPayment({ item, sha256: digest });
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
