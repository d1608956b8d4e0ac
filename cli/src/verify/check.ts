import {
  decodePacket,
  failure,
  judge,
  success,
  verifyDocument,
  verifyProof,
  verifySettlement,
  webCryptoVerifier as verifier,
} from '@sikka/protocol';
import type { IssuerKeys, Packet, ProtocolCode, Result } from '@sikka/protocol';
import { signedParts } from './signed-parts.ts';

/** What is said of a packet that could be read. */
export interface Finding {
  readonly packet: Packet;
  /** `valid`, a proof's verdict, or the code of the rule that spoke. */
  readonly code: ProtocolCode | 'valid' | 'acceptable' | 'not_checkable';
  readonly ok: boolean;
  readonly detail: string;
}

const BANK_DOCUMENTS = new Set(['credential', 'allowance']);

const checkSignatures = async (packet: Packet, issuers: IssuerKeys): Promise<Result<string>> => {
  for (const part of signedParts(packet, issuers)) {
    const byBank = 'issuerKey' in part.document.fields;
    if (part.key === undefined) {
      return failure('issuer_unknown', `no issuer key for this ${part.name}`);
    }
    const valid = await verifyDocument(part.document, part.key, verifier, part.parentId);
    if (valid) continue;
    const code =
      byBank || BANK_DOCUMENTS.has(part.name)
        ? 'issuer_signature_invalid'
        : 'payer_signature_invalid';
    return failure(code, `the signature of the ${part.name} is wrong`);
  }
  return success('every signature is valid');
};

const checkPacket = async (packet: Packet, issuers: IssuerKeys): Promise<Finding> => {
  const options = { issuers, verifier };
  switch (packet.kind) {
    case 'payment': {
      const verdict = await judge(packet.bytes, { ...options, as: 'observer', known: {} });
      const detail = verdict.ok ? 'signed by the payer under a bank allowance' : verdict.detail;
      return { packet, ok: verdict.ok, code: verdict.code, detail };
    }
    case 'proof': {
      const proof = await verifyProof(packet.bytes, options);
      if (!proof.ok) return { packet, ...proof };
      const detail = 'this device key signed both documents; they cannot both be true';
      return { packet, ok: true, code: proof.value.verdict, detail };
    }
    case 'settlement': {
      const settlement = await verifySettlement(packet.bytes, options);
      if (!settlement.ok) return { packet, ...settlement };
      const detail = 'settled by the bank, and included in its signed log';
      return { packet, ok: true, code: 'valid', detail };
    }
    case 'sealed':
    case 'frame': {
      const detail =
        packet.kind === 'sealed' ? 'only its payee can open it' : 'one part of a longer message';
      return { packet, ok: false, code: 'not_checkable', detail };
    }
    default: {
      if (packet.kind === 'document' && packet.document.fields.type === 'allowance-request') {
        const detail = "only the bank's record of the device holds its key";
        return { packet, ok: false, code: 'not_checkable', detail };
      }
      const result = await checkSignatures(packet, issuers);
      if (!result.ok) return { packet, ...result };
      return { packet, ok: true, code: 'valid', detail: result.value };
    }
  }
};

/** Reads and checks one packet with the bank's public keys alone. Never throws on bad bytes. */
export const check = async (bytes: Uint8Array, issuers: IssuerKeys): Promise<Result<Finding>> => {
  const packet = decodePacket(bytes);
  return packet.ok ? success(await checkPacket(packet.value, issuers)) : packet;
};
