import { decodeQrText } from '@sikka/protocol';
import type { Outcome } from '../errors.ts';

/** What a camera, a file or a clipboard gives: QR text (`SK1:…`) or the packet's bytes. */
export type Incoming = string | Uint8Array;

/** The packet's bytes; refuses text that is no QR text of ours. */
export function bytesOf(given: Incoming): Outcome<{ readonly bytes: Uint8Array }> {
  if (typeof given !== 'string') return { ok: true, bytes: given };
  const decoded = decodeQrText(given.trim());
  return decoded.ok ? { ok: true, bytes: decoded.value } : decoded;
}
