import { decodeCbor, encodeCbor, signedBytes, suiteNumber } from '../../src/index.ts';
import type { CborValue, DocumentType, Signed, Signer, SikkaDocument } from '../../src/index.ts';

/** Documents and packets that this package refuses to make: for cases that have to be refused. */

export type RawSigned = Omit<Signed, 'fields'>;

export interface RawDocument {
  readonly type: DocumentType;
  readonly values: readonly CborValue[];
  readonly parentId?: Uint8Array | undefined;
}

/** The payload of a good document, as the array it is. */
export function valuesOf({ payload }: Signed<SikkaDocument>): readonly CborValue[] {
  const decoded = decodeCbor(payload, { maxBytes: payload.length });
  if (!decoded.ok || !Array.isArray(decoded.value)) throw new TypeError('not a payload');
  return decoded.value as readonly CborValue[];
}

/** Signs any array as if it were the payload of a document. */
export async function signRaw(
  { type, values, parentId }: RawDocument,
  signer: Signer,
): Promise<RawSigned> {
  return signBytes({ type, parentId, payload: encodeCbor(values) }, signer);
}

export async function signBytes(
  { type, payload, parentId }: Omit<RawDocument, 'values'> & { readonly payload: Uint8Array },
  signer: Signer,
): Promise<RawSigned> {
  const { suite } = signer;
  const signature = await signer.sign(signedBytes({ type, suite, parentId }, payload));
  return { suite, payload, signature };
}

/** The three items of a document in a packet. */
export function itemsOf({ suite, payload, signature }: RawSigned): readonly CborValue[] {
  return [suiteNumber(suite), payload, signature];
}

export function rawPacket(kind: number, ...documents: readonly RawSigned[]): Uint8Array {
  return encodeCbor([kind, ...documents.flatMap(itemsOf)]);
}
