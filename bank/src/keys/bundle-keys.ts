import type { KeyObject } from 'node:crypto';
import { createSecretKey, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { KeysError } from './errors.ts';
import { decryptGcm } from './gcm.ts';
import { limits } from './limits.ts';
import { createKmsClient } from './kms-client.ts';
import type { KmsClient, KmsOptions } from './kms-client.ts';

export interface BundleKeysOptions {
  /** The key under which older devices wrap, in a key service. */
  readonly kms: (KmsOptions & { readonly key: string; readonly environment: string }) | undefined;
  /** MOCK_KMS_PASSWORD, in a demo alone. */
  readonly developmentPassword: string | undefined;
}

/** Why a wrapped key is not opened; whose fault it is says the caller. */
export type BundleKeyRefusal =
  /** The development form, where none is accepted: outside a demo, or without its password. */
  | 'development_form'
  /** A key service's form, and none is configured. */
  | 'no_key_service'
  /** No length that any form has. */
  | 'malformed'
  /** Not for us, for another purpose or environment, or changed. */
  | 'not_opened';

export type UnwrappedBundleKey =
  | { readonly ok: true; readonly key: Uint8Array }
  | { readonly ok: false; readonly code: BundleKeyRefusal };

export interface BundleKeys {
  /**
   * Opens the `key_wrapped` of a device's bundle where it is not sealed to the bank's own key:
   * 32 bytes, which the caller wipes. Throws `keys/vault_unavailable`, `keys/vault_refused`.
   */
  unwrapBundleKey(wrapped: Uint8Array): Promise<UnwrappedBundleKey>;
}

/** iv (12) ‖ tag (16) ‖ ciphertext (32). */
const developmentBytes = 60;
const ivBytes = 12;
const tagBytes = 16;

export function createBundleKeys(options: BundleKeysOptions): BundleKeys {
  const { kms, developmentPassword } = options;
  const client = kms === undefined ? undefined : createKmsClient(kms);
  let development: Promise<KeyObject> | undefined;
  return {
    unwrapBundleKey: async (wrapped) => {
      if (wrapped.length === developmentBytes) {
        if (developmentPassword === undefined) return refused('development_form');
        development ??= developmentKey(developmentPassword);
        return unwrapDevelopment(await development, wrapped);
      }
      const fits = wrapped.length > developmentBytes && wrapped.length <= limits.kmsCiphertextBytes;
      if (!fits) return refused('malformed');
      if (client === undefined || kms === undefined) return refused('no_key_service');
      return unwrapByKms(client, { ...kms, ciphertext: wrapped });
    },
  };
}

async function unwrapByKms(
  client: KmsClient,
  ask: { readonly key: string; readonly environment: string; readonly ciphertext: Uint8Array },
): Promise<UnwrappedBundleKey> {
  const { key, environment, ciphertext } = ask;
  const context = { purpose: 'payment_method_token', environment };
  return openKey(() => client.decrypt({ key, context, ciphertext }));
}

/** In the order in which those devices write it; ours has the tag last. */
function unwrapDevelopment(key: KeyObject, wrapped: Uint8Array): Promise<UnwrappedBundleKey> {
  const iv = wrapped.subarray(0, ivBytes);
  const tag = wrapped.subarray(ivBytes, ivBytes + tagBytes);
  const ciphertext = wrapped.subarray(ivBytes + tagBytes);
  const none = new Uint8Array();
  return openKey(async () => decryptGcm(key, Buffer.concat([iv, ciphertext, tag]), none));
}

async function openKey(open: () => Promise<Uint8Array>): Promise<UnwrappedBundleKey> {
  try {
    const key = await open();
    if (key.length === limits.masterKeyBytes) return { ok: true, key };
    key.fill(0);
    return refused('not_opened');
  } catch (error) {
    if (error instanceof KeysError && error.code === 'keys/sealed_damaged') {
      return refused('not_opened');
    }
    throw error;
  }
}

/** As those devices derive it: scrypt with Node's own parameters (N 16,384, r 8, p 1). */
async function developmentKey(password: string): Promise<KeyObject> {
  const bytes = (await promisify(scrypt)(password, 'salt', limits.masterKeyBytes)) as Buffer;
  try {
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

function refused(code: BundleKeyRefusal): UnwrappedBundleKey {
  return { ok: false, code };
}
