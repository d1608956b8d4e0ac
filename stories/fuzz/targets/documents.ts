import {
  decodeCbor,
  decodePacket,
  decodePayload,
  DOCUMENT_TYPES,
  encodeCbor,
  encodePacket,
  encodePayload,
  fromCoseSign1,
  MAX_PACKET_BYTES,
  PROTOCOL_CODES,
  suiteOf,
  toCoseSign1,
} from '@sikka/protocol';
import { bytesUnder, documentsIn, packets } from '../seeds.ts';
import { requireSameBytes, requireThat, saidOf } from '../target.ts';
import type { Target } from '../target.ts';

const CODES = new Set<string>(PROTOCOL_CODES);
const BYTES_OF_CBOR = ['too_large', 'malformed', 'not_canonical'];
const BYTES_OF_A_PACKET = [...BYTES_OF_CBOR, 'unknown_type', 'unknown_version', 'unknown_suite'];
const IN_CBOR = new Set(BYTES_OF_CBOR);
const IN_A_PACKET = new Set(BYTES_OF_A_PACKET);

function filled(head: readonly number[], size: number, byte: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(byte);
  bytes.set(head);
  return bytes;
}

/** The profile of CBOR: what is accepted has one encoding, which is the one read. */
const cbor: Target = {
  name: 'cbor',
  shape: 'cbor',
  seeds: () => [...bytesUnder('encoding', 'bytes'), ...packets().slice(0, 40)],
  maxBytes: MAX_PACKET_BYTES + 8,
  read: (input) => {
    const decoded = decodeCbor(input, { maxBytes: MAX_PACKET_BYTES });
    if (decoded.ok) requireSameBytes(encodeCbor(decoded.value), input);
    return saidOf(decoded, IN_CBOR);
  },
  growsFrom: 500,
  growing: {
    'numbers in a list': (size) => {
      return filled([0x99, (size - 3) >> 8, (size - 3) & 255], size, 0x01);
    },
    'lists in lists': (size) => filled([], size, 0x81),
    'a text of marks': (size) => {
      const bytes = filled([0x79, (size - 3) >> 8, (size - 3) & 255], size, 0x81);
      for (let at = 3; at < size; at += 2) bytes[at] = 0xcc;
      return bytes;
    },
  },
};

/** Every kind of packet, spec/packets.md §1. */
const packet: Target = {
  name: 'packet',
  shape: 'cbor',
  seeds: packets,
  maxBytes: 6_000,
  read: (input) => {
    const decoded = decodePacket(input);
    if (!decoded.ok) return saidOf(decoded, IN_A_PACKET);
    requireSameBytes(encodePacket(decoded.value), input);
    return decoded.value.kind;
  },
  growsFrom: 1_000,
  growing: {
    // Document 12 is a bulletin, of which alone a long one is read.
    'a bulletin of ids': (size) => {
      const ids = Math.floor(size / 34);
      const revoked = Array.from({ length: ids }, () => new Uint8Array(32));
      const fields = [12, 1, 7, 2, new Uint8Array(32), 1, 2, revoked, [], [], [], [], 0, [1]];
      return encodeCbor([9, 1, encodeCbor(fields), new Uint8Array(64)]);
    },
  },
};

/** The payload of any document: its fields, written again, are the bytes read. */
const payload: Target = {
  name: 'payload',
  shape: 'cbor',
  seeds: () => packets().flatMap((each) => documentsIn(each).map((found) => found.payload)),
  maxBytes: 3_000,
  read: (input) => {
    const decoded = decodePayload(DOCUMENT_TYPES, input);
    if (!decoded.ok) return saidOf(decoded, IN_A_PACKET);
    const { type } = decoded.value;
    const again = encodePayload(decoded.value);
    // A bulletin may name suites of the future, which are left out (spec/documents.md §4).
    if (type !== 'bulletin') requireSameBytes(again, input);
    requireThat(decodePayload(type, again).ok, 'what was read is read again');
    return type;
  },
};

/** A document with the headers of COSE around it. */
const cose: Target = {
  name: 'cose',
  shape: 'bytes',
  seeds: () =>
    packets().flatMap((each) =>
      documentsIn(each).flatMap(({ suite, ...signed }) => {
        const known = suiteOf(suite);
        return known === undefined ? [] : [toCoseSign1({ ...signed, suite: known })];
      }),
    ),
  maxBytes: 3_000,
  read: (input) => {
    const read = fromCoseSign1(input);
    if (read.ok) requireSameBytes(toCoseSign1(read.value), input);
    return saidOf(read, CODES);
  },
};

export const DOCUMENT_TARGETS: readonly Target[] = [cbor, packet, payload, cose];
