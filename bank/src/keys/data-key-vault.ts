import type { KeyObject } from 'node:crypto';
import { createSecretKey } from 'node:crypto';
import { KeysError } from './errors.ts';
import { additionalData, damaged, decryptGcm, encryptGcm } from './gcm.ts';
import { limits } from './limits.ts';
import { headerBytes, VAULT_KINDS } from './vault.ts';
import type { KeyVault } from './vault.ts';

/** A key that never leaves its module or service, and wraps data keys there. */
export interface WrappingKey {
  /** 8 bytes: says which key, and nothing about it. */
  readonly id: Uint8Array;
  /** A new 32-byte data key, in the clear and wrapped. The caller wipes the first. */
  makeDataKey(): Promise<{ readonly key: Uint8Array; readonly wrapped: Uint8Array }>;
  /** Throws `keys/sealed_damaged`, `keys/vault_refused`, `keys/vault_unavailable`. */
  unwrapDataKey(wrapped: Uint8Array): Promise<Uint8Array>;
}

export interface DataKeyVaultOptions {
  readonly name: 'pkcs11' | 'kms';
  /** The first wraps, all of them unwrap. */
  readonly wrappingKeys: readonly [WrappingKey, ...WrappingKey[]];
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/**
 * A sealed secret:
 *
 *     kind of vault (1 byte) ‖ key id (8) ‖ length (2) ‖ wrapped data key ‖
 *     nonce (12) ‖ ciphertext ‖ tag (16)
 *
 * AES-256-GCM under the data key; additional data is the domain, all before the nonce, and the
 * context. One data key seals for `limits.dataKeyMs`, and opened ones are kept as long: a module
 * or service is asked a few times an hour, not for every row.
 */
export function createDataKeyVault({ name, wrappingKeys, now }: DataKeyVaultOptions): KeyVault {
  const byId = new Map(wrappingKeys.map((key) => [hexOf(key.id), key]));
  const header = Buffer.concat([Buffer.of(VAULT_KINDS[name]), wrappingKeys[0].id]);
  const sealing = createSealingDataKey(wrappingKeys[0], now);
  const opened = createOpenedDataKeys(now);
  return {
    name,
    header,
    seal: async (plaintext, context) => {
      const { key, wrapped } = await sealing();
      const prefix = Buffer.concat([header, lengthOf(wrapped), wrapped]);
      const aad = additionalData(domain, prefix, context);
      return Buffer.concat([prefix, encryptGcm(key, plaintext, aad)]);
    },
    open: async (sealed, context) => {
      const { id, wrapped, prefix, rest } = split(name, sealed);
      const wrapping = byId.get(hexOf(id));
      if (wrapping === undefined) {
        throw new KeysError(
          'keys/vault_not_configured',
          `Some keys were sealed under another key of the vault "${name}": name that one, too.`,
        );
      }
      const key = await opened(prefix, () => wrapping.unwrapDataKey(wrapped));
      return decryptGcm(key, rest, additionalData(domain, prefix, context));
    },
  };
}

const domain = 'sikka/vault/v1/data-key';

interface SealingDataKey {
  readonly key: KeyObject;
  readonly wrapped: Uint8Array;
}

function createSealingDataKey(
  wrapping: WrappingKey,
  now: () => number,
): () => Promise<SealingDataKey> {
  let current: { readonly at: number; uses: number; made: Promise<SealingDataKey> } | undefined;
  const make = async (): Promise<SealingDataKey> => {
    const { key, wrapped } = await wrapping.makeDataKey();
    return { key: keep(key), wrapped };
  };
  return async () => {
    const usable =
      current !== undefined &&
      now() - current.at < limits.dataKeyMs &&
      current.uses < limits.dataKeySeals;
    const entry = usable && current !== undefined ? current : { at: now(), uses: 0, made: make() };
    current = entry;
    entry.uses += 1;
    try {
      return await entry.made;
    } catch (error) {
      if (current === entry) current = undefined;
      throw error;
    }
  };
}

type Opened = (prefix: Uint8Array, unwrap: () => Promise<Uint8Array>) => Promise<KeyObject>;

/** Many at once for one data key ask once. The oldest is forgotten where there are too many. */
function createOpenedDataKeys(now: () => number): Opened {
  const entries = new Map<string, { readonly at: number; readonly key: Promise<KeyObject> }>();
  return async (prefix, unwrap) => {
    const name = hexOf(prefix);
    const known = entries.get(name);
    if (known !== undefined && now() - known.at < limits.dataKeyMs) return known.key;
    const entry = { at: now(), key: unwrap().then(keep) };
    entries.delete(name);
    entries.set(name, entry);
    const [oldest] = entries.keys();
    if (entries.size > limits.dataKeysOpen && oldest !== undefined) entries.delete(oldest);
    try {
      return await entry.key;
    } catch (error) {
      if (entries.get(name) === entry) entries.delete(name);
      throw error;
    }
  };
}

/** In memory a key is only a `KeyObject`: its bytes are wiped. */
function keep(bytes: Uint8Array): KeyObject {
  try {
    if (bytes.length !== limits.masterKeyBytes) throw damaged();
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

function split(name: KeyVault['name'], sealed: Uint8Array) {
  const bytes = Buffer.from(sealed);
  if (bytes.length < headerBytes + 2 || bytes[0] !== VAULT_KINDS[name]) throw damaged();
  const length = bytes.readUInt16BE(headerBytes);
  const end = headerBytes + 2 + length;
  if (length === 0 || length > limits.wrappedKeyBytes || bytes.length < end) throw damaged();
  return {
    id: bytes.subarray(1, headerBytes),
    wrapped: bytes.subarray(headerBytes + 2, end),
    prefix: bytes.subarray(0, end),
    rest: bytes.subarray(end),
  };
}

function lengthOf(wrapped: Uint8Array): Buffer {
  if (wrapped.length > limits.wrappedKeyBytes) throw new RangeError('A data key is too long.');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  return length;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
