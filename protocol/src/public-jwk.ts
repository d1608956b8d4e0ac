import { decodeBase64Url, encodeBase64Url } from './base64.ts';
import { concatBytes } from './bytes.ts';
import { member, scalarText } from './json-text/index.ts';
import type { JsonNode } from './json-text/index.ts';
import { compressPoint, decompressPoint } from './point.ts';

/** A public P-256 key as a JSON Web Key (RFC 7518 §6.2.1). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

const COORDINATE_BYTES = 32;
const UNCOMPRESSED = Uint8Array.of(4);

/**
 * The point of a public P-256 key in JWK form: 33 bytes, compressed. Undefined for another type or
 * curve, coordinates that are not 32 bytes in canonical base64url, a point off the curve, and a
 * key that gives its private half away (`d`). Other members are not looked at.
 */
export function readPublicJwk(node: JsonNode | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (node === undefined || member(node, 'd') !== undefined) return undefined;
  if (textIn(node, 'kty') !== 'EC' || textIn(node, 'crv') !== 'P-256') return undefined;
  const [x, y] = [coordinate(textIn(node, 'x')), coordinate(textIn(node, 'y'))];
  if (x === undefined || y === undefined) return undefined;
  return compressPoint(concatBytes(UNCOMPRESSED, x, y));
}

/** A compressed point (33 bytes) as a JWK; undefined for bytes that are no point on the curve. */
export function publicJwk(publicKey: Uint8Array): PublicJwk | undefined {
  const point = decompressPoint(publicKey);
  if (point === undefined) return undefined;
  const at = (start: number) => encodeBase64Url(point.subarray(start, start + COORDINATE_BYTES));
  return { kty: 'EC', crv: 'P-256', x: at(1), y: at(1 + COORDINATE_BYTES) };
}

function textIn(node: JsonNode, key: string): string | undefined {
  const value = member(node, key);
  return value?.type === 'string' ? scalarText(value) : undefined;
}

function coordinate(text: string | undefined): Uint8Array | undefined {
  const bytes = text === undefined ? undefined : decodeBase64Url(text);
  return bytes?.length === COORDINATE_BYTES ? bytes : undefined;
}
