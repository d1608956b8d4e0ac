import { decodeBase64 } from '../base64.ts';
import { equalBytes, hex, utf8 } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { member, pythonJson, scalarText } from '../json-text/index.ts';
import type { JsonMember, JsonNode } from '../json-text/index.ts';
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
/** What a receipt says beside the members that were signed. */
const OWN = new Set(['version', 'type', 'signature', HASH]);

/**
 * The receipt of a payment as its older clients keep it (spec/wallet-key.md §5): a flat JSON text,
 * spaced and sorted, of the members of the text that was signed and the signature in base64,
 * closed by `receipt_hash`, the hash of the rest. It says that the signature was valid; nothing is
 * funded by it. Numbers are written as JSON readers write them again (`500.0` is `500`), or its
 * hash would not survive them.
 */
export function receiptOf(signed: string, signature: string): string {
  const read = readSignedObject(signed);
  if (!read.ok) throw new Error('A receipt of no payment.');
  const text = (value: string): JsonNode => ({ type: 'string', value, start: 0, end: 0 });
  const rest = [
    ...membersOf(read.value)
      .filter(({ key }) => !OWN.has(key))
      .map(({ key, value }) => ({ key, value: asReadersWrite(value) })),
    { key: 'version', value: text(VERSION) },
    { key: 'type', value: text(TYPE) },
    { key: 'signature', value: text(signature) },
  ];
  return written([...rest, { key: HASH, value: text(hashOf(rest)) }]);
}

export interface CheckedReceipt {
  /** This key signed what `signed` says. */
  readonly signatureValid: boolean;
  readonly hashValid: boolean;
  /** The text that was signed, read again; undefined where none was. */
  readonly signed: JsonNode | undefined;
}

/**
 * Checks a receipt's text against the key that it is said to be signed with: the members as they
 * stand in it, in any form of spec/wallet-key.md §2, and its hash over all but the hash. Refuses
 * what is no receipt with `malformed`.
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
  const inside = decodeBase64(scalarText(member(node, 'signature')) ?? '');
  const agrees = inside !== undefined && equalBytes(inside, signature);
  const signed = agrees ? await findSigned(textsOf(node), signature, key, verifier) : undefined;
  const said = signed === undefined ? undefined : readSignedObject(signed.text);
  const others = membersOf(node).filter((each) => each.key !== HASH);
  return success({
    signatureValid: said !== undefined,
    hashValid: scalarText(member(node, HASH)) === hashOf(others),
    signed: said?.ok === true ? said.value : undefined,
  });
}

/** The texts that may have been signed, also with the amount as Python writes a whole float. */
function* textsOf(receipt: JsonNode) {
  const members = membersOf(receipt).filter(({ key }) => !OWN.has(key));
  const floats = members.map(({ key, value }) =>
    key === 'amount' && value.type === 'number' && /^[0-9]+$/.test(value.text)
      ? { key, value: { ...value, text: `${value.text}.0` } }
      : { key, value },
  );
  for (const each of [members, floats]) yield* signedTexts(objectOf(each), SIX_FIELDS);
}

function asReadersWrite(value: JsonNode): JsonNode {
  if (value.type !== 'number') return value;
  const read = Number(value.text);
  // Beyond every double there is no number that a reader could write again.
  return Number.isFinite(read) ? { ...value, text: String(read) } : value;
}

/** SHA-256 in hex of the spaced, sorted text. */
function hashOf(members: readonly JsonMember[]): string {
  return hex(sha256(utf8(written(members))));
}

function written(members: readonly JsonMember[]): string {
  const text = pythonJson(objectOf(members), { spaced: true, stringified: false });
  if (text === undefined) throw new Error('An object has no text.');
  return text;
}

function objectOf(members: readonly JsonMember[]): JsonNode {
  return { type: 'object', members, start: 0, end: 0 };
}

function membersOf(node: JsonNode): readonly JsonMember[] {
  return node.type === 'object' ? node.members : [];
}
