import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { parseLooseAmount, parseWalletNumber } from '../identifiers/index.ts';
import { member, scalarText } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import { MAX_PACKET_BYTES, MAX_WALLET_KEY_NONCE, MAX_WALLET_KEY_TIMESTAMP } from '../limits.ts';
import type { Verifier } from '../suites/ports.ts';
import { readSignedObject } from './item.ts';
import { findSigned } from './prove.ts';
import type { WalletKey } from './spki.ts';
import { signedTexts } from './texts.ts';

/** The members of a receiver's attestation, in the order they are signed in. */
export const ATTESTATION_FIELDS = [
  'amount',
  'currency',
  'direction',
  'nonce',
  'payee_id',
  'payer_id',
  'receiver_wallet_id',
  'timestamp',
  'tx_id',
] as const;

/** What a receiver says was paid to him: it is linked to a payment and never moves money. */
export interface Attestation {
  readonly amountMinor: bigint;
  /** ISO 4217 letters. */
  readonly currency: string;
  readonly nonce: string;
  readonly payeeId: string;
  readonly payerId: string;
  readonly receiverWallet: number;
  /** As written. */
  readonly timestamp: string;
  readonly txId: string;
}

const PRINTABLE = /^[ -~]+$/;
/** Account ids and the like: short, printable. */
const MAX_ID_CHARACTERS = 128;

/** Reads what an attestation claims; nothing is proved. Refuses with `malformed` and the like. */
export function readAttestation(
  text: string,
): Result<Attestation, 'malformed' | 'wrong_currency' | 'amount_zero'> {
  const read = text.length > MAX_PACKET_BYTES ? undefined : readSignedObject(text);
  return read?.ok === true ? attestationIn(read.value) : failure('malformed', 'not an attestation');
}

/**
 * Verifies an attestation by a key of the receiver's wallet, in any form of spec/wallet-key.md §2,
 * and reads it out of the text that was signed.
 */
export async function verifyAttestation(
  text: string,
  signature: Uint8Array,
  key: WalletKey,
  verifier: Verifier,
): Promise<
  Result<Attestation, 'malformed' | 'wrong_currency' | 'amount_zero' | 'payee_signature_invalid'>
> {
  const claimed = readAttestation(text);
  const node = readSignedObject(text);
  if (!claimed.ok) return claimed;
  if (!node.ok) return node;
  const candidates = signedTexts(node.value, ATTESTATION_FIELDS);
  const signed = await findSigned(candidates, signature, key, verifier);
  if (signed === undefined) return failure('payee_signature_invalid', 'no form was signed');
  return readAttestation(signed.text);
}

function attestationIn(node: JsonNode): ReturnType<typeof readAttestation> {
  const values = ATTESTATION_FIELDS.map((key) => scalarText(member(node, key)));
  const [amount, currency, direction, nonce, payeeId, payerId, wallet, timestamp, txId] = values;
  if (direction !== 'RECEIVED') return failure('malformed', 'not the receiver’s side');
  const receiver = parseWalletNumber(wallet ?? '');
  if (!receiver.ok) return receiver;
  if (
    !isPrintable(nonce, MAX_WALLET_KEY_NONCE) ||
    !isPrintable(timestamp, MAX_WALLET_KEY_TIMESTAMP) ||
    !isPrintable(payeeId, MAX_ID_CHARACTERS) ||
    !isPrintable(payerId, MAX_ID_CHARACTERS) ||
    !isPrintable(txId, MAX_ID_CHARACTERS) ||
    amount === undefined ||
    currency === undefined
  ) {
    return failure('malformed', 'a member is missing or too long');
  }
  const minor = parseLooseAmount(amount, currency);
  if (!minor.ok) return minor;
  return success({
    amountMinor: minor.value,
    currency,
    nonce,
    payeeId,
    payerId,
    receiverWallet: receiver.value,
    timestamp,
    txId,
  });
}

function isPrintable(text: string | undefined, most: number): text is string {
  return text !== undefined && text.length <= most && PRINTABLE.test(text);
}
