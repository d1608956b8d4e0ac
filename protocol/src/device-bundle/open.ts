import { decodeBase64 } from '../base64.ts';
import { concatBytes, decodeUtf8 } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Failure } from '../errors.ts';
import { member, parseJsonText } from '../json-text/index.ts';
import type { JsonNode } from '../json-text/index.ts';
import {
  MAX_BUNDLE_DEPTH,
  MAX_BUNDLE_TRANSACTIONS,
  MAX_BUNDLE_VALUES,
  MAX_FAILED_PINS,
  MAX_OLDER_ID_CHARACTERS,
} from '../limits.ts';
import { compressPoint } from '../point.ts';
import { openContent } from '../sealing/content.ts';
import { unwrapKey } from '../sealing/key-wrap.ts';
import type { KeyAgreement } from '../sealing/key-wrap.ts';
import type { BundleCode } from './codes.ts';
import { openedCarrier } from './content.ts';
import { readDeviceTransaction } from './transaction.ts';
import type { DeviceTransaction } from './transaction.ts';
import type { OpenedCarrier, SignedBundle } from './verified.ts';

/** What opens a bundle's key, told apart by its length (spec/device-bundle.md §3). */
export interface BundleOpeners {
  /** The bank's sealing keys, for ours: point(65) ‖ iv(12) ‖ key and tag(48). */
  readonly agreements: readonly KeyAgreement[];
  /** Anything else: a key service's or the development form. 32 bytes, or undefined. */
  readonly unwrap?: (wrapped: Uint8Array) => Promise<Uint8Array | undefined>;
}

/** A bundle opened and read: all of it is what the device signed. */
export interface DeviceBundle {
  readonly bundleId: string;
  readonly deviceId: string;
  /** 1 … 128 characters of printable ASCII, used once for ever. */
  readonly nonce: string;
  /** As written: ISO 8601. */
  readonly deviceClock: string;
  readonly transactions: readonly DeviceTransaction[];
  /** Wrong PINs since its last bundle, as it says: 0 … 1,000; 0 where it says nothing. */
  readonly failedPins: number;
  /** The key that opened it, 32 bytes: with the payload, what the evidence is read again by. */
  readonly contentKey: Uint8Array;
}

/** Opened from what the device signed. */
export interface OpenedBundle extends DeviceBundle {
  /** The same as evidence: what a batch is headed by, opened already. */
  readonly carrier: OpenedCarrier;
}

/** A failure that concerns one transaction says which, counted from 0. */
export type BundleFailure<C extends BundleCode = BundleCode> = Failure<C> & {
  readonly transaction?: number;
};

type Opened = { readonly ok: true; readonly value: DeviceBundle } | BundleFailure;

const OURS_BYTES = 65 + 12 + 48;
const MAX_WRAPPED_BYTES = 1_024;
const PRINTABLE = /^[ -~]+$/;
const ENVELOPE_LIMITS = { depth: 2, nodes: 16 };
const CONTENT_LIMITS = { depth: MAX_BUNDLE_DEPTH, nodes: MAX_BUNDLE_VALUES };

/**
 * Opens a signed bundle and reads every transaction (spec/device-bundle.md §3, §4). `named` is what
 * the push said, which the signed content has to repeat. Refuses with the codes of §6 from
 * `bundle/malformed` on. Rejects only where `unwrap` does.
 */
export async function openBundle(
  { payload, payloadHash, signature }: SignedBundle,
  named: { readonly bundleId: string; readonly deviceId: string },
  openers: BundleOpeners,
): Promise<{ readonly ok: true; readonly value: OpenedBundle } | BundleFailure> {
  const envelope = readEnvelope(payload);
  if (envelope === undefined) return failure('bundle/malformed', 'not such an envelope');
  const contentKey = await unwrapContentKey(envelope.wrapped, openers);
  if (contentKey?.length !== 32) return failure('bundle/unwrap_failed', 'not wrapped for us');
  const opened = readContent(await openEnvelope(envelope, contentKey), { named, contentKey });
  if (!opened.ok) return opened;
  const { bundleId, deviceId, transactions } = opened.value;
  const sealed = { payload, contentKey, deviceId, bundleId, signature };
  const carrier = openedCarrier(sealed, payloadHash, transactions);
  return success({ ...opened.value, carrier });
}

/** The same for who has the content key already: an auditor reading the evidence again. */
export async function reopenBundle(
  payload: Uint8Array,
  named: { readonly bundleId: string; readonly deviceId: string },
  contentKey: Uint8Array,
): Promise<Opened> {
  const envelope = readEnvelope(payload);
  if (envelope === undefined) return failure('bundle/malformed', 'not such an envelope');
  return readContent(await openEnvelope(envelope, contentKey), { named, contentKey });
}

interface Envelope {
  readonly wrapped: Uint8Array;
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly cipher: Uint8Array;
}

function readEnvelope(payload: Uint8Array): Envelope | undefined {
  const text = decodeUtf8(payload);
  const parsed = text === undefined ? undefined : parseJsonText(text, ENVELOPE_LIMITS);
  if (parsed?.ok !== true) return undefined;
  const [wrapped, iv, tag, cipher] = ['key_wrapped', 'iv', 'tag', 'cipher'].map((key) =>
    decodeBase64(textIn(parsed.value, key) ?? '?'),
  );
  if (wrapped === undefined || cipher === undefined) return undefined;
  if (iv?.length !== 12 || tag?.length !== 16 || wrapped.length > MAX_WRAPPED_BYTES) {
    return undefined;
  }
  return { wrapped, iv, tag, cipher };
}

async function unwrapContentKey(
  wrapped: Uint8Array,
  { agreements, unwrap }: BundleOpeners,
): Promise<Uint8Array | undefined> {
  if (wrapped.length !== OURS_BYTES) return unwrap?.(wrapped);
  const peer = compressPoint(wrapped.subarray(0, 65));
  if (peer === undefined) return undefined;
  for (const agreement of agreements) {
    const key = await unwrapKey(wrapped.subarray(65), { peer, agreement });
    if (key !== undefined) return key;
  }
  return undefined;
}

function openEnvelope({ iv, tag, cipher }: Envelope, key: Uint8Array) {
  return openContent(concatBytes(cipher, tag), { key, iv });
}

function readContent(
  opened: Uint8Array | undefined,
  {
    named,
    contentKey,
  }: {
    readonly named: { readonly bundleId: string; readonly deviceId: string };
    readonly contentKey: Uint8Array;
  },
): Opened {
  if (opened === undefined) return failure('bundle/open_failed', 'another key, or altered');
  const text = decodeUtf8(opened);
  const parsed = text === undefined ? undefined : parseJsonText(text, CONTENT_LIMITS);
  if (text === undefined || parsed?.ok !== true) return unreadable('not JSON');
  const node = parsed.value;
  const [bundleId, deviceId] = [shortIn(node, 'bundle_id'), shortIn(node, 'device_id')];
  const [nonce, deviceClock] = [shortIn(node, 'nonce'), shortIn(node, 'device_clock')];
  const list = member(node, 'transactions');
  if (bundleId === undefined || deviceId === undefined) return unreadable('no ids');
  if (nonce === undefined || deviceClock === undefined) return unreadable('no nonce or clock');
  if (list?.type !== 'array') return unreadable('no transactions');
  if (bundleId !== named.bundleId) return failure('bundle/id_mismatch', 'another bundle’s content');
  if (deviceId !== named.deviceId) return failure('bundle/device_mismatch', 'another device’s');
  const transactions = readTransactions(list.items, text);
  if (!transactions.ok) return transactions;
  return success({
    bundleId,
    deviceId,
    nonce,
    deviceClock,
    transactions: transactions.value,
    failedPins: failedPinsIn(member(node, 'metadata')),
    contentKey,
  });
}

function readTransactions(
  items: readonly JsonNode[],
  text: string,
): { readonly ok: true; readonly value: readonly DeviceTransaction[] } | BundleFailure {
  if (items.length === 0) return failure('bundle/empty', 'no transactions');
  if (items.length > MAX_BUNDLE_TRANSACTIONS) {
    return failure('bundle/too_many_transactions', `more than ${MAX_BUNDLE_TRANSACTIONS}`);
  }
  const transactions: DeviceTransaction[] = [];
  for (const [i, item] of items.entries()) {
    const read = readDeviceTransaction(item, text);
    if (!read.ok) return { ...read, transaction: i };
    transactions.push(read.value);
  }
  const ids = transactions.map(({ localId }) => localId);
  const places = new Map(ids.map((id, i) => [id, i]));
  const twice = ids.findIndex((id, i) => places.get(id) !== i);
  if (twice >= 0) {
    return { ...failure('bundle/duplicate_transaction', ids[twice] ?? ''), transaction: twice };
  }
  return success(transactions);
}

/** A device's notes are its own: what is no such count never costs it its bundle. */
function failedPinsIn(metadata: JsonNode | undefined): number {
  if (metadata?.type !== 'object') return 0;
  const count = member(metadata, 'failed_pins');
  if (count?.type !== 'number' || !/^[0-9]{1,16}$/.test(count.text)) return 0;
  return Math.min(Number(count.text), MAX_FAILED_PINS);
}

function shortIn(node: JsonNode, key: string): string | undefined {
  const text = textIn(node, key);
  if (text === undefined || text.length > MAX_OLDER_ID_CHARACTERS) return undefined;
  return PRINTABLE.test(text) ? text : undefined;
}

function textIn(node: JsonNode, key: string): string | undefined {
  const value = member(node, key);
  return value?.type === 'string' ? value.value : undefined;
}

function unreadable(detail: string): Failure<'bundle/content_malformed'> {
  return failure('bundle/content_malformed', detail);
}
