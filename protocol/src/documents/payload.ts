import { decodeCbor, encodeCbor } from '../cbor.ts';
import type { CborValue } from '../cbor.ts';
import { failure, ProtocolError, success } from '../errors.ts';
import type { Failure, Result } from '../errors.ts';
import { MAX_BULLETIN_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES } from '../limits.ts';
import { columnsOf, readFields, UNKNOWN_SUITE, writeFields } from './field-kinds.ts';
import type { Columns } from './field-kinds.ts';
import { DOCUMENT_TYPES, documentTypeOf, SHAPES } from './shapes.ts';
import type { Shape } from './shapes.ts';
import type { DocumentsByType, DocumentType, SikkaDocument } from './types.ts';

/** The version of every document of this specification (spec/documents.md §1). */
export const DOCUMENT_VERSION = 1;

const COLUMNS = Object.fromEntries(
  DOCUMENT_TYPES.map((type) => [type, columnsOf<object>(SHAPES[type].fields)]),
) as Readonly<Record<DocumentType, Columns>>;

/**
 * The payload bytes of a document: `[type, version, field …]` (spec/documents.md §2).
 * @throws ProtocolError for fields that `decodePayload` would refuse: nothing is signed that
 * nobody would read.
 */
export function encodePayload(fields: SikkaDocument): Uint8Array {
  const { number } = SHAPES[fields.type];
  const values = writeFields(COLUMNS[fields.type], fields);
  const payload = encodeCbor([number, DOCUMENT_VERSION, ...values]);
  const read = decodePayload(fields.type, payload);
  if (!read.ok) throw new ProtocolError(read.code, read.detail);
  return payload;
}

/**
 * Reads the payload of a document of one type, or of one of several. Refuses, in this order: the
 * bytes (spec/encoding.md §2), `unknown_type`, another type (`malformed`), `unknown_version`, then
 * the fields one by one, then what must hold between them (spec/documents.md §4). Never throws.
 */
export function decodePayload<K extends DocumentType>(
  expected: K | readonly K[],
  payload: Uint8Array,
): Result<DocumentsByType[K]> {
  const decoded = decodeCbor(payload, { maxBytes: maxPayloadBytes(payload) });
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value)) return failure('malformed', 'the payload is not an array');
  const values = decoded.value as readonly CborValue[];
  const type = readType(values, expected);
  if (!type.ok) return type;
  return readDocument(type.value, values);
}

/** Only a bulletin may be long, and a bulletin starts with an array head and its number. */
function maxPayloadBytes(payload: Uint8Array): number {
  const isBulletin = payload[1] === SHAPES.bulletin.number;
  return isBulletin ? MAX_BULLETIN_PAYLOAD_BYTES : MAX_PAYLOAD_BYTES;
}

function readType<K extends DocumentType>(
  [number, version]: readonly CborValue[],
  expected: K | readonly K[],
): Result<K> {
  if (typeof number === 'bigint') return failure('unknown_type', `document type ${number}`);
  if (typeof number !== 'number') return failure('malformed', 'no document type');
  const type = documentTypeOf(number);
  if (type === undefined) return failure('unknown_type', `document type ${number}`);
  const found = typeof expected === 'string' ? [expected] : expected;
  if (!(found as readonly DocumentType[]).includes(type)) {
    return failure('malformed', `a document of type ${type} where ${found.join(' or ')} belongs`);
  }
  if (version === DOCUMENT_VERSION) return success(type as K);
  if (typeof version !== 'number' && typeof version !== 'bigint') {
    return failure('malformed', 'no version');
  }
  return failure('unknown_version', `version ${version}`);
}

function readDocument<K extends DocumentType>(
  type: K,
  values: readonly CborValue[],
): Result<DocumentsByType[K]> {
  const read: Record<string, unknown> = { type };
  // After type and version.
  const stopped = readFields(COLUMNS[type], { values, from: 2 }, read);
  if (stopped !== undefined) {
    if (stopped.refused !== UNKNOWN_SUITE) return malformed(type, stopped.field);
    return failure('unknown_suite', `${type}: ${stopped.field}`);
  }
  const fields = read as unknown as DocumentsByType[K];
  const wrong = (SHAPES[type] as Shape<DocumentsByType[K]>).check?.(fields);
  return wrong === undefined ? success(fields) : malformed(type, wrong);
}

function malformed(type: DocumentType, what: string): Failure<'malformed'> {
  return failure('malformed', `${type}: ${what}`);
}
