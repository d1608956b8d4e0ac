import { utf8 } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';
import { decodePacket } from '../packets/index.ts';
import { isLedgerItem, ledgerPaymentId, readLedgerItem } from '../sealed-ledger/index.ts';
import { sha256 } from '../sha256.ts';
import { isWalletKeyItem, readWalletKeyItem } from '../wallet-key/index.ts';
import type { BundleCarrier } from './carrier.ts';
import { deviceTransactionId } from './transaction.ts';
import type { DeviceTransaction } from './transaction.ts';
import { OpenedCarrier } from './verified.ts';

/** A carrier with what its payload was opened to, each transaction with the hashes that name it. */
export function openedCarrier(
  carrier: BundleCarrier,
  payloadHash: Uint8Array,
  transactions: readonly DeviceTransaction[],
): OpenedCarrier {
  const carried = transactions.map((transaction) => ({
    transaction,
    documentId: deviceTransactionId(carrier.deviceId, transaction.localId),
    content: deviceTransactionContent(transaction),
  }));
  return new OpenedCarrier({ carrier, payloadHash, transactions: carried });
}

/**
 * What a transaction says, as one hash (spec/device-bundle.md §7): a till's id is only a name, so
 * this is compared wherever it comes again. `meta` does not count, but for the payment in it.
 */
export function deviceTransactionContent(transaction: DeviceTransaction): Uint8Array {
  const { type, amountMinor, currency, sender, receiver, merchantId, initiatedAt } = transaction;
  const texts = [sender, receiver, merchantId ?? '', initiatedAt].map((text) => utf8(text));
  const { payment } = transaction;
  const paid = payment === undefined ? new Uint8Array(0) : carriedPaymentId(payment);
  return sha256(encodeCbor([type, amountMinor, currency, ...texts, paid]));
}

/** The id that an item of a batch has as a payment; of what is none, its hash. */
function carriedPaymentId(item: Uint8Array): Uint8Array {
  if (isWalletKeyItem(item)) {
    const read = readWalletKeyItem(item);
    return read.ok ? read.value.paymentId : sha256(item);
  }
  if (isLedgerItem(item)) {
    const read = readLedgerItem(item);
    return read.ok ? ledgerPaymentId(read.value) : sha256(item);
  }
  const decoded = decodePacket(item);
  const isPayment = decoded.ok && decoded.value.kind === 'payment';
  return isPayment ? decoded.value.paymentId : sha256(item);
}
