import { decodeUtf8, utf8 } from '../bytes.ts';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { parseJsonText } from '../json-text/index.ts';
import { MAX_LEDGER_DEPTH, MAX_PACKET_BYTES } from '../limits.ts';
import { LEDGER_TAG } from './prove.ts';
import { readFields } from './transaction.ts';
import type { LedgerTransaction } from './transaction.ts';

const LIMITS = { depth: MAX_LEDGER_DEPTH, nodes: 16 };
/** An array of four, whose first is the tag: what no packet starts with. */
const START = encodeCbor([LEDGER_TAG, 0, 0, 0]).slice(0, -3);

/** A transaction as one item of a batch (spec/sealed-ledger.md §5): what its proof needs. */
export function encodeLedgerItem(transaction: LedgerTransaction): Uint8Array {
  const { canonical, senderKey, signature } = transaction;
  return encodeCbor([LEDGER_TAG, utf8(canonical), senderKey, signature]);
}

/** Whether bytes start as an item of this kind, whatever follows. */
export function isLedgerItem(bytes: Uint8Array): boolean {
  return START.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads an item. Refuses with `ledger/transaction_malformed` whatever is not exactly what
 * {@link encodeLedgerItem} writes: another text of the same transaction too.
 */
export function readLedgerItem(
  bytes: Uint8Array,
): Result<LedgerTransaction, 'ledger/transaction_malformed'> {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_PACKET_BYTES });
  const parts = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  const [tag, text, senderKey, signature] = parts as readonly unknown[];
  if (parts.length !== 4 || tag !== LEDGER_TAG) return malformed('not such an item');
  if (!isBytes(senderKey, 33) || !isBytes(signature, 64)) return malformed('no key or signature');
  const canonical = text instanceof Uint8Array ? decodeUtf8(text) : undefined;
  const parsed = canonical === undefined ? undefined : parseJsonText(canonical, LIMITS);
  if (parsed?.ok !== true) return malformed('no JSON text');
  const fields = readFields(parsed.value);
  if (!fields.ok) return fields;
  if (fields.value.canonical !== canonical) return malformed('not the text that is hashed');
  return success({ ...fields.value, senderKey, signature });
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

function malformed(detail: string): Result<never, 'ledger/transaction_malformed'> {
  return failure('ledger/transaction_malformed', detail);
}
