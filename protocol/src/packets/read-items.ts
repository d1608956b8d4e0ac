import type { CborValue } from '../cbor.ts';
import { decodePayload } from '../documents/payload.ts';
import { documentId } from '../documents/signed-bytes.ts';
import type { DocumentsByType, DocumentType, Signed } from '../documents/types.ts';
import { failure, success } from '../errors.ts';
import type { Failure, Result } from '../errors.ts';
import { signatureLength, suiteOf } from '../suites/suite.ts';

/** Items of a packet that one signed document takes: suite, payload, signature. */
const ITEMS_OF_A_DOCUMENT = 3;
/** The kind comes first. */
const FIRST = 1;

export type Items = readonly CborValue[];

/** A document of one of the types, with its id. */
export interface Read<K extends DocumentType> {
  readonly document: Signed<DocumentsByType[K]>;
  readonly id: Uint8Array;
}

export interface Place<K extends DocumentType> {
  /** How many documents stand before it. */
  readonly at: number;
  readonly type: K | readonly K[];
  readonly parentId?: Uint8Array;
}

/** The document at a place: suite, payload, signature, in this order (spec/judge.md §6). */
export function readDocument<K extends DocumentType>(
  items: Items,
  { at, type, parentId }: Place<K>,
): Result<Read<K>> {
  const start = FIRST + at * ITEMS_OF_A_DOCUMENT;
  const [number, payload, signature] = items.slice(start, start + ITEMS_OF_A_DOCUMENT);
  if (typeof number !== 'number' && typeof number !== 'bigint') return malformed('no suite number');
  const suite = suiteOf(Number(number));
  if (suite === undefined) return failure('unknown_suite', `suite ${number} of a signature`);
  if (!(payload instanceof Uint8Array)) return malformed('no payload');
  const fields = decodePayload(type, payload);
  if (!fields.ok) return fields;
  if (!(signature instanceof Uint8Array) || signature.length !== signatureLength(suite)) {
    return malformed('no signature of the length that its suite has');
  }
  const context = { type: fields.value.type, suite, parentId };
  const document = { suite, payload, signature, fields: fields.value };
  return success({ document, id: documentId(context, payload) });
}

/** Two documents, of which the second speaks of the first. */
export interface ReadPair<P extends DocumentType, C extends DocumentType> {
  readonly parent: Read<P>;
  readonly child: Read<C>;
}

export function readPair<P extends DocumentType, C extends DocumentType>(
  items: Items,
  [parentType, childType]: readonly [P, C],
): Result<ReadPair<P, C>> {
  const parent = readDocument(items, { at: 0, type: parentType });
  if (!parent.ok) return parent;
  const child = readDocument(items, { at: 1, type: childType, parentId: parent.value.id });
  if (!child.ok) return child;
  return success({ parent: parent.value, child: child.value });
}

/** Makes one value of another, where there is one. */
export function mapResult<A, B>(result: Result<A>, make: (value: A) => B): Result<B> {
  return result.ok ? success(make(result.value)) : result;
}

export function malformed(what: string): Failure<'malformed'> {
  return failure('malformed', what);
}
