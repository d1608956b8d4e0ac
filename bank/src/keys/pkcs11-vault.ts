import { createHash, randomBytes } from 'node:crypto';
import { createDataKeyVault } from './data-key-vault.ts';
import type { WrappingKey } from './data-key-vault.ts';
import { damaged, gcmOverheadBytes } from './gcm.ts';
import { limits } from './limits.ts';
import { openToken } from './pkcs11-token.ts';
import type { Session, Token, TokenOptions } from './pkcs11-token.ts';
import { keyIdBytes } from './vault.ts';
import type { KeyVault } from './vault.ts';

export interface Pkcs11Options extends TokenOptions {
  /** Labels of AES-256 keys in the token, newest first. */
  readonly keys: readonly [string, ...string[]];
}

export interface ClosableVault {
  readonly vault: KeyVault;
  close(): Promise<void>;
}

/**
 * A vault whose keys are in a hardware module: an AES-256 key that cannot be taken out wraps data
 * keys there, by CKM_AES_GCM (PKCS #11 v2.40 §2.12.4): `nonce (12) ‖ ciphertext (32) ‖ tag (16)`.
 *
 * Throws `keys/vault_unavailable`, `keys/vault_refused`, `keys/vault_key_unfit`.
 */
export async function openPkcs11Vault(options: Pkcs11Options): Promise<ClosableVault> {
  const token = await openToken(options);
  try {
    const [first, ...others] = options.keys;
    const wrappingKeys: [WrappingKey, ...WrappingKey[]] = [await wrappingKey(token, first)];
    for (const label of others) wrappingKeys.push(await wrappingKey(token, label));
    const now = () => performance.now();
    const vault = createDataKeyVault({ name: 'pkcs11', wrappingKeys, now });
    return { vault, close: () => token.close() };
  } catch (error) {
    await token.close();
    throw error;
  }
}

const domain = 'sikka/vault/v1/pkcs11';
const ivBytes = 12;
const wrappedBytes = limits.masterKeyBytes + gcmOverheadBytes;

async function wrappingKey(token: Token, label: string): Promise<WrappingKey> {
  const { id: objectId } = await token.run(async (session) => session.findKey(label));
  const id = createHash('sha256')
    .update(JSON.stringify([domain, label, objectId.toString('hex')]))
    .digest()
    .subarray(0, keyIdBytes);
  return {
    id,
    makeDataKey: async () => {
      const key = randomBytes(limits.masterKeyBytes);
      const iv = randomBytes(ivBytes);
      const sealed = await token.run((session) => encrypt(session, label, { iv, key }));
      return { key, wrapped: Buffer.concat([iv, sealed]) };
    },
    unwrapDataKey: async (wrapped) => {
      if (wrapped.length !== wrappedBytes) throw damaged();
      const bytes = Buffer.from(wrapped);
      return token.run((session) => decrypt(session, label, bytes));
    },
  };
}

async function encrypt(
  session: Session,
  label: string,
  { iv, key }: { readonly iv: Buffer; readonly key: Buffer },
): Promise<Buffer> {
  const { pkcs11, handle } = session;
  pkcs11.C_EncryptInit(handle, mechanism(session, iv), session.findKey(label).handle);
  const room = Buffer.alloc(key.length + gcmOverheadBytes);
  return pkcs11.C_EncryptAsync(handle, key, room);
}

/** The key is looked up each time, some quarter of an hour: a handle ends with its session. */
async function decrypt(session: Session, label: string, wrapped: Buffer): Promise<Buffer> {
  const { pkcs11, handle } = session;
  const gcm = mechanism(session, wrapped.subarray(0, ivBytes));
  pkcs11.C_DecryptInit(handle, gcm, session.findKey(label).handle);
  const room = Buffer.alloc(wrapped.length);
  try {
    return await pkcs11.C_DecryptAsync(handle, wrapped.subarray(ivBytes), room);
  } catch (error) {
    // Libraries say a wrong tag in several ways, CKR_GENERAL_ERROR among them; a lost token alike.
    if (await isWorking(session, label)) throw damaged();
    throw error;
  }
}

async function isWorking(session: Session, label: string): Promise<boolean> {
  const sample = { iv: randomBytes(ivBytes), key: randomBytes(limits.masterKeyBytes) };
  try {
    await encrypt(session, label, sample);
    return true;
  } catch {
    return false;
  }
}

function mechanism({ constants }: Session, iv: Buffer) {
  const type = constants.CK_PARAMS_AES_GCM;
  const aad = Buffer.from(domain);
  return {
    mechanism: constants.CKM_AES_GCM,
    parameter: { type, iv, aad, ivBits: ivBytes * 8, tagBits: 128 },
  };
}
