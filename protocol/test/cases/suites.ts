import { p256 } from '@noble/curves/nist.js';
import { concatBytes, fromHex, hex, sha256, utf8 } from '../../src/index.ts';
import type { Signer, Suite } from '../../src/index.ts';
import { signerOf } from '../support/keys.ts';
import { modulusBytes, rsaKeyOf, signPss } from '../support/rsa.ts';
import { broken } from '../support/scene.ts';
import { family } from './case.ts';
import type { VectorRow } from './case.ts';
import * as edge from './suite-edges.ts';

const MESSAGE = utf8('Ten rupees to the tea house.');
const P256_ORDER = p256.Point.Fn.ORDER;

interface Signed {
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

function row(name: string, about: string, signed: Signed, ok: boolean): VectorRow {
  const { suite, publicKey, message, signature } = signed;
  const input = {
    suite,
    publicKey: hex(publicKey),
    message: hex(message),
    signature: hex(signature),
  };
  return { case: name, spec: 'suites.md §1', about, input, expect: { ok } };
}

async function signed(signer: Signer): Promise<Signed> {
  const { suite, publicKey } = signer;
  return { suite, publicKey, message: MESSAGE, signature: await signer.sign(MESSAGE) };
}

function scalar(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0'));
}

/** The other of the two values of s that ECDSA itself takes. */
function highS(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${hex(signature.subarray(32))}`);
  return concatBytes(signature.subarray(0, 32), scalar(P256_ORDER - s));
}

async function es256(): Promise<readonly VectorRow[]> {
  const good = await signed(signerOf('ES256', 'payer'));
  const [r, s] = [good.signature.slice(0, 32), good.signature.slice(32)];
  const with_ = (changes: Partial<Signed>): Signed => ({ ...good, ...changes });
  const no = (name: string, about: string, changes: Partial<Signed>): VectorRow =>
    row(`es256-${name}`, about, with_(changes), false);
  const zero = new Uint8Array(32);
  const offCurve = concatBytes(Uint8Array.of(2), scalar(4n));
  return [
    row('es256', 'ECDSA over P-256 with SHA-256, low s.', good, true),
    no('high-s', 'ECDSA takes it, the suite does not: it is the same signature again.', {
      signature: highS(good.signature),
    }),
    no('other-message', 'Another message.', { message: utf8('Ten rupees to the tea house!') }),
    no('altered', 'The last byte changed.', { signature: broken(good.signature) }),
    no('r-zero', 'r is 0.', { signature: concatBytes(zero, s) }),
    no('s-zero', 's is 0.', { signature: concatBytes(r, zero) }),
    no('r-order', 'r is n.', { signature: concatBytes(scalar(P256_ORDER), s) }),
    no('s-order', 's is n.', { signature: concatBytes(r, scalar(P256_ORDER)) }),
    no('short', 'A byte short.', { signature: good.signature.slice(1) }),
    no('long', 'A byte long.', { signature: concatBytes(good.signature, Uint8Array.of(0)) }),
    no('der', 'In DER instead of r‖s.', {
      signature: p256.Signature.fromBytes(good.signature).toBytes('der'),
    }),
    no('key-uncompressed', 'The key as an uncompressed point.', {
      publicKey: p256.Point.fromBytes(good.publicKey).toBytes(false),
    }),
    no('key-off-curve', 'x = 4 has no point on P-256.', { publicKey: offCurve }),
    no('other-key', 'The key of somebody else.', {
      publicKey: signerOf('ES256', 'payee').publicKey,
    }),
    no('other-suite', 'Said to be EdDSA.', { suite: 'EdDSA' }),
  ];
}

async function eddsa(): Promise<readonly VectorRow[]> {
  const good = await signed(signerOf('EdDSA', 'payer'));
  const [r, s] = [good.signature.slice(0, 32), good.signature.slice(32)];
  const no = (name: string, about: string, changes: Partial<Signed>): VectorRow =>
    row(`eddsa-${name}`, about, { ...good, ...changes }, false);
  const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
  const littleEndian = (value: bigint): Uint8Array => scalar(value).reverse();
  const sValue = BigInt(`0x${hex(s.toReversed())}`);
  const identity = littleEndian(1n);
  return [
    row('eddsa', 'Ed25519.', good, true),
    no('s-plus-order', 'The same S plus L: Ed25519 without the check takes it.', {
      signature: concatBytes(r, littleEndian(sValue + order)),
    }),
    no('altered', 'The last byte changed.', { signature: broken(good.signature) }),
    no('other-message', 'Another message.', { message: utf8('Ten rupees to the tea house!') }),
    no('small-order-key', 'The identity as key, under which S = 0 would sign everything.', {
      publicKey: identity,
      signature: concatBytes(identity, new Uint8Array(32)),
    }),
    no('key-not-reduced', 'A y of p + 1, another way of writing 1.', {
      publicKey: littleEndian(2n ** 255n - 18n),
      signature: concatBytes(identity, new Uint8Array(32)),
    }),
    row(
      'eddsa-mixed-order-key',
      'A key with a part of order 8, and k a multiple of 8: the equation holds.',
      { suite: 'EdDSA', ...edge.mixedOrderKey('divides') },
      true,
    ),
    no(
      'cofactor-only',
      'It holds only once both sides are multiplied by 8.',
      edge.mixedOrderKey('does not divide'),
    ),
    no(
      'small-order-key-r-good',
      'The identity as key, beside an R of full order.',
      edge.smallOrderKey(),
    ),
    no('small-order-r', 'The identity as R.', edge.smallOrderR()),
    no('short', 'A byte short.', { signature: good.signature.slice(0, 63) }),
    no('other-suite', 'Said to be ES256.', { suite: 'ES256' }),
  ];
}

async function ps256(): Promise<readonly VectorRow[]> {
  const good = await signed(signerOf('PS256', 'payer'));
  const no = (name: string, about: string, changes: Partial<Signed>): VectorRow =>
    row(`ps256-${name}`, about, { ...good, ...changes }, false);
  const key = rsaKeyOf('suites');
  const salted = (length: number): Partial<Signed> => ({
    publicKey: modulusBytes(key),
    signature: signPss(key, MESSAGE, sha256(MESSAGE).slice(0, length)),
  });
  const even = Uint8Array.from(good.publicKey);
  even[255]! &= 0xfe;
  return [
    row('ps256', 'RSASSA-PSS, 2,048 bits, SHA-256, salt of 32 bytes.', good, true),
    row('ps256-salt-32', 'The same by another key.', { ...good, ...salted(32) }, true),
    no('salt-0', 'No salt: PSS takes it, the suite does not.', salted(0)),
    no('salt-20', 'A salt of 20 bytes.', salted(20)),
    no('altered', 'The last byte changed.', { signature: broken(good.signature) }),
    no('other-message', 'Another message.', { message: utf8('Ten rupees to the tea house!') }),
    no('s-plus-n', 'The same signature plus n: not below n.', edge.signaturePlusModulus()),
    no('key-even', 'An even modulus.', { publicKey: even }),
    no('key-short', 'A modulus of 2,040 bits.', { publicKey: good.publicKey.slice(1) }),
    no('key-leading-zero', 'A modulus of 2,041 bits at most.', {
      publicKey: concatBytes(Uint8Array.of(0), good.publicKey.slice(1)),
    }),
    no('short', 'A byte short.', { signature: good.signature.slice(1) }),
  ];
}

export async function suiteVectors() {
  return family('suites', [...(await es256()), ...(await eddsa()), ...(await ps256())]);
}
