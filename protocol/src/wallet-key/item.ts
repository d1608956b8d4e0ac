import { decodeUtf8 } from '../bytes.ts';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import { failure, ProtocolError, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { parseJsonText } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import { MAX_PACKET_BYTES, MAX_WALLET_KEY_DEPTH, MAX_WALLET_KEY_VALUES } from '../limits.ts';
import { signatureLength } from '../suites/suite.ts';
import { keyPaymentId, readFields, WALLET_KEY_TAG } from './fields.ts';
import type { FieldsCode, KeyPaymentFields } from './fields.ts';

/** A wallet-key payment as handed in: what it claims, nothing proved. */
export interface WalletKeyItem {
  /** The JSON object as it was sent, byte for byte. */
  readonly text: string;
  readonly signature: Uint8Array;
  readonly node: JsonNode;
  readonly claimed: KeyPaymentFields;
  /** Id of the payment that it claims to be. */
  readonly paymentId: Uint8Array;
}

export type WalletKeyItemCode = FieldsCode | 'too_large';

const SIGNATURE_BYTES = signatureLength('PS256');
/** An array of three, whose first is the tag: what no packet starts with. */
const START = encodeCbor([WALLET_KEY_TAG, 0, 0]).slice(0, -2);

/**
 * A text and its signature as one item of a batch (spec/wallet-key.md §1).
 * @throws ProtocolError `malformed` for a signature that is not 256 bytes, `too_large` for an item
 * over 4,096.
 */
export function encodeWalletKeyItem(text: Uint8Array, signature: Uint8Array): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES) {
    throw new ProtocolError('malformed', 'a signature of RSA-2048 has 256 bytes');
  }
  const item = encodeCbor([WALLET_KEY_TAG, text, signature]);
  if (item.length > MAX_PACKET_BYTES) throw new ProtocolError('too_large', 'over 4,096 bytes');
  return item;
}

/** Whether bytes start as an item of this kind, whatever follows. */
export function isWalletKeyItem(bytes: Uint8Array): boolean {
  return START.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads an item: `too_large` over 4,096 bytes; `malformed` for other bytes than such an item, a
 * text that is not one JSON object, or has a key twice, or lacks one of the six members;
 * `wrong_currency` and `amount_zero` as for any amount.
 */
export function readWalletKeyItem(bytes: Uint8Array): Result<WalletKeyItem, WalletKeyItemCode> {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_PACKET_BYTES });
  if (!decoded.ok) {
    const code = decoded.code === 'too_large' ? 'too_large' : 'malformed';
    return failure(code, decoded.detail);
  }
  const parts = Array.isArray(decoded.value) ? (decoded.value as readonly unknown[]) : [];
  const [tag, written, signature] = parts;
  if (parts.length !== 3 || tag !== WALLET_KEY_TAG) return failure('malformed', 'not such an item');
  if (!(written instanceof Uint8Array) || !(signature instanceof Uint8Array)) {
    return failure('malformed', 'not such an item');
  }
  if (signature.length !== SIGNATURE_BYTES) return failure('malformed', 'no signature');
  const text = decodeUtf8(written);
  if (text === undefined) return failure('malformed', 'a text that is not UTF-8');
  return readSigned(text, signature);
}

/** The same of a text and signature that stand apart. */
export function readSigned(text: string, signature: Uint8Array): Result<WalletKeyItem, FieldsCode> {
  const node = readSignedObject(text);
  if (!node.ok) return node;
  const fields = readFields(node.value);
  if (!fields.ok) return fields;
  const claimed = fields.value;
  const paymentId = keyPaymentId(claimed);
  return success({ text, signature, node: node.value, claimed, paymentId });
}

/** A text that may have been signed: one JSON object within the limits. */
export function readSignedObject(text: string): Result<JsonNode, 'malformed'> {
  const limits = { depth: MAX_WALLET_KEY_DEPTH, nodes: MAX_WALLET_KEY_VALUES };
  const parsed = parseJsonText(text, limits);
  if (!parsed.ok) return failure('malformed', `${parsed.code}: ${parsed.detail}`);
  return parsed.value.type === 'object' ? parsed : failure('malformed', 'not a JSON object');
}
