import { create } from 'qrcode';
import type { QrMatrix } from '../design/qr-matrix.ts';

/** The alphabet of a code's alphanumeric mode (ISO/IEC 18004): our texts have no other letter. */
const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]+$/;
/** Bytes of version 40 at level M; more is shown as frames (spec/packets.md §3). */
const MOST_BYTES = 2_331;

/**
 * The modules of a text as a code of level M (spec/packets.md §2).
 * @throws RangeError for a text that no code holds: whoever shows it makes frames of it.
 */
export function encodeQr(text: string): QrMatrix {
  const mode = ALPHANUMERIC.test(text) ? 'alphanumeric' : 'byte';
  if (mode === 'byte' && new TextEncoder().encode(text).length > MOST_BYTES) {
    throw new RangeError('longer than a code');
  }
  const segment =
    mode === 'alphanumeric'
      ? { data: text, mode: 'alphanumeric' as const }
      : { data: new TextEncoder().encode(text), mode: 'byte' as const };
  return create([segment], { errorCorrectionLevel: 'M' }).modules;
}
