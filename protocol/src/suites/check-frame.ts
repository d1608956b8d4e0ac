import { schemeNumber, schemeOf } from './scheme.ts';
import type { SignatureScheme } from './scheme.ts';

/** One signature to verify. */
export interface SignatureCheck {
  readonly suite: SignatureScheme;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Suite, then the lengths of key, message and signature, each in 32 bits. */
const HEAD_BYTES = 1 + 3 * 4;

/** Checks in one buffer, which a thread is handed without cloning anything. */
export function frameChecks(checks: readonly SignatureCheck[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const { publicKey, message, signature } of checks) {
    length += HEAD_BYTES + publicKey.length + message.length + signature.length;
  }
  const frame = new Uint8Array(length);
  const view = new DataView(frame.buffer);
  let at = 0;
  for (const { suite, publicKey, message, signature } of checks) {
    view.setUint8(at, schemeNumber(suite));
    view.setUint32(at + 1, publicKey.length);
    view.setUint32(at + 5, message.length);
    view.setUint32(at + 9, signature.length);
    at += HEAD_BYTES;
    for (const part of [publicKey, message, signature]) {
      frame.set(part, at);
      at += part.length;
    }
  }
  return frame;
}

/**
 * The checks of {@link frameChecks}, as views of the buffer.
 * @throws RangeError for bytes that it did not make.
 */
export function* readChecks(frame: Uint8Array): Generator<SignatureCheck> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let at = 0;
  const take = (length: number) => frame.subarray(at, (at += length));
  while (at < frame.length) {
    const suite = schemeOf(view.getUint8(at));
    const lengths = [1, 5, 9].map((offset) => view.getUint32(at + offset));
    const [keyLength = 0, messageLength = 0, signatureLength = 0] = lengths;
    if (suite === undefined) throw new RangeError('a check of no suite');
    at += HEAD_BYTES;
    const [publicKey, message] = [take(keyLength), take(messageLength)];
    yield { suite, publicKey, message, signature: take(signatureLength) };
  }
}
