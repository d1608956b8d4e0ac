import { beforeAll, describe, expect, test } from 'vitest';
import {
  derSignature,
  deviceTransactionContent,
  encodeBase64,
  encodeBundleCarrier,
  encodeCbor,
  encodeDeviceOrder,
  encodeLedgerCarrier,
  isBundleCarrier,
  isDeviceOrder,
  isLedgerCarrier,
  keyHash,
  openBundleCarrier,
  openLedgerCarrier,
  proveBundleCarrier,
  proveLedger,
  readBundleCarrier,
  readDeviceOrder,
  readLedgerCarrier,
  sealContent,
  sha256,
  utf8,
  webCryptoVerifier,
} from '../../src/index.ts';
import type { BundleCarrier, CborValue, DeviceTransaction } from '../../src/index.ts';
import { CONTENT, TILL } from '../support/bundles.ts';
import { entriesOf, RECEIVER, signed } from '../support/ledgers.ts';

/** spec/device-bundle.md §7 and spec/sealed-ledger.md §7. */
let carrier: BundleCarrier;
const key = {
  scheme: 'ECDSA-P256',
  publicKey: TILL.publicKey,
  id: keyHash('ES256', TILL.publicKey),
} as const;

beforeAll(async () => {
  const [contentKey, iv] = [new Uint8Array(32).fill(7), new Uint8Array(12)];
  const sealed = await sealContent(utf8(JSON.stringify(CONTENT)), { key: contentKey, iv });
  const parts = {
    key_wrapped: new Uint8Array(40),
    iv,
    tag: sealed.subarray(-16),
    cipher: sealed.subarray(0, -16),
  };
  const named = Object.entries(parts).map(([name, bytes]) => [name, encodeBase64(bytes)]);
  const payload = utf8(JSON.stringify(Object.fromEntries(named)));
  const signature = derSignature('ES256', await TILL.sign(payload));
  const [deviceId, bundleId] = [String(CONTENT['device_id']), String(CONTENT['bundle_id'])];
  carrier = { payload, contentKey, deviceId, bundleId, signature };
});

describe('the carrier of a bundle', () => {
  test('opens again by its own key, and proves every transaction by the device’s', async () => {
    const bytes = encodeBundleCarrier(carrier);
    expect([isBundleCarrier(bytes), isDeviceOrder(bytes), isLedgerCarrier(bytes)]).toEqual([
      ...[true, false, false],
    ]);
    const read = readBundleCarrier(bytes);
    expect(read).toEqual({ ok: true, value: carrier });
    const opened = await openBundleCarrier(carrier);
    if (!opened.ok) throw new Error(opened.detail);
    const proved = await proveBundleCarrier(opened.value, key, webCryptoVerifier);
    if (!proved.ok) throw new Error(proved.detail);
    expect(proved.value.map(({ ordinal }) => ordinal)).toEqual(
      opened.value.transactions.map((_, ordinal) => ordinal),
    );
    expect(proved.value[0]).toMatchObject({
      deviceId: carrier.deviceId,
      payloadHash: sha256(carrier.payload),
      authority: { kind: 'device_key', keyId: key.id },
    });
  });

  test('of another device proves nothing; by another key or id it does not open', async () => {
    const opened = await openBundleCarrier(carrier);
    if (!opened.ok) throw new Error(opened.detail);
    const other = { ...key, publicKey: RECEIVER.publicKey };
    expect(await proveBundleCarrier(opened.value, other, webCryptoVerifier)).toMatchObject({
      code: 'bundle/signature_invalid',
    });
    const codes = await Promise.all(
      [
        { ...carrier, contentKey: new Uint8Array(32) },
        { ...carrier, bundleId: 'another' },
        { ...carrier, deviceId: 'another' },
        { ...carrier, payload: utf8('{}') },
      ].map(async (changed) => openBundleCarrier(changed)),
    );
    expect(codes.map((each) => (each.ok ? 'opened' : each.code))).toEqual([
      ...['bundle/open_failed', 'bundle/id_mismatch', 'bundle/device_mismatch', 'bundle/malformed'],
    ]);
  });

  test.each<[string, (whole: BundleCarrier) => Uint8Array]>([
    ['a part too few', ({ payload, contentKey }) => encodeCbor([TAG, payload, contentKey])],
    ['another tag', (whole) => listOf(whole, 0, 'sikka/device-bundle/v2')],
    ['a payload that is text', (whole) => listOf(whole, 1, 'payload')],
    ['a key of 31 bytes', (whole) => listOf(whole, 2, new Uint8Array(31))],
    ['a device that is bytes', (whole) => listOf(whole, 3, new Uint8Array(4))],
    ['an empty id', (whole) => listOf(whole, 4, '')],
    ['an id of 129 characters', (whole) => listOf(whole, 4, 'b'.repeat(129))],
    ['an id beyond ASCII', (whole) => listOf(whole, 3, 'till-ä')],
    ['a signature that is none', (whole) => listOf(whole, 5, 1)],
    ['bytes after it', (whole) => Uint8Array.of(...listOf(whole, 4, 'B'), 0)],
  ])('is not read with %s', (_, change) => {
    expect(readBundleCarrier(change(carrier))).toMatchObject({ code: 'bundle/malformed' });
  });
});

const TAG = 'sikka/device-bundle/v1';

function listOf(whole: BundleCarrier, place: number, part: CborValue) {
  const { payload, contentKey, deviceId, bundleId, signature } = whole;
  const parts: CborValue[] = [TAG, payload, contentKey, deviceId, bundleId, signature];
  return encodeCbor(parts.with(place, part));
}

describe('a till’s order', () => {
  const payloadHash = new Uint8Array(32).fill(1);

  test('names its bundle and its place', () => {
    const bytes = encodeDeviceOrder({ payloadHash, ordinal: 999 });
    expect([isDeviceOrder(bytes), isBundleCarrier(bytes)]).toEqual([true, false]);
    expect(readDeviceOrder(bytes)).toEqual({ ok: true, value: { payloadHash, ordinal: 999 } });
  });

  test.each([
    ['a place beyond the last', [payloadHash, 1_000]],
    ['a place that is text', [payloadHash, '0']],
    ['a hash of 31 bytes', [payloadHash.subarray(1), 0]],
    ['a part too many', [payloadHash, 0, 0]],
  ])('is not read with %s', (_, parts) => {
    const bytes = encodeCbor(['sikka/device-transaction/v1', ...parts]);
    expect(readDeviceOrder(bytes)).toMatchObject({ code: 'bundle/malformed' });
  });

  test('says another thing wherever any part of it differs, and `meta` is no part', () => {
    const one: DeviceTransaction = {
      ...{ localId: 'L', type: 'cashin', amountMinor: 100n, currency: 586, sender: 'a' },
      ...{ receiver: 'b', merchantId: undefined, initiatedAt: '2026-11-21T03:00:00Z' },
      ...{ payment: undefined, meta: undefined },
    };
    const others: readonly Partial<DeviceTransaction>[] = [
      { type: 'cashout' },
      { amountMinor: 101n },
      { currency: 840 },
      { sender: 'b', receiver: 'a' },
      { merchantId: 'm' },
      { receiver: 'b\u0301' },
      { initiatedAt: '2026-11-21T03:00:00.000Z' },
      { payment: new Uint8Array(3) },
      { payment: new Uint8Array(4) },
    ];
    const hashes = [one, ...others.map((change) => ({ ...one, ...change }))].map((each) =>
      String(deviceTransactionContent(each)),
    );
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(String(deviceTransactionContent({ ...one, meta: '{"note":1}' }))).toBe(hashes[0]);
  });
});

describe('the carrier of a ledger', () => {
  test('is read as the upload that it was, and proved by its receiver’s key', async () => {
    const text = JSON.stringify(entriesOf([await signed()]));
    const hash = sha256(utf8(text));
    const [signature, receiverKey] = [await RECEIVER.sign(hash), RECEIVER.publicKey];
    const bytes = encodeLedgerCarrier({ text, hash: 'not carried', signature, receiverKey });
    expect([isLedgerCarrier(bytes), isBundleCarrier(bytes)]).toEqual([true, false]);
    const opened = openLedgerCarrier(bytes);
    if (!opened.ok) throw new Error(opened.detail);
    expect(opened.value).toMatchObject({ form: 'sealed', signed: { text, receiverKey } });
    expect(opened.value.entries).toHaveLength(1);
    expect(await proveLedger(opened.value, receiverKey, webCryptoVerifier)).toMatchObject({
      ok: true,
    });
    for (const cut of [bytes.subarray(1), bytes.subarray(0, -1), encodeCbor(['sikka/ledger/v1'])]) {
      expect(readLedgerCarrier(cut)).toMatchObject({ code: 'ledger/malformed' });
    }
  });

  test.each([
    ['a key of 32 bytes', [utf8('[]'), new Uint8Array(32), new Uint8Array(64)]],
    ['a signature of 63 bytes', [utf8('[]'), new Uint8Array(33), new Uint8Array(63)]],
    ['a text that is not UTF-8', [Uint8Array.of(255), new Uint8Array(33), new Uint8Array(64)]],
  ])('is not read with %s', (_, parts) => {
    const bytes = encodeCbor(['sikka/ledger/v1', ...parts]);
    expect(readLedgerCarrier(bytes)).toMatchObject({ code: 'ledger/malformed' });
  });
});
