import { compareBytes } from '../bytes.ts';
import { decodeCbor } from '../cbor.ts';
import type { CborValue } from '../cbor.ts';
import { SHAPES } from '../documents/shapes.ts';
import type { Payment, Return } from '../documents/types.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { isFrame } from '../frames/frame.ts';
import {
  MAX_BULLETIN_PACKET_BYTES,
  MAX_PACKET_BYTES,
  MAX_PATH_HASHES,
  MAX_SEALED_PACKET_BYTES,
} from '../limits.ts';
import { sealedOf } from '../sealing/seal.ts';
import { KINDS, packetKindOf } from './kinds.ts';
import { malformed, mapResult, readDocument, readPair } from './read-items.ts';
import type { Items } from './read-items.ts';
import { PaymentPacket, ReturnPacket } from './types.ts';
import type {
  FramePacket,
  Identified,
  LoneDocument,
  Packet,
  PacketKind,
  PacketsByKind,
  ProofPacket,
  SealedPacket,
  SettlementPacket,
} from './types.ts';

const LONE_DOCUMENTS: readonly LoneDocument['type'][] = [
  'enrolment',
  'credential',
  'allowance-request',
  'allowance',
  'upload-receipt',
  'bulletin',
  'checkpoint',
];

/**
 * Reads one packet of any kind (spec/packets.md §1). Refuses with the codes of judge's rule 1;
 * never throws. No signature is verified. The bytes are copied: changing them later changes
 * nothing here.
 */
export function decodePacket(bytes: Uint8Array): Result<Packet> {
  return decode(bytes, maxPacketBytes(bytes));
}

/** Reads one packet that has to be of that kind: any other is `malformed`. */
export function decodePacketOfKind<K extends PacketKind>(
  kind: K,
  bytes: Uint8Array,
): Result<PacketsByKind[K]> {
  const decoded = decode(bytes, maxPacketBytes(bytes));
  if (!decoded.ok) return decoded;
  if (decoded.value.kind !== kind) {
    return malformed(`a packet of kind ${decoded.value.kind} where ${kind} belongs`);
  }
  return success(decoded.value as PacketsByKind[K]);
}

/** Reads a payment packet. On the bank's hot path. */
export function decodePayment(bytes: Uint8Array): Result<PaymentPacket> {
  return decodePacketOfKind('payment', bytes);
}

/** The kind is the second byte of a packet, so the limit is known before anything is decoded. */
function maxPacketBytes(bytes: Uint8Array): number {
  switch (bytes[1]) {
    case KINDS.document.number:
      return startsBulletin(bytes) ? MAX_BULLETIN_PACKET_BYTES : MAX_PACKET_BYTES;
    case KINDS.sealed.number:
      return MAX_SEALED_PACKET_BYTES;
    default:
      return MAX_PACKET_BYTES;
  }
}

/** Whether the packet's third item is a byte string whose second byte says bulletin. */
function startsBulletin(bytes: Uint8Array): boolean {
  const head = bytes[3] ?? 0;
  if (head < 0x40 || head > 0x5a) return false;
  const headBytes = head < 0x58 ? 1 : 1 + 2 ** (head - 0x58);
  return bytes[3 + headBytes + 1] === SHAPES.bulletin.number;
}

function decode(received: Uint8Array, maxBytes: number): Result<Packet> {
  if (received.length > maxBytes) {
    return failure('too_large', `${received.length} bytes, at most ${maxBytes} expected`);
  }
  const bytes = new Uint8Array(received);
  const decoded = decodeCbor(bytes, { maxBytes });
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value)) return malformed('the packet is not an array');
  const items = decoded.value as Items;
  const kind = readKind(items[0]);
  if (!kind.ok) return kind;
  if (items.length !== KINDS[kind.value].items) {
    return malformed(`a ${kind.value} packet of ${items.length} items`);
  }
  return DECODERS[kind.value](items, bytes);
}

function readKind(number: CborValue | undefined): Result<PacketKind> {
  if (typeof number !== 'number' && typeof number !== 'bigint') return malformed('no packet kind');
  const kind = packetKindOf(Number(number));
  return kind === undefined ? failure('unknown_type', `packet kind ${number}`) : success(kind);
}

type Decoder<K extends PacketKind> = (items: Items, bytes: Uint8Array) => Result<PacketsByKind[K]>;

const DECODERS: { readonly [K in PacketKind]: Decoder<K> } = {
  request: (items, bytes) =>
    mapResult(readPair(items, ['credential', 'request']), ({ parent, child }) => ({
      kind: 'request',
      bytes,
      credential: parent.document,
      credentialId: parent.id,
      request: child.document,
      requestId: child.id,
    })),
  payment: (items, bytes) =>
    mapResult(
      readPair(items, ['allowance', 'payment']),
      ({ parent, child }) =>
        new PaymentPacket({
          bytes,
          allowance: parent.document,
          allowanceId: parent.id,
          payment: child.document,
          paymentId: child.id,
        }),
    ),
  sealed: decodeSealed,
  receipt: (items, bytes) =>
    mapResult(readPair(items, ['credential', 'receipt']), ({ parent, child }) => ({
      kind: 'receipt',
      bytes,
      credential: parent.document,
      credentialId: parent.id,
      receipt: child.document,
      receiptId: child.id,
    })),
  refund: (items, bytes) =>
    mapResult(readPair(items, ['credential', 'refund']), ({ parent, child }) => ({
      kind: 'refund',
      bytes,
      credential: parent.document,
      credentialId: parent.id,
      refund: child.document,
      refundId: child.id,
    })),
  return: (items, bytes) =>
    mapResult(
      readPair(items, ['allowance', 'return']),
      ({ parent, child }) =>
        new ReturnPacket({
          bytes,
          allowance: parent.document,
          allowanceId: parent.id,
          return: child.document,
          returnId: child.id,
        }),
    ),
  proof: decodeProof,
  'printed-code': (items, bytes) => {
    const read = readDocument(items, { at: 0, type: 'credential' });
    if (!read.ok) return read;
    const { document: credential, id: credentialId } = read.value;
    if (credential.fields.mode !== 'static') return malformed('a printed code that is not static');
    return success({ kind: 'printed-code', bytes, credential, credentialId });
  },
  document: (items, bytes) => {
    const read = readDocument(items, { at: 0, type: LONE_DOCUMENTS });
    if (!read.ok) return read;
    return success({ kind: 'document', bytes, ...read.value });
  },
  settlement: decodeSettlement,
  frame: decodeFrame,
};

function decodeSealed(items: Items, bytes: Uint8Array): Result<SealedPacket> {
  return mapResult(sealedOf(items), ({ enc, ciphertext }) => ({
    kind: 'sealed',
    bytes,
    enc,
    ciphertext,
  }));
}

function decodeProof(items: Items, bytes: Uint8Array): Result<ProofPacket> {
  const allowance = readDocument(items, { at: 0, type: 'allowance' });
  if (!allowance.ok) return allowance;
  const { document, id: allowanceId } = allowance.value;
  const accused = ['payment', 'return'] as const;
  const first = readDocument(items, { at: 1, type: accused, parentId: allowanceId });
  if (!first.ok) return first;
  const second = readDocument(items, { at: 2, type: accused, parentId: allowanceId });
  if (!second.ok) return second;
  if (compareForProof(first.value, second.value) > 0) return malformed('a proof in wrong order');
  return success({
    kind: 'proof',
    bytes,
    allowance: document,
    allowanceId,
    first: first.value,
    second: second.value,
  });
}

/** The order of a proof's documents, so that a pair has one proof (spec/evidence.md §1). */
export function compareForProof(
  a: Identified<Payment | Return>,
  b: Identified<Payment | Return>,
): number {
  const bySequence = sequenceOf(a.document.fields) - sequenceOf(b.document.fields);
  if (bySequence !== 0) return bySequence;
  const isReturn = (fields: Payment | Return): number => (fields.type === 'return' ? 1 : 0);
  const byType = isReturn(a.document.fields) - isReturn(b.document.fields);
  return byType === 0 ? compareBytes(a.id, b.id) : byType;
}

function sequenceOf(fields: Payment | Return): number {
  return fields.type === 'payment' ? fields.sequence : fields.lastSequence;
}

function decodeSettlement(items: Items, bytes: Uint8Array): Result<SettlementPacket> {
  const receipt = readDocument(items, { at: 0, type: 'settlement-receipt' });
  if (!receipt.ok) return receipt;
  const checkpoint = readDocument(items, { at: 1, type: 'checkpoint' });
  if (!checkpoint.ok) return checkpoint;
  const path = items[7];
  if (!Array.isArray(path) || path.length > MAX_PATH_HASHES || !path.every(isHash)) {
    return malformed('the path is not an array of hashes');
  }
  return success({
    kind: 'settlement',
    bytes,
    receipt: receipt.value.document,
    receiptId: receipt.value.id,
    checkpoint: checkpoint.value.document,
    checkpointId: checkpoint.value.id,
    path,
  });
}

function isHash(value: CborValue): value is Uint8Array {
  return value instanceof Uint8Array && value.length === 32;
}

function decodeFrame(items: Items, bytes: Uint8Array): Result<FramePacket> {
  const [, digest, length, k, number, data] = items;
  if (!(digest instanceof Uint8Array) || !(data instanceof Uint8Array)) {
    return malformed('a frame without digest or data');
  }
  if (typeof length !== 'number' || typeof k !== 'number' || typeof number !== 'number') {
    return malformed('a frame without its three numbers');
  }
  const frame = { digest, length, k, number, data };
  if (!isFrame(frame)) return malformed('a frame that contradicts itself');
  return success({ kind: 'frame', bytes, ...frame });
}
