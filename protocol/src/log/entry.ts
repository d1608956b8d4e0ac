import { concatBytes, utf8 } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';
import { sha256 } from '../sha256.ts';

/** What the log says of one settled payment (spec/log.md §1). */
export interface LogEntry {
  readonly paymentId: Uint8Array;
  readonly allowanceId: Uint8Array;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payeeWallet: number;
  readonly settledAt: number;
}

const LOG_DOMAIN = utf8('sikka/log/v1');

/** An entry's bytes: what a leaf hashes. */
export function logEntry(entry: LogEntry): Uint8Array {
  return encodeCbor([
    entry.paymentId,
    entry.allowanceId,
    entry.amountMinor,
    entry.currency,
    entry.payeeWallet,
    entry.settledAt,
  ]);
}

/** The id of a bank's log: 32 bytes of the bank's text id. */
export function logId(bank: string): Uint8Array {
  return sha256(concatBytes(LOG_DOMAIN, utf8(bank)));
}
