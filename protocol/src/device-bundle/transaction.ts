import { decodeBase64 } from '../base64.ts';
import { concatBytes, utf8 } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';
import { failure, success } from '../errors.ts';
import type { Failure, Result } from '../errors.ts';
import { currencyOf, parseLooseAmount } from '../identifiers/index.ts';
import { javascriptNumber, member } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import {
  MAX_BUNDLE_META_CHARACTERS,
  MAX_OLDER_ID_CHARACTERS,
  MAX_PACKET_BYTES,
} from '../limits.ts';
import { decodeQrText } from '../qr-text.ts';
import { sha256 } from '../sha256.ts';

export const BUNDLE_TRANSACTION_TYPES = ['p2p', 'merchant', 'cashin', 'cashout', 'agent'] as const;
export type BundleTransactionType = (typeof BUNDLE_TRANSACTION_TYPES)[number];

/** One transaction of a till's bundle (spec/device-bundle.md §4). */
export interface DeviceTransaction {
  /** Unique for its device for ever; 1 … 128 characters of printable ASCII. */
  readonly localId: string;
  readonly type: BundleTransactionType;
  readonly amountMinor: bigint;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** A wallet number, phone number or alias, as written; who that is, the bank finds out. */
  readonly sender: string;
  readonly receiver: string;
  readonly merchantId: string | undefined;
  /** As written: ISO 8601. */
  readonly initiatedAt: string;
  /** The payer's own signed payment, as an item of a batch: a packet or another's item. */
  readonly payment: Uint8Array | undefined;
  /** `meta` as it was written. */
  readonly meta: string | undefined;
}

type TransactionCode =
  'bundle/transaction_malformed' | 'bundle/currency_unknown' | 'bundle/amount_invalid';

const PRINTABLE = /^[ -~]+$/;
const VISIBLE = /^[^\p{C}]+$/u;
const TAG = 'sikka/device-transaction/v1';

/**
 * The id of a till's transaction: of the device and its local id, which are used once for ever
 * whatever bundle they come in. What it says is compared, not hashed in.
 */
export function deviceTransactionId(deviceId: string, localId: string): Uint8Array {
  return sha256(concatBytes(utf8(TAG), encodeCbor([deviceId, localId])));
}

/** Reads one transaction; `text` is the whole the node stands in. */
export function readDeviceTransaction(
  node: JsonNode,
  text: string,
): Result<DeviceTransaction, TransactionCode> {
  const localId = idIn(node, 'local_id', PRINTABLE);
  const type = BUNDLE_TRANSACTION_TYPES.find((each) => each === textOf(member(node, 'type')));
  const [sender, receiver] = [idIn(node, 'sender', VISIBLE), idIn(node, 'receiver', VISIBLE)];
  const initiatedAt = idIn(node, 'initiated_at', PRINTABLE);
  if (localId === undefined || type === undefined) return malformed('no local_id or type');
  if (sender === undefined || receiver === undefined) return malformed('no sender or receiver');
  if (initiatedAt === undefined) return malformed('no initiated_at');
  const merchant = present(member(node, 'merchant_id'));
  const merchantId = merchant === undefined ? undefined : idIn(node, 'merchant_id', VISIBLE);
  if (merchant !== undefined && merchantId === undefined) return malformed('no merchant_id');
  const money = moneyIn(node);
  if (!money.ok) return money;
  const meta = readMeta(present(member(node, 'meta')), text);
  if (!meta.ok) return meta;
  const named = { localId, type, sender, receiver, merchantId, initiatedAt };
  return success({ ...named, ...money.value, ...meta.value });
}

function moneyIn(
  node: JsonNode,
): Result<Pick<DeviceTransaction, 'amountMinor' | 'currency'>, TransactionCode> {
  const currency = currencyOf(textOf(member(node, 'currency')) ?? '');
  if (currency === undefined) return failure('bundle/currency_unknown', 'not in the table');
  const amount = member(node, 'amount');
  const written =
    amount?.type === 'number' ? javascriptNumber(amount.text) : (textOf(amount) ?? undefined);
  const minor = parseLooseAmount(written ?? '', currency.numeric);
  if (!minor.ok) return failure('bundle/amount_invalid', minor.detail);
  return success({ amountMinor: minor.value, currency: currency.numeric });
}

function readMeta(
  node: JsonNode | undefined,
  text: string,
): Result<Pick<DeviceTransaction, 'meta' | 'payment'>, TransactionCode> {
  if (node === undefined) return success({ meta: undefined, payment: undefined });
  const meta = text.slice(node.start, node.end);
  if (node.type !== 'object' || meta.length > MAX_BUNDLE_META_CHARACTERS) {
    return malformed('meta is no object, or too long');
  }
  const named = present(member(node, 'payment'));
  const payment = named === undefined ? undefined : paymentOf(textOf(named) ?? '');
  if (named !== undefined && payment === undefined) return malformed('meta.payment is no payment');
  return success({ meta, payment });
}

/** A payment as it was shown (`SK1:…`), or an item of a batch in base64. */
function paymentOf(text: string): Uint8Array | undefined {
  const shown = text.startsWith('SK1:') ? decodeQrText(text) : undefined;
  const bytes = shown?.ok === true ? shown.value : decodeBase64(text);
  return bytes === undefined || bytes.length === 0 || bytes.length > MAX_PACKET_BYTES
    ? undefined
    : bytes;
}

/** JSON's null is what is not there. */
function present(node: JsonNode | undefined): JsonNode | undefined {
  return node?.type === 'literal' && node.value === null ? undefined : node;
}

function idIn(node: JsonNode, key: string, pattern: RegExp): string | undefined {
  const text = textOf(member(node, key));
  if (text === undefined || text.length > MAX_OLDER_ID_CHARACTERS) return undefined;
  return pattern.test(text) ? text : undefined;
}

function textOf(node: JsonNode | undefined): string | undefined {
  return node?.type === 'string' ? node.value : undefined;
}

function malformed(detail: string): Failure<'bundle/transaction_malformed'> {
  return failure('bundle/transaction_malformed', detail);
}
