import {
  bundleMessage,
  bundleUri,
  generateEcdhKeyPair,
  hex,
  MAX_BUNDLE_URI_CHARACTERS,
  MAX_FRAMED_BYTES,
  sealBundle,
  signBundle,
  webCryptoAgreement,
} from '@sikka/protocol';
import type { BundlePush, Signer } from '@sikka/protocol';
import { frameTexts } from '../frame-texts.ts';
import type { OfflineTransaction } from './types.ts';

export interface BundleBy {
  readonly deviceId: string;
  readonly signer: Signer;
  /** The bank's sealing key, 33 bytes. */
  readonly bankKey: Uint8Array;
  readonly now: Date;
}

/**
 * A bundle of these transactions under a new id and nonce, sealed and signed. Made again for every
 * try: which replies were lost nobody knows, and the bank knows a transaction by its `local_id`.
 */
export async function makeBundle(
  transactions: readonly OfflineTransaction[],
  { deviceId, signer, bankKey, now }: BundleBy,
): Promise<BundlePush> {
  const bundleId = `${deviceId}_bundle_${now.getTime()}_${hex(random(8))}`;
  const deviceClock = now.toISOString();
  const content = JSON.stringify({
    bundle_id: bundleId,
    transactions,
    nonce: hex(random(16)),
    device_clock: deviceClock,
    device_id: deviceId,
    metadata: { sdk_version: '2.0.0' },
  });
  const { privateKey, publicKey } = await generateEcdhKeyPair({ extractable: false });
  const payload = await sealBundle(content, {
    peer: bankKey,
    ephemeral: webCryptoAgreement(privateKey, publicKey),
    secrets: { contentKey: random(32), iv: random(12), wrapIv: random(12) },
  });
  return signBundle(payload, { deviceId, bundleId, deviceClock }, signer);
}

/** A bundle as older readers know it and as our frames; undefined where it is too long to show. */
export function shownBundle(
  push: BundlePush,
): { readonly qrData: string; readonly qrFrames: readonly string[] } | undefined {
  const qrData = bundleUri(push);
  if (qrData.length > MAX_BUNDLE_URI_CHARACTERS) return undefined;
  const message = bundleMessage(push);
  return message.length > MAX_FRAMED_BYTES ? undefined : { qrData, qrFrames: frameTexts(message) };
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
