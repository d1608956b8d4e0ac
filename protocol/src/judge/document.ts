import { verifyDocument } from '../documents/sign.ts';
import type { SigningKey } from '../documents/sign.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { decodePacketOfKind } from '../packets/decode.ts';
import type { DocumentPacket } from '../packets/types.ts';
import { proveIssued } from './issuer.ts';
import type { Trust } from './issuer.ts';

export interface ProveDocumentOptions extends Trust {
  /** The enrolled device's key, which an allowance request does not carry. */
  readonly device?: SigningKey;
}

/**
 * Bytes and signature of a document that stands alone (spec/packets.md §1, kind 9). The bank's
 * answer to their issuer key; an enrolment to the key it names, whose possession it proves; an
 * allowance request to the enrolled device's (spec/suites.md §2): `device_signature_invalid`.
 */
export async function proveDocument(
  bytes: Uint8Array,
  { device, ...trust }: ProveDocumentOptions,
): Promise<Result<DocumentPacket>> {
  const decoded = decodePacketOfKind('document', bytes);
  if (!decoded.ok) return decoded;
  const packet = decoded.value;
  const { fields, ...signed } = packet.document;
  switch (fields.type) {
    case 'enrolment':
    case 'allowance-request': {
      const key = fields.type === 'enrolment' ? fields : device;
      const document = { ...signed, fields };
      if (key !== undefined && (await verifyDocument(document, key, trust.verifier))) break;
      return failure('device_signature_invalid', fields.type);
    }
    default: {
      const issued = await proveIssued({ ...signed, fields }, trust);
      if (!issued.ok) return issued;
    }
  }
  return success(packet);
}
