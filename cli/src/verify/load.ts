import { parseQr } from '@sikka/protocol';
import { readFile } from 'node:fs/promises';
import { CliError } from '../errors.ts';
import { readQrImage } from '../qr/read.ts';

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8, 0xff];
const startsWith = (file: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, index) => file[index] === byte);

const readText = (text: string): Uint8Array => {
  const parsed = parseQr(text.trim());
  // What is no packet is left to the verdict: its code says why.
  return parsed.ok ? parsed.value.bytes : new TextEncoder().encode(text.trim());
};

/**
 * The packet's bytes in a file: the packet itself (`.sikka`), its QR text, or a picture of its QR
 * code. Throws `cli/file_unreadable`, `cli/no_qr_found`.
 */
export const loadPacket = async (path: string): Promise<Uint8Array> => {
  const file = await readFile(path).catch((error: unknown) => {
    throw new CliError('cli/file_unreadable', `Cannot read ${path}: ${String(error)}`);
  });
  if (startsWith(file, PNG) || startsWith(file, JPEG)) {
    const text = await readQrImage(path);
    if (text === undefined) throw new CliError('cli/no_qr_found', `No QR code found in ${path}.`);
    return readText(text);
  }
  const start = new TextDecoder().decode(file.subarray(0, 4));
  return start === 'SK1:' ? readText(new TextDecoder().decode(file)) : new Uint8Array(file);
};
