const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** One message under a key of its own: ciphertext and tag (spec/sealed-ledger.md §2). */
export async function sealContent(
  plaintext: Uint8Array,
  { key, iv }: { readonly key: Uint8Array; readonly iv: Uint8Array },
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await importContentKey(key, 'encrypt');
  const data = new Uint8Array(plaintext);
  return new Uint8Array(await crypto.subtle.encrypt(gcm(iv), imported, data));
}

/**
 * Opens AES-256-GCM with a nonce of 12 bytes and a tag of 16 at the end. Undefined for a wrong
 * key, altered bytes, or lengths that are none. Never throws.
 */
export async function openContent(
  sealed: Uint8Array,
  { key, iv }: { readonly key: Uint8Array; readonly iv: Uint8Array },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (iv.length !== IV_BYTES || key.length !== KEY_BYTES) return undefined;
  if (sealed.length < TAG_BYTES) return undefined;
  try {
    const imported = await importContentKey(key, 'decrypt');
    const data = new Uint8Array(sealed);
    return new Uint8Array(await crypto.subtle.decrypt(gcm(iv), imported, data));
  } catch {
    return undefined;
  }
}

function importContentKey(key: Uint8Array, use: KeyUsage): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, [use]);
}

function gcm(iv: Uint8Array): AesGcmParams {
  return { name: 'AES-GCM', iv: new Uint8Array(iv), tagLength: TAG_BYTES * 8 };
}
