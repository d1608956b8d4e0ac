import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * A square picture of black and white as PNG: one bit a pixel, no colour, no text chunks
 * (PNG, third edition, §11.2). `side` in pixels; `isBlack` is asked once for each.
 */
export function encodeBitmapPng(
  side: number,
  isBlack: (row: number, column: number) => boolean,
): Uint8Array {
  const rowBytes = 1 + Math.ceil(side / 8);
  const pixels = Buffer.alloc(side * rowBytes, 0xff);
  for (let row = 0; row < side; row += 1) {
    const start = row * rowBytes;
    // The row's filter: none.
    pixels[start] = 0;
    for (let column = 0; column < side; column += 1) {
      const at = start + 1 + (column >> 3);
      if (isBlack(row, column)) pixels[at] = (pixels[at] ?? 0) & ~(0x80 >> (column & 7));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // One bit, greyscale; compression, filter and interlace are 0.
  header[8] = 1;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
