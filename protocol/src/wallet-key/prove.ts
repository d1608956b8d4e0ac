import { equalBytes, utf8 } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { member, scalarText } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import type { Verifier } from '../suites/ports.ts';
import { keyPaymentId, readFields, SIX_FIELDS } from './fields.ts';
import { readSignedObject } from './item.ts';
import type { WalletKeyItem } from './item.ts';
import type { WalletKey } from './spki.ts';
import type { SignedText } from './texts.ts';
import { signedTexts } from './texts.ts';
import { VerifiedKeyPayment } from './verified.ts';

/**
 * Proves that a wallet's key signed this payment, in one of the forms of spec/wallet-key.md §2, and
 * reads it again out of the text that was signed. Refuses with `payer_signature_invalid`, and with
 * `malformed` what says of itself that it is something else. The key has to be found by the caller.
 */
export async function proveWalletKey(
  item: WalletKeyItem,
  key: WalletKey,
  verifier: Verifier,
): Promise<Result<VerifiedKeyPayment, 'payer_signature_invalid' | 'malformed'>> {
  const candidates = signedTexts(item.node, SIX_FIELDS);
  const signed = await findSigned(candidates, item.signature, key, verifier);
  if (signed === undefined) return failure('payer_signature_invalid', 'no form was signed');
  const read = readSignedObject(signed.text);
  const fields = read.ok ? readFields(read.value) : read;
  if (!read.ok || !fields.ok) throw new Error('A form of a payment is none.');
  const paymentId = keyPaymentId(fields.value);
  // The id by which it was looked up is of the same values: forms differ in spelling alone.
  if (!equalBytes(paymentId, item.paymentId)) throw new Error('A form says something else.');
  const direction = member(read.value, 'direction');
  if (direction !== undefined && scalarText(direction) !== 'SENT') {
    return failure('malformed', 'not the payer’s side of a payment');
  }
  const says = otherScalars(read.value);
  const keyId = key.id;
  return success(
    new VerifiedKeyPayment({ item, keyId, fields: fields.value, paymentId, signed, says }),
  );
}

/** The first text that the key signed. */
export async function findSigned(
  candidates: Iterable<SignedText>,
  signature: Uint8Array,
  key: WalletKey,
  verifier: Verifier,
): Promise<SignedText | undefined> {
  for (const candidate of candidates) {
    const message = utf8(candidate.text);
    if (await verifier.verify('PS256', key.modulus, message, signature)) return candidate;
  }
  return undefined;
}

const SIX: ReadonlySet<string> = new Set(SIX_FIELDS);

function otherScalars(node: JsonNode): ReadonlyMap<string, string> {
  const says = new Map<string, string>();
  for (const { key, value } of node.type === 'object' ? node.members : []) {
    const text = scalarText(value);
    if (text !== undefined && !SIX.has(key)) says.set(key, text);
  }
  return says;
}
