import {
  decodeBase64,
  encodeBase64,
  exportSigningKey,
  generateSigningKeyPair,
  importSigningKey,
  utf8,
  webCryptoSigner,
} from '@sikka/protocol';
import type { Signer, SigningKeyPair } from '@sikka/protocol';
import { openDB } from 'idb';
import { WalletError } from '../errors.ts';
import { importAesKey, sealWith, unsealWith } from '../keystore/aes-gcm.ts';
import type { DeviceStorage } from './types.ts';

/** Where the older SDK kept its key, in the clear. */
const OLDER_KEY = 'offline_device_private_key';
const SEALED_KEY = 'offline_device_sealed_key';
/** Where anybody may read the public half, as the older SDK had it. */
const PUBLIC_KEY = 'offline_device_public_key';
const DATABASE = 'sikka-device';
const PEM = /^\s*-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END PRIVATE KEY-----\s*$/;

export interface DeviceSigningKey {
  readonly signer: Signer;
  /** The public half in PEM, as it is registered. */
  readonly pem: string;
}

interface KeyPlace {
  readonly deviceId: string;
  readonly storage: DeviceStorage;
  readonly sealingKey: Uint8Array | undefined;
}

/**
 * The till's signing key, made at the first call. It lies in IndexedDB as a WebCrypto object that
 * cannot be exported; with a `sealingKey` in `storage`, sealed under that. A key that the older SDK
 * left in `storage` in the clear is taken over, and the clear text removed.
 * @throws WalletError `wallet/keys_unprotected` where there is neither, `wallet/store_damaged` for
 * a key that does not open.
 */
export async function openDeviceKey(place: KeyPlace): Promise<DeviceSigningKey> {
  const { deviceId, storage, sealingKey } = place;
  const older = await storage.getItem(OLDER_KEY);
  const pair =
    sealingKey === undefined
      ? await keyInDatabase(deviceId, older)
      : await keyInStorage({ deviceId, storage, sealingKey }, older);
  const pem = await publicPem(pair);
  await storage.setItem(PUBLIC_KEY, pem);
  // Last: until then a crash leaves the older key to be taken over again.
  if (older !== null) await storage.removeItem(OLDER_KEY);
  return { signer: webCryptoSigner('ES256', pair.keyPair, pair.publicKey), pem };
}

async function keyInDatabase(deviceId: string, older: string | null): Promise<SigningKeyPair> {
  if (typeof indexedDB === 'undefined') {
    throw new WalletError(
      'wallet/keys_unprotected',
      'without IndexedDB a till needs a sealingKey from secure storage',
    );
  }
  const database = await openDB(DATABASE, 1, {
    upgrade: (created) => void created.createObjectStore('keys'),
  });
  try {
    const known: unknown = await database.get('keys', deviceId);
    if (isKeyPair(known)) return known;
    const made =
      older === null
        ? await generateSigningKeyPair('ES256', { extractable: false })
        : await importOlder(older);
    // Another tab may have been faster: what is stored first is the key.
    const write = database.transaction('keys', 'readwrite', { durability: 'strict' });
    const first: unknown = await write.store.get(deviceId);
    if (first === undefined) await write.store.put(made, deviceId);
    await write.done;
    return isKeyPair(first) ? first : made;
  } finally {
    database.close();
  }
}

async function keyInStorage(
  { deviceId, storage, sealingKey }: KeyPlace & { readonly sealingKey: Uint8Array },
  older: string | null,
): Promise<SigningKeyPair> {
  const key = await importAesKey(sealingKey);
  const associated = utf8(`sikka/device-key/v1 ${deviceId}`);
  const stored = await storage.getItem(SEALED_KEY);
  if (stored !== null) {
    const sealed = decodeBase64(stored);
    const opened = sealed === undefined ? undefined : await unsealWith(key, sealed, associated);
    if (opened === undefined) {
      throw new WalletError('wallet/store_damaged', 'the device key does not open');
    }
    return importSigningKey('ES256', opened, { extractable: false });
  }
  const pkcs8 = older === null ? await freshKey() : olderBytes(older);
  const pair = await importKey(pkcs8);
  await storage.setItem(SEALED_KEY, encodeBase64(await sealWith(key, pkcs8, associated)));
  return pair;
}

async function freshKey(): Promise<Uint8Array> {
  const { keyPair } = await generateSigningKeyPair('ES256', { extractable: true });
  return exportSigningKey(keyPair);
}

function importOlder(pem: string): Promise<SigningKeyPair> {
  return importKey(olderBytes(pem));
}

async function importKey(pkcs8: Uint8Array): Promise<SigningKeyPair> {
  try {
    return await importSigningKey('ES256', pkcs8, { extractable: false });
  } catch {
    throw new WalletError('wallet/store_damaged', 'the older key is no P-256 key');
  }
}

function olderBytes(pem: string): Uint8Array {
  const body = PEM.exec(pem)?.[1];
  const bytes = body === undefined ? undefined : decodeBase64(body.replaceAll(/\s/g, ''));
  if (bytes === undefined) throw new WalletError('wallet/store_damaged', 'the older key is no PEM');
  return bytes;
}

async function publicPem({ keyPair }: SigningKeyPair): Promise<string> {
  const der = await crypto.subtle.exportKey('spki', keyPair.publicKey);
  const lines = encodeBase64(new Uint8Array(der)).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

function isKeyPair(value: unknown): value is SigningKeyPair {
  return typeof value === 'object' && value !== null && 'keyPair' in value && 'publicKey' in value;
}
