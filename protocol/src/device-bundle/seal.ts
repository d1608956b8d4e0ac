import { encodeBase64 } from '../base64.ts';
import { concatBytes, utf8 } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { decompressPoint } from '../point.ts';
import { sealContent } from '../sealing/content.ts';
import { wrapKey } from '../sealing/key-wrap.ts';
import type { KeyAgreement } from '../sealing/key-wrap.ts';
import { derSignature } from '../suites/key-formats.ts';
import type { Signer } from '../suites/ports.ts';
import type { BundlePush } from './push.ts';

/** Fresh random bytes for one bundle; with them the same content gives the same bytes. */
export interface BundleSecrets {
  /** 32 bytes. */
  readonly contentKey: Uint8Array;
  /** 12 bytes, for the content. */
  readonly iv: Uint8Array;
  /** 12 bytes, for the key. */
  readonly wrapIv: Uint8Array;
}

export interface SealBundleTo {
  /** The bank's sealing key, 33 bytes. */
  readonly peer: Uint8Array;
  /** A key made for this bundle alone. */
  readonly ephemeral: KeyAgreement;
  readonly secrets: BundleSecrets;
}

const TAG_BYTES = 16;

/**
 * The payload of a bundle: its content, JSON text, sealed to the bank (spec/device-bundle.md §3).
 * Rejects with ProtocolError `malformed` for an ephemeral key that is no point.
 */
export async function sealBundle(
  content: string,
  { peer, ephemeral, secrets }: SealBundleTo,
): Promise<Uint8Array> {
  const { contentKey, iv, wrapIv } = secrets;
  const point = decompressPoint(ephemeral.publicKey);
  if (point === undefined) throw new ProtocolError('malformed', 'not a P-256 public key');
  const wrapped = await wrapKey(contentKey, { peer, agreement: ephemeral, iv: wrapIv });
  const sealed = await sealContent(utf8(content), { key: contentKey, iv });
  const end = sealed.length - TAG_BYTES;
  const envelope = {
    key_wrapped: encodeBase64(concatBytes(point, wrapped)),
    iv: encodeBase64(iv),
    tag: encodeBase64(sealed.subarray(end)),
    cipher: encodeBase64(sealed.subarray(0, end)),
  };
  return utf8(JSON.stringify(envelope));
}

/** What a device pushes: the payload and its key's signature over it, in base64. */
export async function signBundle(
  payload: Uint8Array,
  named: Pick<BundlePush, 'deviceId' | 'bundleId' | 'deviceClock'>,
  signer: Signer,
): Promise<BundlePush> {
  if (signer.suite !== 'ES256') throw new ProtocolError('malformed', 'a P-256 key signs bundles');
  const signature = derSignature('ES256', await signer.sign(payload));
  return {
    ...named,
    encryptedPayload: encodeBase64(payload),
    signature: encodeBase64(signature),
  };
}
