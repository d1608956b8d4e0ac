import type { KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import type { KeyVault } from './vault.ts';

/** A private key as PKCS #8, sealed; its bytes are wiped from memory afterwards. */
export async function sealPrivateKey(
  vault: KeyVault,
  key: KeyObject,
  context: string,
): Promise<Uint8Array> {
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  try {
    return await vault.seal(pkcs8, context);
  } finally {
    pkcs8.fill(0);
  }
}

/** Throws the vault's errors. */
export async function openPrivateKey(
  vault: KeyVault,
  sealed: Uint8Array,
  context: string,
): Promise<KeyObject> {
  const pkcs8 = await vault.open(sealed, context);
  try {
    // A view: a copy would not be wiped.
    const key = Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.byteLength);
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } finally {
    pkcs8.fill(0);
  }
}
