import { decodeUtf8, hex, utf8 } from '../bytes.ts';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_BATCH_BYTES } from '../limits.ts';
import { sha256 } from '../sha256.ts';
import { readLedgerText } from './upload.ts';
import type { LedgerFailure, LedgerUpload, SignedLedger } from './upload.ts';

const TAG = 'sikka/ledger/v1';
const START = encodeCbor([TAG, 0, 0, 0]).slice(0, -3);

/** A sealed ledger as the first item of a batch (spec/sealed-ledger.md §7): what was signed. */
export function encodeLedgerCarrier({ text, receiverKey, signature }: SignedLedger): Uint8Array {
  return encodeCbor([TAG, utf8(text), receiverKey, signature]);
}

/** Whether bytes start as the carrier of a ledger, whatever follows. */
export function isLedgerCarrier(bytes: Uint8Array): boolean {
  return START.every((byte, i) => bytes[i] === byte);
}

/** Reads a carrier; `ledger/malformed` for anything else. The hash is the text's own. */
export function readLedgerCarrier(bytes: Uint8Array): Result<SignedLedger, 'ledger/malformed'> {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_BATCH_BYTES });
  const parts = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  const [tag, written, receiverKey, signature] = parts as readonly unknown[];
  const text = written instanceof Uint8Array ? decodeUtf8(written) : undefined;
  if (parts.length !== 4 || tag !== TAG || text === undefined) {
    return failure('ledger/malformed', 'not the carrier of a ledger');
  }
  if (!isBytes(receiverKey, 33) || !isBytes(signature, 64)) {
    return failure('ledger/malformed', 'no key or signature');
  }
  return success({ text, hash: hex(sha256(utf8(text))), signature, receiverKey });
}

/** Reads a carrier with its entries, as the upload that it was: for an auditor to prove again. */
export function openLedgerCarrier(
  bytes: Uint8Array,
): { readonly ok: true; readonly value: LedgerUpload } | LedgerFailure {
  const signed = readLedgerCarrier(bytes);
  return signed.ok ? readLedgerText(signed.value) : signed;
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}
