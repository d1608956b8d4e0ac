import type { CborValue } from './cbor-reader.ts';
import { ProtocolError } from './errors.ts';
import { MAX_DEPTH, MAX_INTEGER } from './limits.ts';

/** What is written so far; it grows by doubling. */
interface Output {
  readonly isText: (text: string) => boolean;
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  length: number;
}

/** Most packets fit, so that few grow. */
const FIRST_BYTES = 512;
const encoder = new TextEncoder();

/**
 * Writes one value in one walk, each head in its shortest form (RFC 8949 §4.2.1). `isText` says
 * which texts may stand in it.
 * @throws ProtocolError `malformed` for what the profile cannot hold (spec/encoding.md §1).
 */
export function writeCbor(
  value: CborValue,
  isText: (text: string) => boolean,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FIRST_BYTES);
  const output: Output = { isText, bytes, view: new DataView(bytes.buffer), length: 0 };
  writeItem(output, value, 0);
  return output.bytes.slice(0, output.length);
}

function writeItem(output: Output, value: CborValue, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      writeHead(output, 7, value ? 21 : 20);
      return;
    case 'number':
      if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
        throw new ProtocolError('malformed', 'a number that is not a safe unsigned integer');
      }
      writeHead(output, 0, value);
      return;
    case 'bigint':
      if (value < 0n || value > MAX_INTEGER) {
        throw new ProtocolError('malformed', 'an integer outside 0 … 2^63 − 1');
      }
      writeHead(output, 0, value);
      return;
    case 'string':
      if (!output.isText(value)) {
        throw new ProtocolError('malformed', 'text that is not NFC or has control characters');
      }
      writeString(output, 3, encoder.encode(value));
      return;
    default:
      if (value instanceof Uint8Array) writeString(output, 2, value);
      else writeItems(output, value, depth);
  }
}

function writeItems(output: Output, items: readonly CborValue[], depth: number): void {
  if (!Array.isArray(items) || depth === MAX_DEPTH) {
    throw new ProtocolError('malformed', 'not a value of the profile, or nested too deep');
  }
  writeHead(output, 4, items.length);
  for (const item of items as readonly CborValue[]) writeItem(output, item, depth + 1);
}

function writeString(output: Output, major: number, string: Uint8Array): void {
  writeHead(output, major, string.length);
  reserve(output, string.length);
  output.bytes.set(string, output.length);
  output.length += string.length;
}

/** Major type and argument: in the first byte, or in the 1, 2, 4 or 8 after it. */
function writeHead(output: Output, major: number, argument: bigint | number): void {
  reserve(output, 9);
  const { view, length } = output;
  const size = argument < 24 ? 0 : sizeOf(argument);
  const info = size === 0 ? Number(argument) : 24 + Math.log2(size);
  view.setUint8(length, (major << 5) | info);
  if (size === 8) view.setBigUint64(length + 1, BigInt(argument));
  else if (size === 4) view.setUint32(length + 1, Number(argument));
  else if (size === 2) view.setUint16(length + 1, Number(argument));
  else if (size === 1) view.setUint8(length + 1, Number(argument));
  output.length += 1 + size;
}

function sizeOf(argument: bigint | number): 1 | 2 | 4 | 8 {
  if (argument < 0x100) return 1;
  if (argument < 0x1_0000) return 2;
  return argument < 0x1_0000_0000 ? 4 : 8;
}

function reserve(output: Output, more: number): void {
  const needed = output.length + more;
  if (needed <= output.bytes.length) return;
  const bytes = new Uint8Array(Math.max(needed, 2 * output.bytes.length));
  bytes.set(output.bytes.subarray(0, output.length));
  output.bytes = bytes;
  output.view = new DataView(bytes.buffer);
}
