import { utf8 } from '../bytes.ts';

/**
 * CRC-16/CCITT-FALSE over the text's UTF-8: polynomial 0x1021, start 0xffff, nothing reflected, as
 * four upper-case hexadecimal digits. `123456789` is `29B1` (spec/emvqr.md §1).
 * It finds a torn print or a bad scan; whoever alters a code recomputes it.
 */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of utf8(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
    }
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
