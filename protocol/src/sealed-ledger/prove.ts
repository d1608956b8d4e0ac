import { concatBytes, equalBytes, hex, utf8 } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { sha256 } from '../sha256.ts';
import { keyHash } from '../suites/key-formats.ts';
import type { Verifier } from '../suites/ports.ts';
import { transactionHash } from './transaction.ts';
import type { LedgerTransaction } from './transaction.ts';
import type { LedgerUpload } from './upload.ts';
import { VerifiedLedger, VerifiedLedgerPayment } from './verified.ts';

/** The domain tag of items and payment ids. */
export const LEDGER_TAG = 'sikka/ledger-entry/v1';

/** The id of a transaction: of what was hashed, never of the signature or of where it stands. */
export function ledgerPaymentId(transaction: { readonly canonical: string }): Uint8Array {
  return sha256(concatBytes(utf8(LEDGER_TAG), transactionHash(transaction)));
}

/**
 * Proves that the key registered for the sender (33 bytes) signed a transaction. Refuses with
 * `ledger/sender_key_mismatch` where it names another key, `ledger/sender_signature_invalid`.
 */
export async function proveLedgerEntry(
  transaction: LedgerTransaction,
  registered: Uint8Array,
  verifier: Verifier,
): Promise<
  Result<VerifiedLedgerPayment, 'ledger/sender_key_mismatch' | 'ledger/sender_signature_invalid'>
> {
  if (!equalBytes(transaction.senderKey, registered)) {
    return failure('ledger/sender_key_mismatch', 'not the key registered for the sender');
  }
  const { signature } = transaction;
  const message = transactionHash(transaction);
  if (!(await verifier.verify('ECDSA-P256', registered, message, signature))) {
    return failure('ledger/sender_signature_invalid', 'the sender did not sign this');
  }
  const keyId = keyHash('ES256', registered);
  const paymentId = ledgerPaymentId(transaction);
  return success(new VerifiedLedgerPayment({ transaction, keyId, paymentId }));
}

/**
 * Proves that the key registered for the receiver (33 bytes) signed the whole of a sealed ledger.
 * Refuses with `ledger/hash_mismatch`, `ledger/receiver_key_mismatch`,
 * `ledger/receiver_signature_invalid`; an upload that was not sealed with the last.
 */
export async function proveLedger(
  { signed, entries }: LedgerUpload,
  registered: Uint8Array,
  verifier: Verifier,
): Promise<
  Result<
    VerifiedLedger,
    'ledger/hash_mismatch' | 'ledger/receiver_key_mismatch' | 'ledger/receiver_signature_invalid'
  >
> {
  if (signed === undefined) {
    return failure('ledger/receiver_signature_invalid', 'no receiver signed this');
  }
  const hash = sha256(utf8(signed.text));
  if (hex(hash) !== signed.hash) return failure('ledger/hash_mismatch', 'another ledger’s hash');
  if (!equalBytes(signed.receiverKey, registered)) {
    return failure('ledger/receiver_key_mismatch', 'not the key registered for the receiver');
  }
  if (!(await verifier.verify('ECDSA-P256', registered, hash, signed.signature))) {
    return failure('ledger/receiver_signature_invalid', 'the receiver did not sign this');
  }
  const keyId = keyHash('ES256', registered);
  return success(new VerifiedLedger({ signed, entries, keyId }));
}
