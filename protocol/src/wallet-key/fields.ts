import { concatBytes, utf8 } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { currencyOf, parseLooseAmount, parseWalletNumber } from '../identifiers/index.ts';
import { member, scalarText } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import { MAX_WALLET_KEY_NONCE, MAX_WALLET_KEY_TIMESTAMP } from '../limits.ts';
import { sha256 } from '../sha256.ts';
import { readSpki } from './spki.ts';

/** The members that a payment is made of, in the order they are signed in. */
export const SIX_FIELDS = [
  'amount',
  'currency',
  'nonce',
  'receiver_public_key',
  'sender_wallet_id',
  'timestamp',
] as const;

/** The domain tag of items and payment ids. */
export const WALLET_KEY_TAG = 'sikka/wallet-key/v1';

/** What the six members say, whatever form they were written in. */
export interface KeyPaymentFields {
  readonly payerWallet: number;
  /** 1 … 128 characters of printable ASCII, unique for its payer wallet for ever. */
  readonly nonce: string;
  readonly amountMinor: bigint;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** SHA-256 of the receiver key's SubjectPublicKeyInfo. */
  readonly payeeKey: Uint8Array;
  /** As written. */
  readonly timestamp: string;
}

export type FieldsCode = 'malformed' | 'wrong_currency' | 'amount_zero';

const PRINTABLE = /^[ -~]+$/;
const WALLET_DIGITS = /^[0-9]{12}$/;

/** Reads the six members of an object (spec/wallet-key.md §3); others are not looked at. */
export function readFields(node: JsonNode): Result<KeyPaymentFields, FieldsCode> {
  const texts = SIX_FIELDS.map((key) => scalarText(member(node, key)));
  const [amount, letters, nonce, pem, wallet, timestamp] = texts;
  const payer = parseWalletNumber(WALLET_DIGITS.test(wallet ?? '') ? (wallet ?? '') : '');
  if (!payer.ok) return failure('malformed', 'no wallet number in sender_wallet_id');
  if (!isPrintable(nonce, MAX_WALLET_KEY_NONCE)) return failure('malformed', 'no nonce');
  if (!isPrintable(timestamp, MAX_WALLET_KEY_TIMESTAMP))
    return failure('malformed', 'no timestamp');
  const payeeKey = readSpki(pem ?? '');
  if (!payeeKey.ok) return payeeKey;
  if (amount === undefined || letters === undefined) return failure('malformed', 'no amount');
  const minor = parseLooseAmount(amount, letters);
  if (!minor.ok) return minor;
  return success({
    payerWallet: payer.value,
    nonce,
    amountMinor: minor.value,
    currency: numericOf(letters),
    payeeKey: payeeKey.value.id,
    timestamp,
  });
}

function isPrintable(text: string | undefined, most: number): text is string {
  return text !== undefined && text.length <= most && PRINTABLE.test(text);
}

function numericOf(letters: string): number {
  const currency = currencyOf(letters);
  if (currency === undefined) throw new Error('An amount was read in no currency.');
  return currency.numeric;
}

/** The id of a payment: of what it says, never of how it was written or signed. */
export function keyPaymentId(fields: KeyPaymentFields): Uint8Array {
  const { payerWallet, nonce, amountMinor, currency, payeeKey, timestamp } = fields;
  const content = [payerWallet, nonce, amountMinor, currency, payeeKey, timestamp];
  return sha256(concatBytes(utf8(WALLET_KEY_TAG), encodeCbor(content)));
}
