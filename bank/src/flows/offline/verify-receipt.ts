import { checkReceipt, member, plainOf, readSpki, scalarText } from '@sikka/protocol';
import type { JsonNode, Verifier } from '@sikka/protocol';
import type { Handler } from '../../caller.ts';
import { decodeSignature, readBody } from './reading.ts';

/**
 * Whether this key signed what the receipt says. Whether the bank knows key or payment, nobody is
 * told: the route is public.
 */
export function verifyReceiptRoute(verifier: Verifier): Handler<'verifyReceipt'> {
  return async ({ raw }) => {
    const body = readBody(raw);
    const verdict = body === undefined ? invalid('malformed') : await verify(body, verifier);
    return { ok: true, status: 200, value: verdict };
  };
}

const MESSAGES = {
  valid: 'The receipt is valid.',
  malformed: 'The receipt, its signature or the public key cannot be read.',
  signature: 'The signature is not of this key over what the receipt says.',
  hash: 'The receipt’s hash is not that of the receipt.',
} as const;

function invalid(why: keyof typeof MESSAGES) {
  const message = MESSAGES[why];
  return {
    ...{ valid: false, signature_valid: false, hash_valid: false, transaction_data: null },
    message,
  };
}

async function verify(
  { text, node }: { readonly text: string; readonly node: JsonNode },
  verifier: Verifier,
) {
  const data = member(node, 'receipt_data');
  // As it was sent: an object's own text, or the text that a string holds.
  const receipt = data?.type === 'string' ? data.value : data && text.slice(data.start, data.end);
  const signature = decodeSignature(scalarText(member(node, 'signature')) ?? '');
  const key = readSpki(scalarText(member(node, 'sender_public_key')) ?? '');
  if (receipt === undefined || signature === undefined || !key.ok) return invalid('malformed');
  const checked = await checkReceipt(receipt, signature, key.value, verifier);
  if (!checked.ok) return invalid('malformed');
  const { signatureValid, hashValid, signed } = checked.value;
  return {
    valid: signatureValid && hashValid,
    signature_valid: signatureValid,
    hash_valid: hashValid,
    transaction_data: signed === undefined ? null : (plainOf(signed) as Record<string, unknown>),
    message: MESSAGES[!signatureValid ? 'signature' : hashValid ? 'valid' : 'hash'],
  };
}
