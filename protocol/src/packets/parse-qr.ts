import { success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { decodeQrText } from '../qr-text.ts';
import { decodePacket } from './decode.ts';
import type { Packet } from './types.ts';

export interface ParsedQr {
  readonly bytes: Uint8Array;
  readonly packet: Packet;
}

/**
 * What a scanned text holds: one packet of any kind (spec/packets.md §2). Refuses `too_large`,
 * `malformed` for other texts, and what `decodePacket` refuses.
 */
export function parseQr(text: string): Result<ParsedQr> {
  const bytes = decodeQrText(text);
  if (!bytes.ok) return bytes;
  const packet = decodePacket(bytes.value);
  if (!packet.ok) return packet;
  return success({ bytes: bytes.value, packet: packet.value });
}
