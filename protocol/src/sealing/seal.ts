import { concatBytes, utf8 } from '../bytes.ts';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import type { CborValue } from '../cbor.ts';
import { failure, ProtocolError, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_PACKET_BYTES, MAX_SEALED_PACKET_BYTES } from '../limits.ts';
import { hpkeOpen, hpkeSeal, hpkeSuite } from './hpke.ts';
import type { HpkeSealed } from './hpke.ts';
import { importEcdhPrivateKey, importEcdhPublicKey } from './keys.ts';

const KIND = 3;
const SEAL_SUITE = 1;
const VERSION = 1;
const INFO = concatBytes(utf8('sikka/seal/v1'), Uint8Array.of(VERSION, SEAL_SUITE));
/** Plaintext sizes: what remains visible of a payment's length. The last holds any packet. */
const SIZES = [392, 832, 2_048, 2 + MAX_PACKET_BYTES];
const ENC_BYTES = 65;
const TAG_BYTES = 16;

export interface SealTo {
  /** The request's key, or the printed credential's: 33 bytes. */
  readonly ecdhKey: Uint8Array;
  /** The payment's bind: the id of the request or of the printed credential. */
  readonly bind: Uint8Array;
}

export interface OpeningKey {
  /** A CryptoKey, extractable or not, with `deriveBits`; or the scalar's 32 bytes. */
  readonly privateKey: CryptoKey | Uint8Array;
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
  readonly bind: Uint8Array;
}

/**
 * Seals a packet to a payee (spec/sealing.md): the bytes of a sealed packet. A fresh ephemeral key
 * each time, so no (key, nonce) pair repeats.
 * @throws ProtocolError `too_large` for a packet of more than 4,096 bytes, `malformed` for a key
 * that is no point on the curve or a bind that is not 32 bytes.
 */
export async function seal(packet: Uint8Array, { ecdhKey, bind }: SealTo): Promise<Uint8Array> {
  if (bind.length !== 32) throw new ProtocolError('malformed', 'a bind has 32 bytes');
  const to = await importEcdhPublicKey(ecdhKey);
  return encodeSealed(await hpkeSeal(pad(packet), { to, info: INFO, aad: bind }));
}

/**
 * Opens a sealed packet: the bytes of the packet inside, still to be judged like one that came in
 * the clear. Refuses with `sealed/open_failed` whatever the cause, `malformed` for wrong padding,
 * and the codes of decoding for bytes that are no sealed packet. Throws for no bytes whatever.
 */
export async function open(sealed: Uint8Array, key: OpeningKey): Promise<Result<Uint8Array>> {
  const decoded = decodeSealed(sealed);
  if (!decoded.ok) return decoded;
  const plaintext = await openPlaintext(decoded.value, key);
  if (plaintext === undefined) return failure('sealed/open_failed', 'not for this key and bind');
  return unpad(plaintext);
}

/** The bytes of a sealed packet: `[3, 1, enc, ciphertext]`. */
export function encodeSealed({ enc, ciphertext }: HpkeSealed): Uint8Array {
  return encodeCbor([KIND, SEAL_SUITE, enc, ciphertext]);
}

/** Decodes the outside of a sealed packet; what it holds stays closed. */
export function decodeSealed(bytes: Uint8Array): Result<HpkeSealed> {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_SEALED_PACKET_BYTES });
  return decoded.ok ? sealedOf(decoded.value) : decoded;
}

/** {@link decodeSealed} for a packet whose CBOR is decoded already. */
export function sealedOf(packet: CborValue): Result<HpkeSealed> {
  if (!Array.isArray(packet) || packet.length !== 4) {
    return failure('malformed', 'a sealed packet is an array of four');
  }
  const [kind, suite, enc, ciphertext] = packet as readonly CborValue[];
  if (kind !== KIND) return failure('malformed', 'not a sealed packet');
  if (typeof suite !== 'number' && typeof suite !== 'bigint') {
    return failure('malformed', 'a seal suite is a number');
  }
  if (suite !== SEAL_SUITE) return failure('unknown_suite', 'a seal suite other than 1');
  if (!(enc instanceof Uint8Array) || enc.length !== ENC_BYTES) {
    return failure('malformed', 'enc has 65 bytes');
  }
  if (!(ciphertext instanceof Uint8Array)) return failure('malformed', 'no ciphertext');
  return success({ enc, ciphertext });
}

async function openPlaintext(
  sealed: HpkeSealed,
  { privateKey, publicKey, bind }: OpeningKey,
): Promise<Uint8Array | undefined> {
  // Uncompressed only: some libraries also read the hybrid form of a point.
  if (sealed.enc[0] !== 4) return undefined;
  // A padded size and a whole tag: some libraries also take shorter tags.
  if (!SIZES.includes(sealed.ciphertext.length - TAG_BYTES)) return undefined;
  // Apart from what is opened: that the means of opening are not here says nothing about it.
  await hpkeSuite();
  try {
    const keyPair = {
      privateKey:
        privateKey instanceof Uint8Array ? await importEcdhPrivateKey(privateKey) : privateKey,
      publicKey: await importEcdhPublicKey(publicKey),
    };
    return await hpkeOpen(sealed, { keyPair, info: INFO, aad: bind });
  } catch {
    return undefined;
  }
}

function pad(packet: Uint8Array): Uint8Array {
  const size = SIZES.find((candidate) => candidate >= 2 + packet.length);
  if (size === undefined) throw new ProtocolError('too_large', 'a packet of over 4,096 bytes');
  const plaintext = new Uint8Array(size);
  plaintext.set([packet.length >> 8, packet.length & 0xff]);
  plaintext.set(packet, 2);
  return plaintext;
}

function unpad(plaintext: Uint8Array): Result<Uint8Array> {
  const [high = 0, low = 0] = plaintext;
  const end = 2 + high * 256 + low;
  if (end > plaintext.length) return failure('malformed', 'a length beyond the plaintext');
  if (plaintext.subarray(end).some((byte) => byte !== 0)) {
    return failure('malformed', 'padding that is not zero');
  }
  return success(plaintext.slice(2, end));
}
