import { hex, utf8 } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { member, pythonJson, pythonString, scalarText } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import { sha256 } from '../sha256.ts';
import type { Verifier } from '../suites/ports.ts';
import { SIX_FIELDS } from './fields.ts';
import { readSignedObject } from './item.ts';
import { findSigned } from './prove.ts';
import type { WalletKey } from './spki.ts';
import { signedTexts } from './texts.ts';

const VERSION = '1.0';
const TYPE = 'offline_payment_receipt';
const HASH = 'receipt_hash';

/**
 * The receipt of a payment as its older clients keep it (spec/wallet-key.md §5): a flat JSON text,
 * spaced and sorted, of the six members as they were given and the signature in base64, closed by
 * `receipt_hash`, the hash of the rest. It says that the signature was valid; nothing is funded.
 */
export function receiptOf(payment: JsonNode, signature: string): string {
  const members = SIX_FIELDS.map((key) => {
    const value = member(payment, key);
    if (value === undefined) throw new Error('A receipt of no payment.');
    return { key, value };
  });
  const text = (value: string): JsonNode => ({ type: 'string', value, start: 0, end: 0 });
  const rest = [
    ...members,
    { key: 'version', value: text(VERSION) },
    { key: 'type', value: text(TYPE) },
    { key: 'signature', value: text(signature) },
  ];
  const hash = hashOf({ type: 'object', members: rest, start: 0, end: 0 });
  return written([...rest, { key: HASH, value: text(hash) }]);
}

export interface CheckedReceipt {
  readonly signatureValid: boolean;
  readonly hashValid: boolean;
}

/**
 * Checks a receipt's text against the key that it is said to be signed with: the six members as
 * they stand in it, and its hash over the others. Refuses what is no JSON object with `malformed`.
 */
export async function checkReceipt(
  text: string,
  signature: Uint8Array,
  key: WalletKey,
  verifier: Verifier,
): Promise<Result<CheckedReceipt, 'malformed'>> {
  const read = readSignedObject(text);
  if (!read.ok) return read;
  const node = read.value;
  const isReceipt =
    scalarText(member(node, 'version')) === VERSION && scalarText(member(node, 'type')) === TYPE;
  if (!isReceipt) return failure('malformed', 'not a receipt');
  const candidates = signedTexts(node, SIX_FIELDS).filter(({ covered }) => covered === 'six');
  const signed = await findSigned(candidates, signature, key, verifier);
  const hashValid = scalarText(member(node, HASH)) === hashOf(node);
  return success({ signatureValid: signed !== undefined, hashValid });
}

/** SHA-256 in hex of the spaced, sorted text of every member but the hash itself. */
function hashOf(node: JsonNode): string {
  const members = node.type === 'object' ? node.members.filter(({ key }) => key !== HASH) : [];
  return hex(sha256(utf8(written(members))));
}

function written(members: readonly { readonly key: string; readonly value: JsonNode }[]): string {
  const node: JsonNode = { type: 'object', members, start: 0, end: 0 };
  return pythonJson(node, { spaced: true, stringified: false }) ?? pythonString('');
}
