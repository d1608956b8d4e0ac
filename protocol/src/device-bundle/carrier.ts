import { decodeCbor, encodeCbor } from '../cbor.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_BATCH_BYTES, MAX_BUNDLE_TRANSACTIONS, MAX_PACKET_BYTES } from '../limits.ts';
import { sha256 } from '../sha256.ts';
import type { Verifier } from '../suites/ports.ts';
import { openedCarrier } from './content.ts';
import type { DeviceKey } from './device-key.ts';
import { reopenBundle } from './open.ts';
import type { BundleFailure } from './open.ts';
import { isSignedBy } from './push.ts';
import type { CarriedTransaction, OpenedCarrier } from './verified.ts';
import { VerifiedDeviceTransaction } from './verified.ts';

/** A bundle as the first item of a batch: read and proved again without the bank's keys. */
export interface BundleCarrier {
  readonly payload: Uint8Array;
  /** 32 bytes, used for this bundle alone. */
  readonly contentKey: Uint8Array;
  readonly deviceId: string;
  readonly bundleId: string;
  /** As the device sent it: DER, or the bytes of RSA. */
  readonly signature: Uint8Array;
}

/** The place of a till's order in the bundle that the batch begins with. */
export interface DeviceOrder {
  /** SHA-256 of the payload. */
  readonly payloadHash: Uint8Array;
  /** From 0. */
  readonly ordinal: number;
}

const CARRIER_TAG = 'sikka/device-bundle/v1';
const ORDER_TAG = 'sikka/device-transaction/v1';
const CARRIER_START = encodeCbor([CARRIER_TAG, 0, 0, 0, 0, 0]).slice(0, -5);
const ORDER_START = encodeCbor([ORDER_TAG, 0, 0]).slice(0, -2);
const PRINTABLE = /^[ -~]{1,128}$/;

/**
 * The carrier of a bundle (spec/device-bundle.md §7).
 * @throws ProtocolError `malformed` for ids that are no texts.
 */
export function encodeBundleCarrier(carrier: BundleCarrier): Uint8Array {
  const { payload, contentKey, deviceId, bundleId, signature } = carrier;
  return encodeCbor([CARRIER_TAG, payload, contentKey, deviceId, bundleId, signature]);
}

/** Whether bytes start as the carrier of a bundle, whatever follows. */
export function isBundleCarrier(bytes: Uint8Array): boolean {
  return CARRIER_START.every((byte, i) => bytes[i] === byte);
}

/** Reads a carrier; `bundle/malformed` for anything else. Nothing is opened or proved. */
export function readBundleCarrier(bytes: Uint8Array): Result<BundleCarrier, 'bundle/malformed'> {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_BATCH_BYTES });
  const parts = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  const [tag, payload, contentKey, deviceId, bundleId, signature] = parts as readonly unknown[];
  const isWhole = parts.length === 6 && tag === CARRIER_TAG;
  if (!isWhole || !(payload instanceof Uint8Array) || !(signature instanceof Uint8Array)) {
    return failure('bundle/malformed', 'not the carrier of a bundle');
  }
  if (!(contentKey instanceof Uint8Array) || contentKey.length !== 32) {
    return failure('bundle/malformed', 'no content key');
  }
  if (!isId(deviceId) || !isId(bundleId)) return failure('bundle/malformed', 'no ids');
  return success({ payload, contentKey, deviceId, bundleId, signature });
}

/** A till's order as an item of the batch that its bundle carries. */
export function encodeDeviceOrder({ payloadHash, ordinal }: DeviceOrder): Uint8Array {
  return encodeCbor([ORDER_TAG, payloadHash, ordinal]);
}

/** Whether bytes start as a till's order, whatever follows. */
export function isDeviceOrder(bytes: Uint8Array): boolean {
  return ORDER_START.every((byte, i) => bytes[i] === byte);
}

/** Reads an order; `bundle/malformed` for anything else. */
export function readDeviceOrder(bytes: Uint8Array): Result<DeviceOrder, 'bundle/malformed'> {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_PACKET_BYTES });
  const parts = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  const [tag, payloadHash, ordinal] = parts as readonly unknown[];
  const isWhole = parts.length === 3 && tag === ORDER_TAG && payloadHash instanceof Uint8Array;
  const isPlace = typeof ordinal === 'number' && ordinal < MAX_BUNDLE_TRANSACTIONS;
  if (!isWhole || payloadHash.length !== 32 || !isPlace) {
    return failure('bundle/malformed', 'not an order of a bundle');
  }
  return success({ payloadHash, ordinal });
}

/**
 * Opens a carrier by the key in it and reads every transaction. Whose signature it bears is not
 * looked at. Refuses with the codes of spec/device-bundle.md §6 from `bundle/malformed` on.
 */
export async function openBundleCarrier(
  carrier: BundleCarrier,
): Promise<{ readonly ok: true; readonly value: OpenedCarrier } | BundleFailure> {
  const { payload, contentKey, deviceId, bundleId } = carrier;
  const opened = await reopenBundle(payload, { deviceId, bundleId }, contentKey);
  if (!opened.ok) return opened;
  return success(openedCarrier(carrier, sha256(payload), opened.value.transactions));
}

/**
 * Proves that the device's registered key signed the carried bundle, and so each transaction in
 * it. Refuses with `bundle/signature_invalid`.
 */
export async function proveBundleCarrier(
  opened: OpenedCarrier,
  key: DeviceKey,
  verifier: Verifier,
): Promise<Result<readonly VerifiedDeviceTransaction[], 'bundle/signature_invalid'>> {
  const { payload, signature } = opened.carrier;
  if (!(await isSignedBy(payload, { signature, key, verifier }))) {
    return failure('bundle/signature_invalid', 'the device did not sign this');
  }
  const { deviceId, payloadHash } = opened;
  const verified = opened.transactions.map(
    (carried: CarriedTransaction, ordinal) =>
      new VerifiedDeviceTransaction({ ...carried, deviceId, payloadHash, ordinal, keyId: key.id }),
  );
  return success(verified);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && PRINTABLE.test(value);
}
