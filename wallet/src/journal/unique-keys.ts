import { concatBytes, decodePacketOfKind, encodeCbor, sha256, utf8 } from '@sikka/protocol';
import type { CborValue } from '@sikka/protocol';
import type { JournalEvent } from './entries.ts';

const DOMAIN = utf8('sikka/wallet/unique/v1');

/**
 * What the store must refuse to take twice, whatever any instance believes (spec/journal.md 2, 6):
 * a sequence of an allowance, a request paid, a payment accepted, a request's payment. Hashed, so
 * that the store's plain index shows no ids.
 */
export function uniqueKeysOf(event: JournalEvent): readonly Uint8Array[] {
  switch (event.type) {
    case 'created':
    case 'enrolled':
    case 'rolled-back':
    case 'behind-witness':
      return [key(event.type)];
    case 'paid': {
      const { allowanceId, payment } = expectPayment(event.packet);
      const { sequence, mode, bind } = payment.fields;
      const signed = key('signed', allowanceId, sequence);
      return mode === 'dynamic' ? [signed, key('request-paid', bind)] : [signed];
    }
    case 'accepted': {
      const { paymentId, payment } = expectPayment(event.packet);
      const { mode, bind } = payment.fields;
      const seen = key('seen', paymentId);
      return mode === 'dynamic' ? [seen, key('request-served', bind)] : [seen];
    }
    case 'returned': {
      const decoded = decodePacketOfKind('return', event.packet);
      return decoded.ok ? [key('returned', decoded.value.allowanceId)] : [];
    }
    default:
      return [];
  }
}

function key(...parts: readonly CborValue[]): Uint8Array {
  return sha256(concatBytes(DOMAIN, encodeCbor(parts)));
}

function expectPayment(packet: Uint8Array) {
  const decoded = decodePacketOfKind('payment', packet);
  if (!decoded.ok) throw new TypeError(`a payment that does not decode: ${decoded.detail}`);
  return decoded.value;
}
