import { inflateSync } from 'node:zlib';

/** A picture in shades of grey, 0 black to 255 white, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly shades: Uint8Array;
}

/** Channels of the colour types that browsers write: grey, RGB, RGBA. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 6: 4 };

/** Reads an 8-bit PNG without interlacing, as screenshots are (PNG, third edition, §9). */
export function readPng(png: Uint8Array): GreyPicture {
  const bytes = Buffer.from(png);
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  const channels = CHANNELS[bytes[25] ?? -1];
  if (bytes[24] !== 8 || channels === undefined || bytes[28] !== 0) throw new Error('another PNG');
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (name === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const pixels = unfilter(inflateSync(Buffer.concat(parts)), width * channels, channels);
  const shades = new Uint8Array(width * height);
  for (let i = 0; i < shades.length; i++) {
    const at = i * channels;
    const [r = 0, g = r, b = r] = channels === 1 ? [pixels[at]] : pixels.subarray(at, at + 3);
    shades[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
  }
  return { width, height, shades };
}

/** Each row begins with how it differs from the bytes left, above, and left above. */
function unfilter(rows: Buffer, rowBytes: number, step: number): Uint8Array {
  const height = rows.length / (rowBytes + 1);
  const pixels = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const kind = rows[y * (rowBytes + 1)] ?? 0;
    for (let x = 0; x < rowBytes; x++) {
      const at = y * rowBytes + x;
      const left = x < step ? 0 : (pixels[at - step] ?? 0);
      const above = y === 0 ? 0 : (pixels[at - rowBytes] ?? 0);
      const corner = x < step || y === 0 ? 0 : (pixels[at - rowBytes - step] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][kind] ?? 0;
      pixels[at] = (rows[y * (rowBytes + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(guess - value));
  if (a! <= b! && a! <= c!) return left;
  return b! <= c! ? above : corner;
}
