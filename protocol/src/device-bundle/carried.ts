import { decodeBase64, encodeBase64 } from '../base64.ts';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import { failure, ProtocolError, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_BUNDLE_URI_CHARACTERS, MAX_FRAMED_BYTES, MAX_OLDER_ID_CHARACTERS } from '../limits.ts';
import type { BundlePush } from './push.ts';

const START = 'molam://offline/';
const TAG = 'sikka/bundle/v1';
const PARTS = ['payload', 'sig', 'clock'] as const;
const PRINTABLE = /^[ -~]+$/;

/** What the older code carries: whose bundle it is, only its content says. */
export type CarriedBundle = Omit<BundlePush, 'deviceId'>;

/** A bundle as older tills show it: one long code (spec/device-bundle.md §5). */
export function bundleUri(push: CarriedBundle): string {
  const { bundleId, encryptedPayload, signature, deviceClock } = push;
  const values = [encryptedPayload, signature, deviceClock].map(encodeURIComponent);
  const query = PARTS.map((part, i) => `${part}=${values[i] ?? ''}`).join('&');
  return `${START}${encodeURIComponent(bundleId)}?${query}`;
}

/**
 * Reads such a code. Refuses with `bundle/too_large` over 65,536 characters, `bundle/malformed` for
 * another scheme or host, a part that is missing, named twice or not encoded. Verifies nothing.
 */
export function readBundleUri(
  text: string,
): Result<CarriedBundle, 'bundle/too_large' | 'bundle/malformed'> {
  if (text.length > MAX_BUNDLE_URI_CHARACTERS) {
    return failure('bundle/too_large', `more than ${MAX_BUNDLE_URI_CHARACTERS} characters`);
  }
  const [path = '', query = '', ...more] = text.split('?');
  if (!path.startsWith(START) || more.length > 0) {
    return failure('bundle/malformed', 'not the code of a bundle');
  }
  const pairs = query.split('&').map((pair) => pair.split('='));
  const valueOf = (part: string) => {
    const [found, ...others] = pairs.filter(([key]) => key === part);
    return found?.length === 2 && others.length === 0 ? decoded(found[1] ?? '') : undefined;
  };
  const bundleId = decoded(path.slice(START.length));
  const [encryptedPayload, signature, deviceClock] = PARTS.map(valueOf);
  const carried = { bundleId, encryptedPayload, signature, deviceClock };
  return isCarried(carried) ? success(carried) : failure('bundle/malformed', 'a part is missing');
}

/**
 * A bundle as one message for our frames (spec/packets.md §3).
 * @throws ProtocolError `too_large` over 51,200 bytes, `malformed` for parts that are not base64.
 */
export function bundleMessage(push: BundlePush): Uint8Array {
  const { deviceId, bundleId, encryptedPayload, signature, deviceClock } = push;
  const [payload, signed] = [decodeBase64(encryptedPayload), decodeBase64(signature)];
  if (payload === undefined || signed === undefined) {
    throw new ProtocolError('malformed', 'not base64');
  }
  const message = encodeCbor([TAG, deviceId, bundleId, payload, signed, deviceClock]);
  if (message.length > MAX_FRAMED_BYTES) throw new ProtocolError('too_large', 'too many bytes');
  return message;
}

/** Reads such a message; `bundle/malformed` for any other. Verifies nothing. */
export function readBundleMessage(message: Uint8Array): Result<BundlePush, 'bundle/malformed'> {
  const decodedMessage = decodeCbor(message, { maxBytes: MAX_FRAMED_BYTES });
  const value = decodedMessage.ok ? decodedMessage.value : [];
  const parts = (Array.isArray(value) ? value : []) as readonly unknown[];
  const [tag, deviceId, bundleId, payload, signed, deviceClock] = parts;
  const isWhole = parts.length === 6 && tag === TAG;
  if (!isWhole || !(payload instanceof Uint8Array) || !(signed instanceof Uint8Array)) {
    return failure('bundle/malformed', 'not the message of a bundle');
  }
  const [encryptedPayload, signature] = [encodeBase64(payload), encodeBase64(signed)];
  const carried = { bundleId, encryptedPayload, signature, deviceClock };
  if (!isShort(deviceId) || !isCarried(carried)) {
    return failure('bundle/malformed', 'a part is missing');
  }
  return success({ ...carried, deviceId });
}

function isCarried(carried: Record<keyof CarriedBundle, unknown>): carried is CarriedBundle {
  const { bundleId, encryptedPayload, signature, deviceClock } = carried;
  return (
    isShort(bundleId) && isShort(deviceClock) && isFilled(encryptedPayload) && isFilled(signature)
  );
}

function isShort(value: unknown): value is string {
  return isFilled(value) && value.length <= MAX_OLDER_ID_CHARACTERS && PRINTABLE.test(value);
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
