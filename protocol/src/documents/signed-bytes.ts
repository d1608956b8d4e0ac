import { concatBytes, utf8 } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { sha256 } from '../sha256.ts';
import { protectedHeader, SUITES } from '../suites/suite.ts';
import type { Suite } from '../suites/suite.ts';
import { byteStringHead } from './byte-string.ts';
import { DOCUMENT_VERSION } from './payload.ts';
import { DOCUMENT_TYPES, SHAPES } from './shapes.ts';
import type { DocumentType } from './types.ts';

/** What is signed besides the payload. */
export interface SigningContext {
  readonly type: DocumentType;
  readonly suite: Suite;
  /** The id of the document this one speaks of, exactly where its type has a parent. */
  readonly parentId?: Uint8Array | undefined;
}

const PARENT_ID_BYTES = 32;

/**
 * The Sig_structure bytes of a document (RFC 9052 §4.4, spec/documents.md §1): the only place that
 * builds what is signed.
 * @throws ProtocolError where a parent id is missing, or given to a type that has none.
 */
export function signedBytes(context: SigningContext, payload: Uint8Array): Uint8Array {
  const { type, suite, parentId } = context;
  const expected = SHAPES[type].parent === undefined ? undefined : PARENT_ID_BYTES;
  if (parentId?.length !== expected) {
    throw new ProtocolError('malformed', `${type}: the id of its parent is missing or too much`);
  }
  const start = STARTS[type][suite];
  const head = byteStringHead(payload.length);
  if (parentId === undefined) return concatBytes(start, head, payload);
  return concatBytes(start, parentId, head, payload);
}

/** SHA-256 of the signed bytes: never of the signature, which its signer can make anew. */
export function documentId(context: SigningContext, payload: Uint8Array): Uint8Array {
  return sha256(signedBytes(context, payload));
}

/** Everything before the parent id, which depends only on type and suite. */
const STARTS = Object.fromEntries(
  DOCUMENT_TYPES.map((type) => [
    type,
    Object.fromEntries(SUITES.map((suite) => [suite, start(type, suite)])),
  ]),
) as Readonly<Record<DocumentType, Readonly<Record<Suite, Uint8Array>>>>;

function start(type: DocumentType, suite: Suite): Uint8Array {
  const context = utf8('Signature1');
  const header = protectedHeader(suite);
  const domain = utf8(`sikka/${type}/v${DOCUMENT_VERSION}`);
  const parentBytes = SHAPES[type].parent === undefined ? 0 : PARENT_ID_BYTES;
  return concatBytes(
    // An array of four: context text, protected header, external data, payload.
    Uint8Array.of(0x84, 0x60 | context.length),
    context,
    byteStringHead(header.length),
    header,
    byteStringHead(domain.length + parentBytes),
    domain,
  );
}
