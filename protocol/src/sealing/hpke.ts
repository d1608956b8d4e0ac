import type { CipherSuite } from '@hpke/core';

let loading: Promise<CipherSuite> | undefined;

/**
 * HPKE (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; seal suite 1. Loaded at
 * its first use, so that an app's first page need not carry it; rejects where it cannot be loaded.
 */
export function hpkeSuite(): Promise<CipherSuite> {
  loading ??= load().catch((error: unknown) => {
    // The next use tries again.
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<CipherSuite> {
  const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = await import('@hpke/core');
  return new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
}

export interface HpkeSealed {
  /** The ephemeral public key, 65 bytes uncompressed. */
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** What both sides must say alike: altered, nothing opens. */
export interface HpkeBinding {
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

/** Seals one message in base mode to a public key, with a fresh ephemeral key. */
export async function hpkeSeal(
  plaintext: Uint8Array,
  { to, info, aad }: HpkeBinding & { readonly to: CryptoKey },
): Promise<HpkeSealed> {
  const suite = await hpkeSuite();
  const sender = await suite.createSenderContext({
    recipientPublicKey: to,
    info: new Uint8Array(info),
  });
  const ciphertext = await sender.seal(new Uint8Array(plaintext), new Uint8Array(aad));
  return { enc: new Uint8Array(sender.enc), ciphertext: new Uint8Array(ciphertext) };
}

/**
 * Opens the one message of a base mode context. Rejects whatever is wrong with it. Takes the pair,
 * so that the private key need not be extractable.
 */
export async function hpkeOpen(
  { enc, ciphertext }: HpkeSealed,
  { keyPair, info, aad }: HpkeBinding & { readonly keyPair: CryptoKeyPair },
): Promise<Uint8Array> {
  const suite = await hpkeSuite();
  const recipient = await suite.createRecipientContext({
    recipientKey: keyPair,
    enc: new Uint8Array(enc),
    info: new Uint8Array(info),
  });
  const opened = await recipient.open(new Uint8Array(ciphertext), new Uint8Array(aad));
  return new Uint8Array(opened);
}
