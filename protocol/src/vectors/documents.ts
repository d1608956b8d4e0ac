import {
  decodeCbor,
  decodePacket,
  hex,
  proveDocument,
  provePayeePacket,
  provePayment,
  proveReturn,
  verifySettlement,
} from '../index.ts';
import type { Packet, Result, Signed, SikkaDocument, Verifier } from '../index.ts';
import { cborJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import * as read from './read.ts';

/** All signatures of a packet's documents; a kind that has none of its own is `malformed`. */
export async function proveDocuments(
  { packet, issuers, device }: JsonObject,
  verifier: Verifier,
): Promise<Result<Packet>> {
  const bytes = read.bytes(packet);
  const trust = { issuers: read.issuers(issuers), verifier };
  const decoded = decodePacket(bytes);
  if (!decoded.ok) return decoded;
  const key = read.optional(device, read.signingKey);
  switch (decoded.value.kind) {
    case 'document':
      return proveDocument(bytes, { ...trust, ...(key === undefined ? {} : { device: key }) });
    case 'payment':
      return unwrap(await provePayment(bytes, trust));
    case 'return':
      return unwrap(await proveReturn(bytes, trust));
    case 'settlement':
      return verifySettlement(bytes, trust);
    default:
      return provePayeePacket(bytes, trust);
  }
}

function unwrap(proved: Result<{ readonly packet: Packet }>): Result<Packet> {
  return proved.ok ? { ok: true, value: proved.value.packet } : proved;
}

interface Named {
  readonly id: Uint8Array;
  readonly document: Signed<SikkaDocument>;
}

/** The documents of a packet in order, with their ids. */
function documentsOf(packet: Packet): readonly Named[] {
  switch (packet.kind) {
    case 'request':
      return [credentialOf(packet), { id: packet.requestId, document: packet.request }];
    case 'payment':
      return [allowanceOf(packet), { id: packet.paymentId, document: packet.payment }];
    case 'receipt':
      return [credentialOf(packet), { id: packet.receiptId, document: packet.receipt }];
    case 'refund':
      return [credentialOf(packet), { id: packet.refundId, document: packet.refund }];
    case 'return':
      return [allowanceOf(packet), { id: packet.returnId, document: packet.return }];
    case 'proof':
      return [allowanceOf(packet), packet.first, packet.second];
    case 'printed-code':
      return [credentialOf(packet)];
    case 'document':
      return [packet];
    case 'settlement':
      return [
        { id: packet.receiptId, document: packet.receipt },
        { id: packet.checkpointId, document: packet.checkpoint },
      ];
    case 'sealed':
    case 'frame':
      return [];
  }
}

function credentialOf(packet: { credential: Signed; credentialId: Uint8Array }): Named {
  return { id: packet.credentialId, document: packet.credential };
}

function allowanceOf(packet: { allowance: Signed; allowanceId: Uint8Array }): Named {
  return { id: packet.allowanceId, document: packet.allowance };
}

/** Type, id and payload of each document, as the family `documents` has them. */
export function documentsJson(packet: Packet): JsonObject {
  return {
    documents: documentsOf(packet).map(({ id, document }) => ({
      type: document.fields.type,
      id: hex(id),
      payload: payloadJson(document),
    })),
  };
}

function payloadJson({ payload }: Signed): Json {
  const decoded = decodeCbor(payload, { maxBytes: payload.length });
  return decoded.ok ? cborJson(decoded.value) : decoded.code;
}

/** A packet's kind and ids, as the families `packets` and `qr` have them. */
export function packetJson(packet: Packet): JsonObject {
  return { kind: packet.kind, ids: documentsOf(packet).map(({ id }) => hex(id)) };
}
