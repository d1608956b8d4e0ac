import { encodeCbor } from '../cbor.ts';
import type { CborValue } from '../cbor.ts';
import { ProtocolError } from '../errors.ts';
import type { Signed } from '../documents/types.ts';
import { suiteNumber } from '../suites/suite.ts';
import { decodePacket } from './decode.ts';
import { KINDS, SEAL_SUITE } from './kinds.ts';
import type { PacketContent } from './types.ts';

/**
 * The bytes of a packet (spec/packets.md §1). Ids and bytes of a decoded packet are ignored.
 * @throws ProtocolError for what `decodePacket` would refuse: nothing is shown that nobody would
 * read.
 */
export function encodePacket(content: PacketContent): Uint8Array {
  const bytes = encodeCbor([KINDS[content.kind].number, ...itemsOf(content)]);
  const decoded = decodePacket(bytes);
  if (!decoded.ok) throw new ProtocolError(decoded.code, decoded.detail);
  return bytes;
}

function itemsOf(content: PacketContent): readonly CborValue[] {
  switch (content.kind) {
    case 'request':
      return [...signed(content.credential), ...signed(content.request)];
    case 'payment':
      return [...signed(content.allowance), ...signed(content.payment)];
    case 'sealed':
      return [SEAL_SUITE, content.enc, content.ciphertext];
    case 'receipt':
      return [...signed(content.credential), ...signed(content.receipt)];
    case 'refund':
      return [...signed(content.credential), ...signed(content.refund)];
    case 'return':
      return [...signed(content.allowance), ...signed(content.return)];
    case 'proof': {
      const { allowance, first, second } = content;
      return [...signed(allowance), ...signed(first.document), ...signed(second.document)];
    }
    case 'printed-code':
      return signed(content.credential);
    case 'document':
      return signed(content.document);
    case 'settlement':
      return [...signed(content.receipt), ...signed(content.checkpoint), content.path];
    case 'frame':
      return [content.digest, content.length, content.k, content.number, content.data];
  }
}

function signed({ suite, payload, signature }: Signed): readonly CborValue[] {
  return [suiteNumber(suite), payload, signature];
}
