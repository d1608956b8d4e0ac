import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { p256 } from '@noble/curves/nist.js';
import { concatBytes, encodeCbor, encodePacket, hex, utf8 } from '../../src/index.ts';
import { bytesOf, ecdhKeyOf } from '../support/keys.ts';
import { allowance, createScene, payment, paymentPacket } from '../support/scene.ts';
import { family, refused } from './case.ts';
import type { JsonObject, VectorRow } from './case.ts';

const SPEC = 'sealing.md';
const INFO = concatBytes(utf8('sikka/seal/v1'), Uint8Array.of(1, 1));
const KEY = ecdhKeyOf('request');
const OTHER_KEY = ecdhKeyOf('another request');
const BIND = bytesOf('the request');

interface Sealing {
  readonly plaintext: Uint8Array;
  readonly info?: Uint8Array;
  readonly aad?: Uint8Array;
}

interface Sealed {
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** HPKE with an ephemeral key made of a name: for vectors only. */
async function sealFixed({ plaintext, info = INFO, aad = BIND }: Sealing): Promise<Sealed> {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const point = p256.Point.fromBytes(KEY.point).toBytes(false);
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.importKey('raw', new Uint8Array(point).buffer, true),
    info: new Uint8Array(info),
    ekm: new Uint8Array(bytesOf('ephemeral')),
  });
  const ciphertext = await sender.seal(new Uint8Array(plaintext), new Uint8Array(aad));
  return { enc: new Uint8Array(sender.enc), ciphertext: new Uint8Array(ciphertext) };
}

function pad(packet: Uint8Array, size: number, length = packet.length): Uint8Array {
  const plaintext = new Uint8Array(size);
  plaintext.set([length >> 8, length & 0xff]);
  plaintext.set(packet, 2);
  return plaintext;
}

function bytesOfSealed({ enc, ciphertext }: Sealed): Uint8Array {
  return encodePacket({ kind: 'sealed', enc, ciphertext });
}

function input(sealed: Uint8Array, changes: JsonObject = {}): JsonObject {
  return { sealed: hex(sealed), privateKey: hex(KEY.secret), bind: hex(BIND), ...changes };
}

export async function sealingVectors() {
  const scene = createScene();
  const under = await allowance(scene);
  const packet = paymentPacket(under, await payment(scene, under));
  const big = concatBytes(packet, new Uint8Array(400));
  const good = await sealFixed({ plaintext: pad(packet, 392) });
  const sealed = bytesOfSealed(good);
  const no = (name: string, about: string, from: JsonObject): VectorRow => {
    return { case: name, spec: SPEC, about, input: from, expect: refused('sealed/open_failed') };
  };
  const bad = (name: string, about: string, from: Uint8Array): VectorRow => {
    return { case: name, spec: SPEC, about, input: input(from), expect: refused('malformed') };
  };
  const { enc, ciphertext } = good;
  const last = ciphertext.length - 1;
  const altered = ciphertext.with(last, ciphertext[last]! ^ 1);
  const dirty = pad(packet, 392).with(391, 1);
  const ofPlaintext = async (from: Sealing) => bytesOfSealed(await sealFixed(from));
  return family('sealing', [
    {
      case: 'payment',
      spec: SPEC,
      about: 'A payment in the smallest size.',
      input: input(sealed),
      expect: { ok: true, packet: hex(packet) },
    },
    {
      case: 'second-size',
      spec: SPEC,
      about: 'Longer than the smallest size holds. What is inside is not judged here.',
      input: input(await ofPlaintext({ plaintext: pad(big, 832) })),
      expect: { ok: true, packet: hex(big) },
    },
    no(
      'other-key',
      'Sealed to somebody else.',
      input(sealed, { privateKey: hex(OTHER_KEY.secret) }),
    ),
    no(
      'other-bind',
      'Opened as if for another request.',
      input(sealed, { bind: hex(bytesOf('x')) }),
    ),
    no('altered', 'The last byte changed.', input(bytesOfSealed({ enc, ciphertext: altered }))),
    no(
      'other-info',
      'Sealed for another version.',
      input(
        await ofPlaintext({
          plaintext: pad(packet, 392),
          info: concatBytes(utf8('sikka/seal/v1'), Uint8Array.of(2, 1)),
        }),
      ),
    ),
    no(
      'no-info',
      'Sealed without the domain.',
      input(await ofPlaintext({ plaintext: pad(packet, 392), info: new Uint8Array(0) })),
    ),
    no(
      'short-tag',
      'A tag of twelve bytes.',
      input(bytesOfSealed({ enc, ciphertext: ciphertext.slice(0, -4) })),
    ),
    no(
      'size-between',
      'A plaintext of none of the four sizes.',
      input(await ofPlaintext({ plaintext: pad(packet, 393) })),
    ),
    no(
      'enc-off-curve',
      'An ephemeral key that is no point.',
      input(bytesOfSealed({ enc: enc.with(64, enc[64]! ^ 1), ciphertext })),
    ),
    bad(
      'padding-not-zero',
      'The last byte of padding is 1.',
      await ofPlaintext({ plaintext: dirty }),
    ),
    bad(
      'length-beyond',
      'A length beyond the plaintext.',
      await ofPlaintext({
        plaintext: pad(packet, 392, 391),
      }),
    ),
    bad('other-kind', 'A payment in the clear is no sealed packet.', packet),
    bad('enc-64-bytes', 'enc has 65 bytes.', encodeCbor([3, 1, enc.slice(1), ciphertext])),
    {
      case: 'seal-suite-2-53',
      spec: SPEC,
      about: 'A number beyond all tables.',
      input: input(encodeCbor([3, 2n ** 53n, enc, ciphertext])),
      expect: refused('unknown_suite'),
    },
    {
      case: 'seal-suite-2',
      spec: SPEC,
      about: 'There is one seal suite.',
      input: input(sealed.with(2, 2)),
      expect: refused('unknown_suite'),
    },
  ]);
}
