import {
  concatBytes,
  decompressPoint,
  derSignature,
  encodeBase64,
  fromHex,
  hex,
  sealContent,
  utf8,
  wrapKey,
} from '../../src/index.ts';
import type { Signer } from '../../src/index.ts';
import type { JsonObject } from '../../src/vectors/index.ts';
import { bytesOf, ecdhKeyOf, signerOf } from './keys.ts';
import { agreementOf } from './ledgers.ts';
import { modulusBytes, rsaKeyOf, signPkcs1 } from './rsa.ts';

/** Bundles as older tills make them, byte by byte, with none of the code under test. */
export const TILL = signerOf('ES256', 'bundle/till');
const P256_SPKI = fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200');

export type Content = Readonly<Record<string, unknown>>;

export const TRANSACTION: Content = {
  local_id: 'POS-001_1795000000000_a1b2c3',
  type: 'merchant',
  amount: 5_000,
  currency: 'XOF',
  sender: '731149062259',
  receiver: 'merchant_456',
  merchant_id: 'merchant_456',
  initiated_at: '2026-11-21T03:00:00.123Z',
};

export const CONTENT: Content = {
  bundle_id: 'POS-001_bundle_1795000000000_0011223344556677',
  transactions: [TRANSACTION],
  nonce: '9f2a6c0e1b5d4788a3c1',
  device_clock: '2026-11-21T03:05:00.000Z',
  device_id: 'POS-001',
  metadata: { device_type: 'pos', sdk_version: '1.0.0' },
};

export function pemOf(der: Uint8Array, kind = 'PUBLIC KEY'): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`, ''].join('\n');
}

/** A P-256 key as OpenSSL writes it, its point uncompressed. */
export function p256Der({ publicKey }: Pick<Signer, 'publicKey'>): Uint8Array {
  return concatBytes(P256_SPKI, decompressPoint(publicKey) ?? new Uint8Array(65));
}

export interface Envelope {
  readonly key_wrapped: string;
  readonly iv: string;
  readonly tag: string;
  readonly cipher: string;
}

/** The envelope in the form of ours. */
export async function bundleEnvelope(content: unknown, to = 'bundle/bank'): Promise<Envelope> {
  const agreement = await agreementOf('bundle/ephemeral');
  const key = bytesOf('bundle content key');
  const iv = bytesOf('bundle iv', 12);
  const wrapIv = bytesOf('bundle wrap iv', 12);
  const text = content instanceof Uint8Array ? content : utf8(textOf(content));
  const sealed = await sealContent(text, { key, iv });
  const peer = ecdhKeyOf(to).point;
  const point = decompressPoint(agreement.publicKey) ?? new Uint8Array(65);
  const wrapped = await wrapKey(key, { peer, agreement, iv: wrapIv });
  return {
    key_wrapped: encodeBase64(concatBytes(point, wrapped)),
    iv: encodeBase64(iv),
    tag: encodeBase64(sealed.slice(-16)),
    cipher: encodeBase64(sealed.slice(0, -16)),
  };
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

/** What a till pushes of an envelope, signed in DER. */
export async function pushOf(envelope: unknown, signer: Signer = TILL): Promise<JsonObject> {
  const payload = utf8(textOf(envelope));
  return pushed(payload, derSignature('ES256', await signer.sign(payload)));
}

/** The same by an RSA key of 2,048 bits. */
export function rsaPushOf(envelope: unknown, name = 'bundle/rsa'): JsonObject {
  const payload = utf8(textOf(envelope));
  return { ...pushed(payload, signPkcs1(rsaKeyOf(name), payload)), publicKey: rsaPem(name) };
}

export function rsaPem(name: string): string {
  return pemOf(
    concatBytes(
      fromHex('30820122300d06092a864886f70d01010105000382010f003082010a0282010100'),
      modulusBytes(rsaKeyOf(name)),
      fromHex('0203010001'),
    ),
  );
}

export function pushed(payload: Uint8Array, signature: Uint8Array): JsonObject {
  return {
    deviceId: 'POS-001',
    bundleId: 'POS-001_bundle_1795000000000_0011223344556677',
    encryptedPayload: encodeBase64(payload),
    signature: encodeBase64(signature),
    publicKey: pemOf(p256Der(TILL)),
    privateKey: hex(ecdhKeyOf('bundle/bank').secret),
  };
}
