import { hex } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { member, parseJsonText } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import { MAX_LEDGER_DEPTH, MAX_QR_TEXT_CHARACTERS } from '../limits.ts';
import { readPublicJwk } from '../public-jwk.ts';
import type { KeyAgreement } from '../sealing/key-wrap.ts';
import type { Verifier } from '../suites/ports.ts';
import { openText } from './envelope.ts';
import { readTransaction, transactionHash } from './transaction.ts';
import type { LedgerTransaction } from './transaction.ts';

/** A transaction that came to its receiver. Its key is the one that it names: ask the bank. */
export interface ReceivedTransaction {
  readonly transaction: LedgerTransaction;
  /** Its hash, in hex. */
  readonly hash: string;
  /** The signed transaction as it stood in the envelope, to be kept in the ledger as it is. */
  readonly text: string;
}

export type ReceiveCode =
  | 'ledger/too_large'
  | 'ledger/malformed'
  | 'ledger/key_invalid'
  | 'ledger/open_failed'
  | 'ledger/transaction_malformed'
  | 'ledger/transaction_hash_mismatch'
  | 'ledger/sender_signature_invalid';

const LIMITS = { depth: MAX_LEDGER_DEPTH, nodes: 128 };

/**
 * Opens what a sender sealed to a receiver and verifies it as far as anybody can offline: that the
 * key which it names signed it (spec/sealed-ledger.md §2, §3). Whose key that is, only the bank
 * knows. Never throws.
 */
export async function openTransaction(
  sealed: string,
  {
    agreements,
    verifier,
  }: {
    readonly agreements: readonly KeyAgreement[];
    readonly verifier: Verifier;
  },
): Promise<Result<ReceivedTransaction, ReceiveCode>> {
  const outer = parse(sealed);
  if (!outer.ok) return outer;
  const opened = await openText(outer.value, { peer: 'sender_ecdh_public_key', agreements });
  if (!opened.ok) return opened;
  const inner = parse(opened.value);
  if (!inner.ok) return inner;
  const read = readTransaction(inner.value, readPublicJwk);
  if (!read.ok) return read;
  const transaction = read.value;
  const hash = transactionHash(transaction);
  const claimed = member(inner.value, 'hash');
  if (claimed?.type !== 'string' || claimed.value !== hex(hash)) {
    return failure('ledger/transaction_hash_mismatch', 'another transaction’s hash');
  }
  const { senderKey, signature } = transaction;
  if (!(await verifier.verify('ECDSA-P256', senderKey, hash, signature))) {
    return failure('ledger/sender_signature_invalid', 'the key that it names did not sign it');
  }
  return success({ transaction, hash: hex(hash), text: opened.value });
}

function parse(text: string): Result<JsonNode, 'ledger/too_large' | 'ledger/malformed'> {
  if (text.length > MAX_QR_TEXT_CHARACTERS) {
    return failure('ledger/too_large', `more than ${MAX_QR_TEXT_CHARACTERS} characters`);
  }
  const parsed = parseJsonText(text, LIMITS);
  return parsed.ok ? parsed : failure('ledger/malformed', `${parsed.code}: ${parsed.detail}`);
}
