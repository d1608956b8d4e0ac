import { concatBytes, equalBytes } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_BULLETIN_PACKET_BYTES } from '../limits.ts';
import { protectedHeader, signatureLength, SUITES } from '../suites/suite.ts';
import { byteStringHead, readByteString } from './byte-string.ts';
import { decodePayload } from './payload.ts';
import { DOCUMENT_TYPES } from './shapes.ts';
import type { Signed } from './types.ts';

/** An array of four. */
const ARRAY_HEAD = 0x84;
/** The empty unprotected header. */
const EMPTY_MAP = 0xa0;

/**
 * The full, untagged COSE_Sign1 of a document (RFC 9052 §4.2), for tools that know COSE. Packets
 * carry the same without the headers, which are constants of the suite (spec/packets.md §1).
 */
export function toCoseSign1({ suite, payload, signature }: Omit<Signed, 'fields'>): Uint8Array {
  const header = protectedHeader(suite);
  return concatBytes(
    Uint8Array.of(ARRAY_HEAD),
    byteStringHead(header.length),
    header,
    Uint8Array.of(EMPTY_MAP),
    byteStringHead(payload.length),
    payload,
    byteStringHead(signature.length),
    signature,
  );
}

/**
 * Reads a COSE_Sign1 as strictly as a packet: the headers byte for byte, nothing after the
 * signature. Refuses with `too_large`, `malformed`, `unknown_suite` or a code of the payload.
 * The signature is not verified.
 */
export function fromCoseSign1(bytes: Uint8Array): Result<Signed> {
  if (bytes.length > MAX_BULLETIN_PACKET_BYTES) {
    return failure('too_large', `${bytes.length} bytes, more than any document`);
  }
  if (bytes[0] !== ARRAY_HEAD) return malformed('not an array of four');
  const header = readByteString(bytes, 1);
  if (header === undefined) return malformed('no protected header');
  const suite = SUITES.find((each) => equalBytes(protectedHeader(each), header.content));
  if (suite === undefined) return failure('unknown_suite', 'a protected header of no suite');
  if (bytes[header.end] !== EMPTY_MAP) return malformed('an unprotected header that is not empty');
  const payload = readByteString(bytes, header.end + 1);
  if (payload === undefined) return malformed('no payload');
  const signature = readByteString(bytes, payload.end);
  if (signature?.end !== bytes.length) return malformed('no signature, or bytes after it');
  const fields = decodePayload(DOCUMENT_TYPES, payload.content);
  if (!fields.ok) return fields;
  if (signature.content.length !== signatureLength(suite)) {
    return malformed('a signature of another length than its suite has');
  }
  const { content } = payload;
  return success({ suite, payload: content, signature: signature.content, fields: fields.value });
}

function malformed(what: string): Result<never> {
  return failure('malformed', `COSE_Sign1: ${what}`);
}
