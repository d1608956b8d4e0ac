import {
  BUNDLE_CODES,
  bundleMessage,
  decodeBase64,
  encodeBase64,
  encodeBundleCarrier,
  encodeDeviceOrder,
  importEcdhPrivateKey,
  fromHex,
  isBundleCarrier,
  openBundle,
  openBundleCarrier,
  openContent,
  proveBundle,
  readBundleCarrier,
  readBundleMessage,
  readDeviceKey,
  readDeviceOrder,
  reopenBundle,
  sealContent,
  utf8,
  webCryptoAgreement,
} from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { createECDH } from 'node:crypto';
import { bytesUnder, inputsOf } from '../seeds.ts';
import { requireSameBytes, requireThat, saidOf, textOf } from '../target.ts';
import type { Target } from '../target.ts';

const CODES = new Set<string>(BUNDLE_CODES);
const KEY = new Uint8Array(32).fill(7);
const IV = new Uint8Array(12).fill(9);
const NAMED = { bundleId: 'B-1', deviceId: 'POS-001' };

/** What the vectors sealed, in the clear, under the ids that {@link content} asks with. */
async function openedContents(): Promise<readonly Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (const input of inputsOf('device-bundle')) {
    const [payload, key] = await openedPayload(input);
    if (payload === undefined || key === undefined) continue;
    const envelope = JSON.parse(textOf(payload)) as Readonly<Record<string, string>>;
    const [iv, tag, cipher] = ['iv', 'tag', 'cipher'].map((part) =>
      decodeBase64(envelope[part] ?? ''),
    );
    if (iv === undefined || tag === undefined || cipher === undefined) continue;
    const sealed = new Uint8Array(Buffer.concat([cipher, tag]));
    const plain = await openContent(sealed, { key, iv });
    if (plain === undefined) continue;
    const text = textOf(plain);
    found.push(
      utf8(
        text
          .replaceAll(String(input['bundleId']), NAMED.bundleId)
          .replaceAll(String(input['deviceId']), NAMED.deviceId),
      ),
    );
  }
  return found;
}

/** A good vector's payload and the key of its content. */
async function openedPayload(input: Readonly<Record<string, unknown>>) {
  const { publicKey, privateKey, encryptedPayload, signature, bundleId, deviceId } = input;
  const none = [undefined, undefined] as const;
  if (typeof publicKey !== 'string' || typeof encryptedPayload !== 'string') return none;
  const key = readDeviceKey(publicKey);
  if (!key.ok) return none;
  const push = { encryptedPayload, signature: String(signature) };
  const proved = await proveBundle(push, key.value, nodeVerifier());
  if (!proved.ok) return none;
  const secret = fromHex(String(privateKey));
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(secret);
  const point = new Uint8Array(pair.getPublicKey(null, 'compressed'));
  const agreements = [webCryptoAgreement(await importEcdhPrivateKey(secret), point)];
  const named = { bundleId: String(bundleId), deviceId: String(deviceId) };
  const opened = await openBundle(proved.value, named, { agreements });
  return opened.ok ? ([proved.value.payload, opened.value.contentKey] as const) : none;
}

/** What a till sealed: its text sealed again, so that what is read is reached. */
const content: Target = {
  name: 'bundle',
  shape: 'json',
  seeds: openedContents,
  maxBytes: 20_000,
  read: async (input) => {
    const sealed = await sealContent(input, { key: KEY, iv: IV });
    const end = sealed.length - 16;
    const [iv, tag, cipher] = [IV, sealed.subarray(end), sealed.subarray(0, end)].map((part) =>
      encodeBase64(part),
    );
    const payload = utf8(JSON.stringify({ key_wrapped: 'AA==', iv, tag, cipher }));
    const opened = await reopenBundle(payload, NAMED, KEY);
    if (!opened.ok) return saidOf(opened, CODES);
    const { transactions } = opened.value;
    const ids = new Set(transactions.map(({ localId }) => localId));
    requireThat(ids.size === transactions.length && ids.size > 0, 'each transaction once');
    const isMoney = transactions.every(({ amountMinor }) => amountMinor > 0n);
    requireThat(isMoney, 'an amount is more than nothing');
    const carrier = { payload, contentKey: KEY, ...NAMED, signature: IV };
    requireThat((await openBundleCarrier(carrier)).ok, 'what was opened is opened as evidence');
    return transactions.map(({ type, payment }) => `${type}${payment === undefined}`).join(' ');
  },
};

/** A bundle's message in frames, its carrier and its orders. */
const items: Target = {
  name: 'bundle-item',
  shape: 'cbor',
  seeds: () => [
    ...bytesUnder('device-bundle', 'message'),
    encodeDeviceOrder({ payloadHash: KEY, ordinal: 3 }),
    encodeBundleCarrier({ payload: IV, contentKey: KEY, ...NAMED, signature: IV }),
  ],
  maxBytes: 20_000,
  read: (input) => {
    const message = readBundleMessage(input);
    if (message.ok) requireSameBytes(bundleMessage(message.value), input);
    const carrier = readBundleCarrier(input);
    if (carrier.ok) {
      requireSameBytes(encodeBundleCarrier(carrier.value), input);
      requireThat(isBundleCarrier(input), 'a carrier is known by its start');
    }
    const order = readDeviceOrder(input);
    if (order.ok) requireSameBytes(encodeDeviceOrder(order.value), input);
    return [message, carrier, order].map((each) => saidOf(each, CODES)).join(' ');
  },
};

export const BUNDLE_TARGETS: readonly Target[] = [content, items];
