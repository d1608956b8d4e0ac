import { concatBytes, utf8 } from '../bytes.ts';
import { openContent, sealContent } from './content.ts';
import { importEcdhPublicKey } from './keys.ts';

/** One side's P-256 key agreement key; where the private half lies is its own business. */
export interface KeyAgreement {
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
  /** The x-coordinate shared with a peer (33 bytes, compressed): 32 bytes. Rejects for no point. */
  deriveSecret(peer: Uint8Array): Promise<Uint8Array>;
}

const INFO = utf8('aes-key-wrapping');
const IV_BYTES = 12;
/** iv, key, tag. */
const WRAPPED_BYTES = IV_BYTES + 32 + 16;

/** A key agreement key that WebCrypto holds, with `deriveBits`. */
export function webCryptoAgreement(privateKey: CryptoKey, publicKey: Uint8Array): KeyAgreement {
  return {
    publicKey,
    async deriveSecret(peer) {
      const algorithm = { name: 'ECDH', public: await importEcdhPublicKey(peer) };
      return new Uint8Array(await crypto.subtle.deriveBits(algorithm, privateKey, 256));
    },
  };
}

/**
 * A content key of 32 bytes wrapped for a peer, as older clients do (spec/sealed-ledger.md §2):
 * iv ‖ AES-256-GCM under HKDF-SHA-256 of the shared secret. 60 bytes; both sides can unwrap it.
 */
export async function wrapKey(
  contentKey: Uint8Array,
  {
    peer,
    agreement,
    iv,
  }: {
    readonly peer: Uint8Array;
    readonly agreement: KeyAgreement;
    /** 12 bytes, fresh for each key wrapped between the two. */
    readonly iv: Uint8Array;
  },
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await wrappingKey(agreement, peer);
  return concatBytes(iv, await sealContent(contentKey, { key, iv }));
}

/** The content key, or undefined: other keys, altered bytes, another length. Never throws. */
export async function unwrapKey(
  wrapped: Uint8Array,
  { peer, agreement }: { readonly peer: Uint8Array; readonly agreement: KeyAgreement },
): Promise<Uint8Array | undefined> {
  if (wrapped.length !== WRAPPED_BYTES) return undefined;
  const iv = wrapped.subarray(0, IV_BYTES);
  try {
    const key = await wrappingKey(agreement, peer);
    return await openContent(wrapped.subarray(IV_BYTES), { key, iv });
  } catch {
    return undefined;
  }
}

async function wrappingKey(agreement: KeyAgreement, peer: Uint8Array): Promise<Uint8Array> {
  const secret = new Uint8Array(await agreement.deriveSecret(peer));
  const imported = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const salt = new Uint8Array(0);
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info: new Uint8Array(INFO) };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, imported, 256));
}
