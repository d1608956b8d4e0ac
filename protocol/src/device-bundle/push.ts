import { decodeBase64 } from '../base64.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_BUNDLE_BYTES } from '../limits.ts';
import { sha256 } from '../sha256.ts';
import { readDerSignature } from '../suites/der-signature.ts';
import type { Verifier } from '../suites/ports.ts';
import type { DeviceKey } from './device-key.ts';
import { SignedBundle } from './verified.ts';

/** What a till pushes, as text: nothing proved, nothing opened. */
export interface BundlePush {
  readonly deviceId: string;
  readonly bundleId: string;
  /** Base64. */
  readonly encryptedPayload: string;
  /** Base64. */
  readonly signature: string;
  /** As written; what is judged is the one inside. */
  readonly deviceClock: string;
}

/**
 * Proves that the device's registered key signed the payload (spec/device-bundle.md §2): over the
 * bytes that the base64 holds. Refuses with `bundle/too_large`, `bundle/malformed` for a payload
 * that is not base64, `bundle/signature_invalid`.
 */
export async function proveBundle(
  { encryptedPayload, signature }: Pick<BundlePush, 'encryptedPayload' | 'signature'>,
  key: DeviceKey,
  verifier: Verifier,
): Promise<
  Result<SignedBundle, 'bundle/too_large' | 'bundle/malformed' | 'bundle/signature_invalid'>
> {
  if (encryptedPayload.length > (MAX_BUNDLE_BYTES / 3) * 4) {
    return failure('bundle/too_large', `more than ${MAX_BUNDLE_BYTES} bytes`);
  }
  const payload = decodeBase64(encryptedPayload);
  if (payload === undefined || payload.length === 0) {
    return failure('bundle/malformed', 'not base64');
  }
  const signed = decodeBase64(signature);
  if (signed === undefined || !(await isSignedBy(payload, { signature: signed, key, verifier }))) {
    return failure('bundle/signature_invalid', 'the device did not sign this');
  }
  const payloadHash = sha256(payload);
  return success(new SignedBundle({ payload, payloadHash, signature: signed, keyId: key.id }));
}

/** Whether the device's key signed these bytes: a signature as the device sends it. */
export async function isSignedBy(
  payload: Uint8Array,
  {
    signature,
    key: { scheme, publicKey },
    verifier,
  }: { readonly signature: Uint8Array; readonly key: DeviceKey; readonly verifier: Verifier },
): Promise<boolean> {
  const raw = scheme === 'ECDSA-P256' ? readDerSignature(signature) : signature;
  return raw !== undefined && (await verifier.verify(scheme, publicKey, payload, raw));
}
